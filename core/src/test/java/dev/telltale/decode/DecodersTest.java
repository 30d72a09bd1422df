package dev.telltale.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.Limits;
import dev.telltale.decode.Decoders.Decoder;
import dev.telltale.decode.Decoders.Trust;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every decoder of the list must do, shown on its fixtures. */
class DecodersTest {
    private static final Path FIXTURES = Path.of("src/test/resources/decode");

    static List<Decoder> decoders() {
        return Decoders.LIST;
    }

    static List<Decoder> compressors() {
        return Decoders.LIST.stream()
                .filter(d -> d.kind() == Decoders.Kind.CODEC && d.trust() != Trust.TEXT)
                // A change of the character set makes nothing bigger; what nobody can announce is
                // bounded by its own size.
                .filter(d -> !d.codings().isEmpty())
                .toList();
    }

    private static List<Fixture> fixtures(Decoder d) {
        Path folder = FIXTURES.resolve(d.name());
        assertThat(folder).as("fixtures of " + d.name()).isDirectory();
        try (Stream<Path> files = Files.list(folder)) {
            List<Fixture> all = files.sorted().map(Fixture::read).toList();
            assertThat(all).as("fixtures of " + d.name()).hasSizeGreaterThanOrEqualTo(3);
            return all;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A layer is not shown to a decoder that says no to its first byte: that must lose nothing. */
    @ParameterizedTest
    @MethodSource("decoders")
    void firstByteRulesOutNothing(Decoder d) {
        List<byte[]> texts = new java.util.ArrayList<>();
        for (Fixture f : fixtures(d)) if (f.input().length > 0) texts.add(f.input());
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            byte[] b = new byte[64];
            random.nextBytes(b);
            texts.add(b);
        }
        boolean ruledOut = false;
        boolean letIn = false;
        for (int c = 0; c < 256; c++) {
            boolean may = List.of(Decoders.sniffed((byte) c)).contains(d);
            ruledOut |= !may;
            for (byte[] text : texts) {
                byte[] b = text.clone();
                b[0] = (byte) c;
                for (String type :
                        List.of(
                                "",
                                "application/json",
                                "application/grpc",
                                "text/plain",
                                "avro/block")) {
                    for (boolean complete : new boolean[] {false, true}) {
                        boolean begins = d.sniff().begins(b, 0, b.length, complete, type, true);
                        letIn |= begins;
                        if (begins) assertThat(may).as(d + " begins with " + c).isTrue();
                    }
                }
            }
        }
        if (d.sniff() == Decoders.NEVER) return;
        assertThat(letIn).as("shown at all").isTrue();
        if (d == Decoders.GZIP || d == Decoders.ZSTD || d == Decoders.ZLIB || d == Decoders.JSON)
            assertThat(ruledOut).isTrue();
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void tellsWhatTheFixtureHolds(Decoder d) {
        boolean used = false;
        for (Fixture f : fixtures(d)) {
            Log log = f.whole();
            Literals m = f.matcher();
            assertThat(
                            log.sightings.stream()
                                    .map(s ->
                                            m.text(s.form())
                                                    + " | "
                                                    + (s.trail().isEmpty() ? "-" : s.chain())))
                    .as(f.file().toString())
                    .containsExactlyInAnyOrderElementsOf(f.see());
            assertThat(
                            log.unread.stream()
                                    .map(u ->
                                            u.byteClass()
                                                    + " "
                                                    + u.reason()
                                                    + " "
                                                    + u.bytes()
                                                    + (u.keys().isEmpty()
                                                            ? ""
                                                            : " " + String.join(".", u.keys()))))
                    .as(f.file().toString())
                    .containsExactlyInAnyOrderElementsOf(f.unread());
            assertThat(log.anomalies.stream().map(a -> a.substring(0, a.indexOf(' '))))
                    .as(f.file().toString())
                    .containsExactlyInAnyOrderElementsOf(f.anomalies());
            for (Log.Sighting s : log.sightings) {
                used |= s.trail().stream().anyMatch(t -> t.decoder().equals(d.name()));
                // The other Brotli decoder gives nothing at all of what is cut.
                if (d == Decoders.BROTLI && f.anomalies().contains("DECODE_ERROR")) continue;
                // Nobody else unpacks it in Java; npm's own packed it.
                if (s.trail().stream().anyMatch(t -> t.decoder().equals("lz-string"))) continue;
                // A row of pages that are not together has no range of its own.
                if (s.trail().stream().anyMatch(t -> t.decoder().equals("sqlite") && !t.identity()))
                    continue;
                assertThat(Fixture.reread(f.input(), s))
                        .as(f.file() + " read again")
                        .isEqualTo(m.text(s.form()));
            }
        }
        assertThat(used).as("a fixture of " + d.name() + " that goes through it").isTrue();
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void cutsDoNotMatter(Decoder d) {
        for (Fixture f : fixtures(d)) {
            if (f.kind() != PartKind.BODY) continue;
            Log whole = f.whole();
            for (int seed = 0; seed < 30; seed++) {
                Log cut = f.run(f.matcher(), Limits.DEFAULT, f.input(), new Random(seed), true);
                assertThat(Log.difference(whole, cut)).as("%s seed %d", f.file(), seed).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void truncatedAnywhereItTellsNothingThatIsNotThere(Decoder d) {
        for (Fixture f : fixtures(d)) {
            Literals m = f.matcher();
            for (int n = 0; n < f.input().length; n++) {
                Log log =
                        f.run(
                                m,
                                Limits.DEFAULT,
                                Arrays.copyOf(f.input(), n),
                                new Random(n),
                                n % 2 == 0);
                for (Log.Sighting s : log.sightings) {
                    for (var step : s.trail())
                        assertThat(step.from().getFirst().start()).isBetween(0L, 1L << 20);
                    if (s.trail().stream().allMatch(t -> t.identity())) {
                        assertThat(Fixture.reread(f.input(), s)).isEqualTo(m.text(s.form()));
                    }
                    if (!s.trail().isEmpty())
                        assertThat(s.trail().getFirst().from().getFirst().end())
                                .isLessThanOrEqualTo(n);
                }
                assertThat(log.unread.stream().mapToLong(Log.Unread::bytes).sum())
                        .isLessThanOrEqualTo(n);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void corruptedItNeitherThrowsNorInvents(Decoder d) {
        for (Fixture f : fixtures(d)) {
            for (int seed = 0; seed < 100; seed++) {
                Random r = new Random(seed);
                byte[] b = f.input().clone();
                for (int i = 0; i <= r.nextInt(4); i++) b[r.nextInt(b.length)] = (byte) r.nextInt();
                Log whole = f.run(f.matcher(), Limits.DEFAULT, b, new Random(seed), false);
                if (f.kind() == PartKind.BODY) {
                    Log cut = f.run(f.matcher(), Limits.DEFAULT, b, new Random(seed), true);
                    assertThat(Log.difference(whole, cut))
                            .as("%s seed %d", f.file(), seed)
                            .isEmpty();
                }
                assertThat(whole.unread.stream().mapToLong(Log.Unread::bytes).sum())
                        .isLessThanOrEqualTo(b.length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void staysWithinItsBudget(Decoder d) {
        Limits narrow = new Limits(3, 500, 3, 100, 1 << 20);
        for (Fixture f : fixtures(d)) {
            Log log = f.run(f.matcher(), narrow, f.input(), new Random(1), false);
            // Identity layers are scanned with the layer around them.
            assertThat(log.scanned).isLessThanOrEqualTo(f.input().length + 500 + Layer.SEGMENT);
        }
    }

    @ParameterizedTest
    @MethodSource("compressors")
    void aBombIsLeftAlone(Decoder d) {
        byte[] bomb =
                Independent.encode(d.name(), Independent.encode(d.name(), new byte[40 << 20]));
        Log log = new Log();
        Limits limits = new Limits(16, 1 << 20, 100, 1 << 16, 1 << 20);
        String coding = d.codings().getFirst();
        Unwrapper.Part p =
                new Unwrapper(new Literals("x"), limits)
                        .open(
                                PartKind.BODY,
                                "",
                                new Hint("", List.of(coding, coding), -1),
                                false,
                                log);
        p.feed(bomb, 0, bomb.length);
        p.end();
        assertThat(log.anomalies).anyMatch(a -> a.startsWith("LIMIT"));
        assertThat(log.scanned).isLessThan(2 << 20);
        assertThat(log.unread)
                .anyMatch(
                        u -> u.byteClass() == ByteClass.OPAQUE && u.reason() == ReasonCode.BUDGET);
        assertThat(log.unread.stream().mapToLong(Log.Unread::bytes).sum())
                .isBetween(1L, (long) bomb.length);
    }

    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /**
     * Bytes that mean nothing, and words that mean what they say, are no format without a magic.
     */
    @Test
    void noiseIsNoFormat() {
        Random random = new Random(9);
        List<Decoder> loose =
                List.of(
                        Decoders.LZ4_BLOCK,
                        Decoders.SNAPPY_BLOCK,
                        Decoders.LZ_STRING,
                        Decoders.UTF32,
                        Decoders.BSON,
                        Decoders.DER,
                        Decoders.THRIFT,
                        Decoders.MIME);
        String[] words =
                "the id, is; of a=1&b phone {x} 12345678 <now> \n Wed\tSEQ".split("(?<= )");
        for (int k = 0; k < 30_000; k++) {
            // What is not all there is as much as is looked at.
            boolean complete = k % 4 != 0;
            byte[] b = new byte[complete ? 12 + random.nextInt(200) : 1024];
            random.nextBytes(b);
            StringBuilder text = new StringBuilder();
            while (text.length() < b.length) text.append(words[random.nextInt(words.length)]);
            byte[] t = text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            byte[] letters = new byte[16 + random.nextInt(60)];
            String alphabet = k % 2 == 0 ? "abcdefghijklmnopqrstuvwxyz" : LETTERS;
            for (int i = 0; i < letters.length; i++)
                letters[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            byte[] packed = new byte[letters.length];
            int n = LzString.ofUri(letters, 0, letters.length, packed);
            assertThat(LzString.begins(packed, 0, n, true)).as("%d", k).isFalse();
            for (Decoder d : loose) {
                assertThat(d.sniff().begins(b, 0, b.length, complete, "", true))
                        .as("%s %d", d, k)
                        .isFalse();
                assertThat(d.sniff().begins(t, 0, t.length, complete, "", true))
                        .as("%s %s", d, text)
                        .isFalse();
            }
        }
    }
}
