package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.telltale.bytes.ByteSource;
import dev.telltale.bytes.DigestSource;
import dev.telltale.bytes.GzipSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives far larger than what is kept of them. */
class HarHugeTest {
    /** A file of pieces, each a text repeated so and so often; nothing of it is in memory. */
    private static final class Repeated implements ByteSource {
        private final List<byte[]> texts = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();
        private long at;

        Repeated add(String text, long often) {
            texts.add(text.getBytes(StandardCharsets.UTF_8));
            times.add(often);
            return this;
        }

        @Override
        public long length() {
            long sum = 0;
            for (int i = 0; i < texts.size(); i++) sum += texts.get(i).length * times.get(i);
            return sum;
        }

        @Override
        public int read(MemorySegment into, long from, int length) {
            long base = 0;
            for (int i = 0; i < texts.size(); i++) {
                byte[] text = texts.get(i);
                long size = text.length * times.get(i);
                if (at < base + size) {
                    int n = (int) Math.min(length, base + size - at);
                    int phase = (int) ((at - base) % text.length);
                    int done = 0;
                    while (done < n) {
                        int k = Math.min(n - done, text.length - phase);
                        MemorySegment.copy(
                                MemorySegment.ofArray(text), phase, into, from + done, k);
                        done += k;
                        phase = 0;
                    }
                    at += n;
                    return n;
                }
                base += size;
            }
            return -1;
        }

        @Override
        public Optional<Damage> damage() {
            return Optional.empty();
        }

        @Override
        public Optional<ByteSource> again(long offset) {
            Repeated other = new Repeated();
            other.texts.addAll(texts);
            other.times.addAll(times);
            other.at = offset;
            return Optional.of(other);
        }

        @Override
        public void close() {}
    }

    /** Counts and sums the bytes of each part, and keeps no more than that. */
    private static final class Sums implements FlowSinks {
        final List<String> parts = new ArrayList<>();
        final List<Anomaly> anomalies = new ArrayList<>();
        int longestFeed;

        @Override
        public FlowSink open(Flow flow) {
            return new FlowSink() {
                @Override
                public ExchangeSink exchange(Exchange exchange) {
                    return new ExchangeSink() {
                        @Override
                        public MessageSink message(Side side) {
                            return message(flow, side);
                        }

                        private MessageSink message(Flow of, Side side) {
                            return sums(of.number() + " " + side);
                        }

                        @Override
                        public void end() {}
                    };
                }

                @Override
                public void account(Side s, String host, ByteClass c, long bytes, ReasonCode r) {}

                @Override
                public void nameOf(String ip, String name, long timeNanos) {}

                @Override
                public void identified(String protocol, String serverName, Secured secured) {}

                @Override
                public void anomaly(Anomaly anomaly) {
                    anomalies.add(anomaly);
                }
            };
        }

        private MessageSink sums(String name) {
            return new MessageSink() {
                @Override
                public void part(
                        PartKind kind, String n, byte[] b, int from, int length, long at) {}

                @Override
                public PartSink open(PartKind kind, String n, Hint hint) {
                    return new PartSink() {
                        private long count;
                        private long sum;
                        private long gaps;

                        @Override
                        public void feed(byte[] b, int from, int length, long at) {
                            longestFeed = Math.max(longestFeed, length);
                            for (int i = from; i < from + length; i++) sum += b[i];
                            count += length;
                        }

                        @Override
                        public void gap(long length, ReasonCode reason) {
                            gaps += length;
                        }

                        @Override
                        public void end() {
                            parts.add(name + " " + kind + " " + count + " " + sum + " " + gaps);
                        }
                    };
                }

                @Override
                public void end() {}
            };
        }

        @Override
        public void close(Flow flow, FlowSink sink) {}
    }

    private static Sums read(ByteSource source, int limit) {
        Sums sums = new Sums();
        DigestSource raw = new DigestSource(source, false);
        try (Har har = new Har(new CaptureInput("huge", raw, raw), limit)) {
            assertThat(har.read(sums, sums.anomalies::add).exchanges()).isPositive();
        }
        assertThat(sums.anomalies).isEmpty();
        assertThat(sums.longestFeed).isLessThanOrEqualTo(limit + (64 << 10));
        return sums;
    }

    @Test
    void passesThroughWhatItCannotKeep() {
        long n = 9_000_000;
        Repeated file =
                new Repeated()
                        .add("{\"log\":{\"entries\":[{\"response\":{\"content\":{\"text\":\"", 1)
                        .add("abcd\\u00e9\\n", n / 6)
                        .add(
                                "\"}},\"_webSocketMessages\":[{\"type\":\"send\",\"data\":\"one\"},{\"data\":\"",
                                1)
                        .add("AAEC", n / 3)
                        .add(
                                "\",\"opcode\":2,\"type\":\"receive\"},{\"type\":\"send\",\"data\":\"three\"}],\"request\":{\"postData\":{\"text\":\"",
                                1)
                        .add("AQID", n / 3)
                        .add("\",\"encoding\":\"base64\"},\"url\":\"https://example.org/\"}}", 1)
                        .add(
                                ",{\"request\":{\"url\":\"https://example.org/2\",\"postData\":{\"text\":\"",
                                1)
                        .add("x", 3 << 20)
                        .add("\"}}}]}}", 1);
        Sums sums = read(file, 1 << 20);
        assertThat(sums.parts)
                .containsExactly(
                        "0 INITIATOR BODY " + n / 3 * 3 + " " + n / 3 * 6 + " 0",
                        "0 RESPONDER BODY "
                                + n / 6 * 7
                                + " "
                                + n / 6 * ('a' + 'b' + 'c' + 'd' + '\n' + (byte) 0xC3 + (byte) 0xA9)
                                + " 0",
                        "0 INITIATOR FRAME 3 " + ('o' + 'n' + 'e') + " 0",
                        "0 RESPONDER FRAME " + n / 3 * 3 + " " + n / 3 * 3 + " 0",
                        "0 INITIATOR FRAME 5 " + ('t' + 'h' + 'r' + 'e' + 'e') + " 0",
                        "1 INITIATOR BODY " + (3 << 20) + " " + (3L << 20) * 'x' + " 0");
    }

    @Test
    void readsManyLongBodiesInOnePassMore() {
        String body = "y".repeat(5000);
        StringBuilder entry =
                new StringBuilder(
                        "{\"request\":{\"url\":\"https://example.org/\",\"postData\":{\"text\":\"");
        entry.append(body)
                .append("\"}},\"response\":{\"content\":{\"text\":\"")
                .append(body)
                .append("\"}}}");
        Repeated file =
                new Repeated()
                        .add("{\"log\":{\"entries\":[" + entry, 1)
                        .add("," + entry, 2000)
                        .add("]}}", 1);
        Sums sums = read(file, 1000);
        assertThat(sums.parts)
                .hasSize(4002)
                .allMatch(p -> p.endsWith(" BODY 5000 " + 5000 * 'y' + " 0"));
    }

    @Test
    void readsCompressedFilesAgainToo() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(
                    ("{\"log\":{\"entries\":[{\"request\":{\"postData\":{\"text\":\""
                                    + "z".repeat(300_000)
                                    + "\"},\"url\":\"https://example.org/\"},\"response\":{\"content\":{\"text\":\""
                                    + "w".repeat(300_000)
                                    + "\"}}}]}}")
                            .getBytes(StandardCharsets.US_ASCII));
        }
        Sums sums = read(new GzipSource(ByteSource.of(packed.toByteArray())), 1000);
        assertThat(sums.parts)
                .containsExactly(
                        "0 INITIATOR BODY 300000 " + 300_000 * 'z' + " 0",
                        "0 RESPONDER BODY 300000 " + 300_000 * 'w' + " 0");
    }

    @Test
    void readsFilesAgainToo(@TempDir Path folder) throws Exception {
        int length = 5_000_000;
        byte[] har =
                ("{\"log\":{\"entries\":[{\"request\":{\"postData\":{\"text\":\""
                                + "v".repeat(length)
                                + "\"},\"url\":\"https://example.org/\"}}]}}")
                        .getBytes(StandardCharsets.US_ASCII);
        for (byte[] content : List.of(har, Zstd.compress(har))) {
            Path file = Files.write(folder.resolve("big"), content);
            Sums sums = new Sums();
            try (CaptureFile capture = CaptureFiles.open(file)) {
                ((ExchangeCapture) capture).read(sums, sums.anomalies::add);
                assertThat(capture.bytes()).as("read once by the digest").isEqualTo(content.length);
            }
            assertThat(sums.anomalies).isEmpty();
            assertThat(sums.parts)
                    .containsExactly(
                            "0 INITIATOR BODY " + length + " " + (long) length * 'v' + " 0");
        }
    }

    @Test
    void boundsManySmallThings() {
        Repeated headers =
                new Repeated()
                        .add(
                                "{\"log\":{\"entries\":[{\"request\":{\"url\":\"https://example.org/\",\"headers\":[{}",
                                1)
                        .add(",{}", 2_000_000)
                        .add(",{\"name\":\"a\",\"value\":\"b\"}", 1_000_000)
                        .add("]},\"_webSocketMessages\":[{}", 1)
                        .add(",{\"type\":\"send\"}", 200_000)
                        .add("]}]}}", 1);
        Sums sums = new Sums();
        DigestSource raw = new DigestSource(headers, false);
        try (Har har = new Har(new CaptureInput("huge", raw, raw))) {
            har.read(sums, sums.anomalies::add);
        }
        assertThat(sums.parts).hasSize(200_001);
        assertThat(sums.anomalies).extracting(Anomaly::kind).contains(Anomaly.Kind.LIMIT);
    }
}
