package dev.telltale.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The packets of a network interface, by dumpcap or tcpdump: all of them, or what a gateway does
 * not hand to the recorder (DNS, QUIC and everything else that is not TCP).
 */
public final class InterfaceCapture implements AutoCloseable {
    private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin");

    private final Path file;
    private final Process process;

    private InterfaceCapture(Path file, Process process) {
        this.file = file;
        this.process = process;
    }

    /**
     * @param onlyBeside leave TCP out
     * @throws IOException where it cannot be begun; the message says why
     */
    public static InterfaceCapture begin(String name, boolean onlyBeside, Path folder)
            throws IOException {
        if (!name.matches("[A-Za-z0-9_.:@-]{1,32}"))
            throw new IOException("'" + name + "' is no name of an interface");
        Path log = folder.resolve("interface.log");
        Optional<Path> dumpcap = program("dumpcap");
        Path file = folder.resolve(dumpcap.isPresent() ? "interface.pcapng" : "interface.pcap");
        String tool =
                dumpcap.or(() -> program("tcpdump"))
                        .orElseThrow(
                                () -> new IOException("neither dumpcap nor tcpdump is installed"))
                        .toString();
        String filter = onlyBeside ? "not tcp" : "";
        List<String> command =
                dumpcap.isPresent()
                        ? List.of(tool, "-q", "-i", name, "-f", filter, "-w", file.toString())
                        : List.of(tool, "-q", "-U", "-i", name, "-w", file.toString(), filter);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        process.getOutputStream().close();
        try {
            // It either stands after a moment, or says why not and ends.
            for (int i = 0; i < 100 && !(Files.exists(file) && Files.size(file) > 0); i++) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS))
                    throw new IOException(
                            tool + ": " + Files.readString(log).strip().replace('\n', ' '));
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return new InterfaceCapture(file, process);
    }

    private static Optional<Path> program(String name) {
        return FOLDERS.stream().map(f -> Path.of(f, name)).filter(Files::isExecutable).findFirst();
    }

    public Path file() {
        return file;
    }

    /** It writes what it has, and ends. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
