package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.analyze.Analyzers;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.MetaSink;
import dev.telltale.capture.PacketCapture;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.Inspection;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Progress;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Workers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** QUIC as others recorded it. */
class QuicCorpusTest {
    private static Path corpus() {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve("shared/corpus")))
            above = above.getParent();
        assumeThat(above).as("shared/corpus lies in no folder above this one").isNotNull();
        return above.resolve("shared/corpus");
    }

    private static Inspection inspect(Path capture, Keys keys) throws UnreadableInput {
        Inspection i =
                Inspector.inspect(
                        capture, keys, Auditor.Options.DEFAULT, Workers.CALLER, Progress.NONE);
        assertThat(i.anomalies()).noneMatch(a -> a.kind() == Anomaly.Kind.ACCOUNTING);
        return i;
    }

    private static List<String> requests(Path capture, Keys keys) throws UnreadableInput {
        List<String> lines = new ArrayList<>();
        Inspector.requests(
                capture, keys, b -> lines.add(new String(b, StandardCharsets.ISO_8859_1).strip()));
        return lines;
    }

    /** Frame by frame by hand: no dissector at hand decodes QPACK. */
    @Test
    void listsTheRequestsOfACaptureWithItsSecrets() throws Exception {
        Path capture = corpus().resolve("decryption/captures/quic-with-secrets.pcapng");
        try (var expected = getClass().getResourceAsStream("/http3/quic-with-secrets.requests")) {
            assertThat(requests(capture, Keys.NONE))
                    .isEqualTo(
                            new String(expected.readAllBytes(), StandardCharsets.UTF_8)
                                    .lines()
                                    .toList());
        }
        Inspection i = inspect(capture, Keys.NONE);
        assertThat(i.coverage().sent().encrypted()).isZero();
        assertThat(i.anomalies()).isEmpty();
    }

    @Test
    void listsARequestWhoseHeaderBlockComesInPieces() throws Exception {
        Path capture = corpus().resolve("decryption/captures/http3-qpack-reassembly-anon.pcapng");
        assertThat(requests(capture, Keys.NONE))
                .singleElement()
                .asString()
                .startsWith("POST\thttps://")
                .contains(".googlevideo.com/videoplayback?expire=")
                .endsWith("\t8");
        assertThat(inspect(capture, Keys.NONE).anomalies()).isEmpty();
    }

    @Test
    void findsTheApplicationDataOfTheIllustratedConnection() throws Exception {
        Path folder = corpus().resolve("illustrated/quic");
        Keys keys = Keys.read(List.of(folder.resolve("keylog.txt")));
        Path capture = folder.resolve("capture.pcap");
        List<String> told = new ArrayList<>();
        try (var file = (PacketCapture) CaptureFiles.open(capture, false)) {
            Dissector d =
                    new Dissector(
                            new Analyzers(frames(told), keys.forCapture()),
                            a -> {},
                            DissectLimits.DEFAULT);
            file.read(d, a -> {}, NO_META);
            d.end();
        }
        assertThat(told).contains("INITIATOR ping", "RESPONDER pong");
        assertThat(inspect(capture, keys).coverage().sent().encrypted()).isZero();
    }

    private static final MetaSink NO_META = new MetaSink() {};

    /** Writes down what is told in FRAME parts. */
    private static FlowSinks frames(List<String> told) {
        FlowSink sink =
                new FlowSink() {
                    @Override
                    public ExchangeSink exchange(Exchange exchange) {
                        return new ExchangeSink() {
                            @Override
                            public MessageSink message(Side side) {
                                return new Frames(side, told);
                            }

                            @Override
                            public void end() {}
                        };
                    }

                    @Override
                    public void account(
                            Side side, String host, ByteClass c, long bytes, ReasonCode reason) {}

                    @Override
                    public void nameOf(String ip, String name, long timeNanos) {}

                    @Override
                    public void identified(String protocol, String name, Secured secured) {}

                    @Override
                    public void anomaly(Anomaly anomaly) {}
                };
        return new FlowSinks() {
            @Override
            public FlowSink open(Flow flow) {
                return sink;
            }

            @Override
            public void close(Flow flow, FlowSink s) {}
        };
    }

    private record Frames(Side side, List<String> told) implements MessageSink {
        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int n, long at) {}

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            StringBuilder s = new StringBuilder();
            return new PartSink() {
                @Override
                public void feed(byte[] b, int from, int n, long at) {
                    s.append(new String(b, from, n, StandardCharsets.ISO_8859_1));
                }

                @Override
                public void gap(long length, ReasonCode reason) {}

                @Override
                public void end() {
                    told.add(side + " " + s);
                }
            };
        }

        @Override
        public void end() {}
    }

    /** Names as other tools show them; two are called by their address, two speak Google's own. */
    private static final Map<String, String> CALLED =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("quic-ack3", "tether.edge.apple"),
                            Map.entry("quic-alerts", "172.217.164.142"),
                            Map.entry("quic-cyu", "172.217.2.109"),
                            Map.entry("quic-frag", "token.services.mozilla.com"),
                            Map.entry(
                                    "quic-frag-middle-gap", "optimizationguide-pa.googleapis.com"),
                            Map.entry("quic-frag-unordered", "mastodon.social"),
                            Map.entry("quic-frag-wait", "www.google.com"),
                            Map.entry("quic-ietf", "msquic.net"),
                            Map.entry("quic-ietf-ja3", "msquic.net"),
                            Map.entry("quic-initial-not-first", "scontent-ams4-1.xx.fbcdn.net"),
                            Map.entry("quic-retry", "www.gravatar.com"),
                            Map.entry("quic-retry-multiple", "public-api.wordpress.com"),
                            Map.entry("quic-v2", "127.0.0.1"),
                            Map.entry("quic-v2-ja3", "127.0.0.1")));

    @Test
    void namesTheHostOfEveryCaptureWithoutKeys() throws Exception {
        List<Path> captures;
        try (Stream<Path> all = Files.list(corpus().resolve("protocols"))) {
            captures = all.filter(f -> f.getFileName().toString().startsWith("quic-")).toList();
        }
        Map<String, String> called = new TreeMap<>();
        for (Path c : captures) {
            Inspection i = inspect(c, Keys.NONE);
            assertThat(i.anomalies()).as(c.toString()).isEmpty();
            assertThat(i.hosts()).as(c.toString()).hasSize(1);
            assertThat(i.hosts().getFirst().protocols()).as(c.toString()).contains("quic");
            called.put(
                    c.getFileName().toString().replaceFirst("--.*", ""),
                    i.hosts().getFirst().host());
        }
        assertThat(called).isEqualTo(CALLED);
    }
}
