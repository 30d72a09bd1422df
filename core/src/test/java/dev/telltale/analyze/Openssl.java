package dev.telltale.analyze;

import dev.telltale.model.Side;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The openssl command as client and server on loopback, with a tap between them that notes who sent
 * what.
 */
final class Openssl implements AutoCloseable {
    static final String EVERYTHING = "ALL:COMPLEMENTOFALL:eNULL:@SECLEVEL=0";

    private final Path dir;
    private final List<Process> processes = new ArrayList<>();
    private Process server;
    private int port;

    Openssl(Path dir) {
        this.dir = dir;
    }

    static boolean present() {
        try {
            Process p = new ProcessBuilder("openssl", "version").redirectErrorStream(true).start();
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return p.waitFor() == 0 && said.startsWith("OpenSSL 3");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Path key(String name) {
        return dir.resolve(name + ".key");
    }

    /** A self-signed certificate. */
    void certificate(String name, String... algorithm) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of("openssl", "req", "-x509", "-nodes", "-days", "3650", "-newkey"));
        command.addAll(List.of(algorithm));
        command.addAll(
                List.of(
                        "-subj",
                        "/O=Lab/CN=lab.example.org",
                        "-keyout",
                        key(name).toString(),
                        "-out",
                        dir.resolve(name + ".pem").toString()));
        run(command);
    }

    private static void run(List<String> command) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) throw new IOException(said);
    }

    /** Starts a server with the certificates rsa and ec and waits until it listens. */
    void serve(String says, String... options) throws Exception {
        if (server != null) server.destroy();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                "s_server",
                                "-accept",
                                "127.0.0.1:" + port,
                                "-cert",
                                "rsa.pem",
                                "-key",
                                "rsa.key",
                                "-dcert",
                                "ec.pem",
                                "-dkey",
                                "ec.key"));
        command.addAll(List.of(options));
        server = start(command, "server.txt");
        OutputStream in = server.getOutputStream();
        in.write(says.getBytes(StandardCharsets.ISO_8859_1));
        in.flush();
        for (int i = 0; i < 200; i++) {
            if (Files.readString(dir.resolve("server.txt"), StandardCharsets.ISO_8859_1)
                    .contains("ACCEPT")) return;
            if (!server.isAlive()) break;
            Thread.sleep(20);
        }
        // A quiet server does not say that it listens.
        if (!server.isAlive())
            throw new IOException(
                    Files.readString(dir.resolve("server.txt"), StandardCharsets.ISO_8859_1));
    }

    private Process start(List<String> command, String log) throws IOException {
        Path out = dir.resolve(log);
        Files.deleteIfExists(out);
        Process p =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        processes.add(p);
        return p;
    }

    /** What one connection carried, in order, and the client's key log. */
    record Recorded(List<Transcript.Event> events, byte[] keyLog) {
        Transcript play() {
            return script().play();
        }

        Transcript script() {
            return script(Transcript.tcp().port(443));
        }

        Transcript script(Transcript t) {
            t.script.addAll(events);
            t.secrets = Secrets.none();
            t.identityNames = false;
            KeyLog.read(keyLog, t.secrets);
            return t;
        }
    }

    /**
     * Connects a client through a tap; {@code says} is its input, after whose pieces it waits a
     * moment.
     */
    Recorded talk(List<String> says, String... options) throws Exception {
        return talk(1, says, options).getFirst();
    }

    List<Recorded> talk(int connections, List<String> says, String... options) throws Exception {
        Path keyLog = dir.resolve("keys.txt");
        Files.deleteIfExists(keyLog);
        List<List<Transcript.Event>> all = new ArrayList<>();
        try (ServerSocket tap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            tap.setSoTimeout(10_000);
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "openssl",
                                    "s_client",
                                    "-connect",
                                    "127.0.0.1:" + tap.getLocalPort(),
                                    "-servername",
                                    "lab.example.org",
                                    "-keylogfile",
                                    "keys.txt"));
            command.addAll(List.of(options));
            Process client = start(command, "client.txt");
            List<Thread> pumps = new ArrayList<>();
            for (int c = 0; c < connections; c++) {
                List<Transcript.Event> events = new ArrayList<>();
                all.add(events);
                try {
                    Socket near = tap.accept();
                    Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                    pumps.add(pump(near, far, Side.INITIATOR, events));
                    pumps.add(pump(far, near, Side.RESPONDER, events));
                } catch (IOException e) {
                    throw new IOException(
                            e
                                    + "\n"
                                    + Files.readString(
                                            dir.resolve("client.txt"), StandardCharsets.ISO_8859_1),
                            e);
                }
                if (c > 0) continue;
                try (OutputStream in = client.getOutputStream()) {
                    for (String s : says) {
                        if (s != says.getFirst()) Thread.sleep(150);
                        in.write(s.getBytes(StandardCharsets.ISO_8859_1));
                        in.flush();
                    }
                } catch (IOException e) {
                    // It has gone already; what it said tells why.
                }
            }
            if (!client.waitFor(20, TimeUnit.SECONDS)) client.destroy();
            for (Thread t : pumps) t.join(5_000);
        }
        byte[] keys = Files.exists(keyLog) ? Files.readAllBytes(keyLog) : new byte[0];
        List<Recorded> out = new ArrayList<>();
        for (List<Transcript.Event> events : all) {
            synchronized (events) {
                out.add(new Recorded(List.copyOf(events), keys));
            }
        }
        return out;
    }

    /**
     * As {@link #talk}, over UDP: the tap notes datagrams.
     *
     * @param dtls option that names the version
     */
    Recorded talkDatagrams(String dtls, List<String> says, String... options) throws Exception {
        Path keyLog = dir.resolve("keys.txt");
        Files.deleteIfExists(keyLog);
        List<Transcript.Event> events = new ArrayList<>();
        try (DatagramSocket near = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket far = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            far.connect(InetAddress.getLoopbackAddress(), port);
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "openssl",
                                    "s_client",
                                    dtls,
                                    "-connect",
                                    "127.0.0.1:" + near.getLocalPort(),
                                    "-servername",
                                    "lab.example.org",
                                    "-keylogfile",
                                    "keys.txt"));
            command.addAll(List.of(options));
            SocketAddress[] client = new SocketAddress[1];
            Thread out = relay(near, far, Side.INITIATOR, events, client);
            Thread in = relay(far, near, Side.RESPONDER, events, client);
            Process process = start(command, "client.txt");
            try (OutputStream to = process.getOutputStream()) {
                for (int i = 0; i < 100 && !clientSaid().contains("Verify return code"); i++)
                    Thread.sleep(20);
                for (String s : says) {
                    to.write(s.getBytes(StandardCharsets.ISO_8859_1));
                    to.flush();
                    Thread.sleep(60);
                }
            } catch (IOException e) {
                // It has gone already; what it said tells why.
            }
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroy();
            Thread.sleep(50);
            near.close();
            far.close();
            out.join(2_000);
            in.join(2_000);
        }
        byte[] keys = Files.exists(keyLog) ? Files.readAllBytes(keyLog) : new byte[0];
        return new Recorded(List.copyOf(events), keys);
    }

    private static Thread relay(
            DatagramSocket from,
            DatagramSocket to,
            Side side,
            List<Transcript.Event> events,
            SocketAddress[] client) {
        Thread t =
                new Thread(() -> {
                    DatagramPacket p = new DatagramPacket(new byte[20_000], 20_000);
                    try {
                        while (true) {
                            from.receive(p);
                            byte[] bytes = java.util.Arrays.copyOf(p.getData(), p.getLength());
                            synchronized (events) {
                                if (side == Side.INITIATOR) client[0] = p.getSocketAddress();
                                events.add(new Transcript.Event(side, bytes, 0));
                            }
                            DatagramPacket on = new DatagramPacket(bytes, bytes.length);
                            if (side == Side.RESPONDER) on.setSocketAddress(client[0]);
                            to.send(on);
                            p.setLength(20_000);
                        }
                    } catch (IOException e) {
                        // Closed.
                    }
                });
        t.setDaemon(true);
        t.start();
        return t;
    }

    String clientSaid() throws IOException {
        return Files.readString(dir.resolve("client.txt"), StandardCharsets.ISO_8859_1);
    }

    static Thread pump(Socket from, Socket to, Side side, List<Transcript.Event> events) {
        Thread t =
                new Thread(() -> {
                    byte[] buffer = new byte[20_000];
                    try (from;
                            to) {
                        InputStream in = from.getInputStream();
                        OutputStream out = to.getOutputStream();
                        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                            byte[] bytes = java.util.Arrays.copyOf(buffer, n);
                            synchronized (events) {
                                events.add(new Transcript.Event(side, bytes, 0));
                            }
                            out.write(bytes);
                        }
                        to.shutdownOutput();
                        Thread.sleep(50);
                    } catch (IOException e) {
                        // The other direction closed first.
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        t.setDaemon(true);
        t.start();
        return t;
    }

    @Override
    public void close() {
        for (Process p : processes) p.destroyForcibly();
    }
}
