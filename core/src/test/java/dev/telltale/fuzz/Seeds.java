package dev.telltale.fuzz;

import dev.telltale.analyze.AnalyzeFuzz;
import dev.telltale.capture.CaptureFile;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.MetaSink;
import dev.telltale.capture.PacketCapture;
import dev.telltale.capture.UnreadableCaptureException;
import dev.telltale.decode.UnwrapFuzz;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.PacketSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What fuzzing starts from: the captures of {@code ../shared/corpus} where they lie above this
 * checkout, cut down to a few packets, and the fixtures of the project. Seeds of what is cut from
 * captures are made by the code under test: they need not be right, only alike.
 */
public final class Seeds {
    /** Seeds are short: a mutation in a long one seldom matters. */
    private static final int LONGEST = 16_000;

    private static final int MOST_PACKETS = 40;
    private static final int MOST_FLOWS = 4;

    private final List<Path> captures = new ArrayList<>();
    private final Map<String, String> keys = new HashMap<>();

    private Seeds() {
        Optional<Path> corpus = corpus();
        if (corpus.isEmpty()) return;
        for (Path file : files(corpus.get())) {
            String name = file.getFileName().toString();
            if (name.matches(".*\\.(txt|log|keys?|sslkeylog)")) keyLog(bytes(file));
            if (size(file) <= 4 << 20) captures.add(file);
        }
    }

    /** The folder of captures that others made, if it is on this machine. */
    public static Optional<Path> corpus() {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve("shared/corpus")))
            above = above.getParent();
        return Optional.ofNullable(above).map(a -> a.resolve("shared/corpus"));
    }

    /** Seeds of a target by a name each. */
    public static Map<String, byte[]> of(Targets target) {
        Map<String, byte[]> all = new TreeMap<>();
        Seeds seeds = new Seeds();
        switch (target.name()) {
            case "capture" -> seeds.files(all);
            case "dissect" -> seeds.frames(all);
            case "analyze" -> seeds.conversations(all);
            case "unwrap" -> seeds.parts(all);
            default -> throw new IllegalArgumentException("no seeds for " + target.name());
        }
        return all;
    }

    /**
     * Writes the seeds of a target into a folder.
     *
     * @param args name of the target, folder
     */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[1]));
        int n = 0;
        for (byte[] seed : of(Targets.of(args[0])).values())
            Files.write(folder.resolve("seed-" + n++), seed);
        System.err.println(n + " seeds");
    }

    private void files(Map<String, byte[]> all) {
        for (Path file : captures) if (size(file) <= LONGEST) all.put(file.toString(), bytes(file));
    }

    private void frames(Map<String, byte[]> all) {
        for (Path file : captures) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean read =
                    packets(
                            file,
                            p -> {
                                if (out.size() == 0) {
                                    ByteBuffer head = little(24).putInt(0xa1b2c3d4);
                                    out.writeBytes(head.putInt(20, p.linkType).array());
                                }
                                if (out.size() + p.captured > LONGEST || p.number > MOST_PACKETS)
                                    return;
                                ByteBuffer r = little(16).putInt((int) (p.timeNanos / 1000000000));
                                r.putInt((int) (p.timeNanos % 1000000000 / 1000));
                                out.writeBytes(r.putInt(p.captured).putInt(p.original).array());
                                byte[] b = new byte[p.captured];
                                MemorySegment.copy(
                                        p.memory, ValueLayout.JAVA_BYTE, p.offset, b, 0, b.length);
                                out.writeBytes(b);
                            });
            if (read && out.size() > 24) all.put(file.toString(), out.toByteArray());
        }
    }

    private static ByteBuffer little(int n) {
        return ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void conversations(Map<String, byte[]> all) {
        for (Path file : captures) {
            int[] flows = {0};
            FlowHandler.Factory factory =
                    flow -> {
                        if (flows[0]++ >= MOST_FLOWS) return event -> {};
                        return new Script(
                                flow, script -> all.put(file + " " + flow.number(), script));
                    };
            Dissector d = new Dissector(factory, a -> {}, DissectLimits.DEFAULT);
            if (packets(file, d::packet)) d.end();
        }
    }

    /** Writes the events of a flow as an input of {@link AnalyzeFuzz}. */
    private final class Script implements FlowHandler {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final Flow flow;
        private final Consumer<byte[]> to;
        private boolean closed;
        private String text = "";

        Script(Flow flow, Consumer<byte[]> to) {
            this.flow = flow;
            this.to = to;
        }

        @Override
        public void on(StreamEvent event) {
            switch (event) {
                case StreamEvent.Data d -> {
                    if (out.size() + d.length() > LONGEST) return;
                    event(d.side() == Side.INITIATOR ? AnalyzeFuzz.SENT : AnalyzeFuzz.ANSWERED);
                    length(d.length());
                    out.write(d.bytes(), d.from(), d.length());
                    text += HexFormat.of().formatHex(d.bytes(), d.from(), d.from() + d.length());
                }
                case StreamEvent.Gap g -> {
                    boolean sent = g.side() == Side.INITIATOR;
                    event(sent ? AnalyzeFuzz.SENT_LOST : AnalyzeFuzz.ANSWERED_LOST);
                    length((int) Math.min(g.length(), 0xffff));
                }
                case StreamEvent.Closed c -> {
                    if (closed) write();
                    closed = true;
                }
            }
        }

        private void event(int what) {
            out.write(what);
        }

        private void length(int n) {
            out.write(n >> 8);
            out.write(n);
        }

        private void write() {
            if (out.size() == 0) return;
            byte[] events = out.toByteArray();
            out.reset();
            out.write((flow.transport() == Transport.UDP ? 1 : 0) | (flow.midway() ? 2 : 0));
            length(flow.responder().port());
            StringBuilder log = new StringBuilder();
            keys.forEach((random, lines) -> {
                if (text.contains(random)) log.append(lines);
            });
            byte[] lines = log.toString().getBytes(StandardCharsets.US_ASCII);
            if (lines.length > 0 && lines.length < 0xffff) {
                event(AnalyzeFuzz.KEYS);
                length(lines.length);
                out.writeBytes(lines);
            }
            out.writeBytes(events);
            to.accept(out.toByteArray());
        }
    }

    /** Keeps the lines of a key log by the client random they are for. */
    private void keyLog(byte[] log) {
        for (String line : new String(log, StandardCharsets.ISO_8859_1).split("\r?\n")) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[1].matches("[0-9a-fA-F]{64}"))
                keys.merge(words[1].toLowerCase(Locale.ROOT), line + "\n", String::concat);
        }
    }

    private void parts(Map<String, byte[]> all) {
        for (Path file : files(Path.of("src/test/resources/decode")))
            all.put(file.toString(), UnwrapFuzz.seed(file));
        for (Path file : captures) {
            String name = file.getFileName().toString();
            if (name.endsWith(".har") && size(file) <= LONGEST)
                all.put(file.toString(), UnwrapFuzz.seed(PartKind.BODY, 1, 0, bytes(file)));
        }
    }

    /** False where it is no capture of packets. */
    private boolean packets(Path path, PacketSink sink) {
        try (CaptureFile file = CaptureFiles.open(path, false)) {
            if (!(file instanceof PacketCapture capture)) return false;
            MetaSink meta =
                    new MetaSink() {
                        @Override
                        public void secrets(int type, byte[] log) {
                            keyLog(log);
                        }
                    };
            capture.read(sink, a -> {}, meta);
            return true;
        } catch (UnreadableCaptureException e) {
            return false;
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).filter(Files::isReadable).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
