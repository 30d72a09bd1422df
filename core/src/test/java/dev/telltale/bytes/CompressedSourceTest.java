package dev.telltale.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class CompressedSourceTest {
    private record Out(byte[] bytes, Optional<ByteSource.Damage> damage) {}

    private static Out drain(ByteSource source, int piece, boolean natively) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (source;
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory =
                    natively
                            ? arena.allocate(piece + 3)
                            : MemorySegment.ofArray(new byte[piece + 3]);
            int n;
            while ((n = source.read(memory, 3, piece)) >= 0) {
                assertThat(n).isBetween(1, piece);
                all.writeBytes(memory.asSlice(3, n).toArray(ValueLayout.JAVA_BYTE));
            }
            assertThat(source.read(memory, 3, piece)).isEqualTo(-1);
            return new Out(all.toByteArray(), source.damage());
        }
    }

    /** Half noise, half text, so that blocks of every kind occur. */
    private static byte[] sample(int size) {
        Random random = new Random(size);
        byte[] b = new byte[size];
        for (int i = 0; i < size; ) {
            int n = Math.min(size - i, 1 + random.nextInt(5000));
            byte[] run = new byte[n];
            if (random.nextBoolean()) random.nextBytes(run);
            else Arrays.fill(run, (byte) random.nextInt(256));
            System.arraycopy(run, 0, b, i, n);
            i += n;
        }
        return b;
    }

    private static byte[] gzip(byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(out)) {
            z.write(b);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] zstd(byte[] b) {
        try (ZstdCompressCtx z = new ZstdCompressCtx()) {
            return z.setChecksum(true).compress(b);
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] p : parts) out.writeBytes(p);
        return out.toByteArray();
    }

    private static void unpacksInAnyPieces(
            Function<byte[], byte[]> pack, Function<ByteSource, ByteSource> unpack) {
        byte[] a = sample(300_000);
        byte[] b = sample(10);
        byte[] packed = concat(pack.apply(a), pack.apply(new byte[0]), pack.apply(b));
        for (int piece : new int[] {1 << 20, 4096, 777}) {
            for (boolean natively : new boolean[] {true, false}) {
                Out out = drain(unpack.apply(ByteSource.of(packed)), piece, natively);
                assertThat(out.bytes()).isEqualTo(concat(a, b));
                assertThat(out.damage()).isEmpty();
            }
        }
        Out out = drain(unpack.apply(new Dribble(packed)), 50_000, true);
        assertThat(out.bytes()).isEqualTo(concat(a, b));
        assertThat(out.damage()).isEmpty();
    }

    private static void usesWhatComesBeforeACut(
            Function<byte[], byte[]> pack, Function<ByteSource, ByteSource> unpack) {
        byte[] text =
                "GET /a?imei=1 HTTP/1.1\r\nHost: a.example.org\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] first = pack.apply(text);
        byte[] packed = concat(first, pack.apply(sample(1000)));
        byte[] whole = concat(text, sample(1000));
        for (int cut = 0; cut <= packed.length; cut++) {
            Out out = drain(unpack.apply(ByteSource.of(Arrays.copyOf(packed, cut))), 100, true);
            assertThat(out.bytes()).isEqualTo(Arrays.copyOf(whole, out.bytes().length));
            if (cut >= first.length)
                assertThat(out.bytes().length).isGreaterThanOrEqualTo(text.length);
            if (cut == 0 || cut == first.length || cut == packed.length) {
                assertThat(out.damage()).as("cut at %d", cut).isEmpty();
            } else {
                assertThat(out.damage()).as("cut at %d", cut).isPresent();
                assertThat(out.damage().get().kind()).isEqualTo(ByteSource.Damage.Kind.CUT);
                assertThat(out.damage().get().at()).isEqualTo(cut);
            }
        }
    }

    private static void survivesCorruption(
            Function<byte[], byte[]> pack, Function<ByteSource, ByteSource> unpack) {
        byte[] whole = sample(400_000);
        byte[] packed = pack.apply(whole);
        Random random = new Random(2);
        int partly = 0;
        for (int n = 0; n < 60; n++) {
            byte[] bad = packed.clone();
            int at = 20 + random.nextInt(bad.length - 20);
            bad[at] ^= (byte) (1 + random.nextInt(255));
            Out out = drain(unpack.apply(ByteSource.of(bad)), 1 << 20, random.nextBoolean());
            if (out.damage().isEmpty()) assertThat(out.bytes().length).isEqualTo(whole.length);
            else if (out.bytes().length > 0) partly++;
            // Blocks of both formats are at most 128 KB of content here: all those well before the
            // damage must be there.
            int good = (int) ((long) at * whole.length / bad.length) - 200_000;
            assertThat(out.bytes().length).isGreaterThan(good);
            if (good > 0)
                assertThat(Arrays.copyOf(out.bytes(), good)).isEqualTo(Arrays.copyOf(whole, good));
        }
        assertThat(partly).isGreaterThan(10);
    }

    @Test
    void unpacksGzipInAnyPieces() {
        unpacksInAnyPieces(CompressedSourceTest::gzip, GzipSource::new);
    }

    @Test
    void unpacksZstdInAnyPieces() {
        unpacksInAnyPieces(CompressedSourceTest::zstd, ZstdSource::new);
    }

    @Test
    void usesWhatComesBeforeACutInGzip() {
        usesWhatComesBeforeACut(CompressedSourceTest::gzip, GzipSource::new);
    }

    @Test
    void usesWhatComesBeforeACutInZstd() {
        usesWhatComesBeforeACut(CompressedSourceTest::zstd, ZstdSource::new);
    }

    /** Where the damage is must not depend on how the file comes in. */
    @Test
    void damageOfGzipHasOnePlace() {
        byte[] text = new byte[9000];
        Random random = new Random(4);
        for (int i = 0; i < text.length; i++) text[i] = (byte) ('a' + random.nextInt(20));
        byte[] packed = gzip(text);
        int damaged = 0;
        for (int i = 20; i < packed.length - 20; i += 37) {
            byte[] corrupt = packed.clone();
            for (int k = 0; k < 12; k++) corrupt[i + k] = (byte) random.nextInt();
            GzipSource whole = new GzipSource(ByteSource.of(corrupt));
            whole.skip(1 << 20);
            GzipSource pieces = new GzipSource(pieces(corrupt, new Random(i)));
            pieces.skip(1 << 20);
            assertThat(pieces.damage()).as("damage at " + i).isEqualTo(whole.damage());
            if (whole.damage().isPresent()) damaged++;
        }
        assertThat(damaged).isGreaterThan(50);
    }

    /** As a slow medium: a few bytes at a time. */
    private static ByteSource pieces(byte[] bytes, Random random) {
        ByteSource whole = ByteSource.of(bytes);
        return new ByteSource() {
            @Override
            public int read(java.lang.foreign.MemorySegment into, long from, int length) {
                return whole.read(into, from, Math.min(length, 1 + random.nextInt(50)));
            }

            @Override
            public long length() {
                return -1;
            }

            @Override
            public java.util.Optional<Damage> damage() {
                return whole.damage();
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void survivesCorruptGzip() {
        survivesCorruption(CompressedSourceTest::gzip, GzipSource::new);
    }

    @Test
    void survivesCorruptZstd() {
        survivesCorruption(CompressedSourceTest::zstd, ZstdSource::new);
    }

    @Test
    void readsEveryOptionalFieldOfAGzipHeader() {
        byte[] text = {1, 2, 3};
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(text);
        deflater.finish();
        byte[] body = new byte[64];
        int n = deflater.deflate(body);
        deflater.end();
        CRC32 crc = new CRC32();
        crc.update(text);
        long c = crc.getValue();
        byte[] trailer = {
            (byte) c, (byte) (c >> 8), (byte) (c >> 16), (byte) (c >> 24), 3, 0, 0, 0
        };
        byte[] header = {
            0x1f, (byte) 0x8b, 8, 31, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 'n', 0, 'c', 'c', 0, 0, 0
        };
        byte[] packed = concat(header, Arrays.copyOf(body, n), trailer);
        for (int cut = 1; cut < packed.length; cut++) {
            Out out = drain(new GzipSource(ByteSource.of(Arrays.copyOf(packed, cut))), 10, true);
            assertThat(out.damage()).as("cut at %d", cut).isPresent();
        }
        Out out = drain(new GzipSource(ByteSource.of(packed)), 10, true);
        assertThat(out.bytes()).isEqualTo(text);
        assertThat(out.damage()).isEmpty();
    }

    @Test
    void zeroPaddingAfterGzipIsFineAndAnythingElseIsDamage() {
        byte[] packed = gzip(new byte[] {7});
        Out padded = drain(new GzipSource(ByteSource.of(concat(packed, new byte[900]))), 10, true);
        assertThat(padded.bytes()).containsExactly(7);
        assertThat(padded.damage()).isEmpty();
        for (byte[] rest :
                new byte[][] {{1}, {0, 0, 5}, "more text".getBytes(StandardCharsets.US_ASCII)}) {
            Out out = drain(new GzipSource(ByteSource.of(concat(packed, rest))), 10, true);
            assertThat(out.bytes()).containsExactly(7);
            assertThat(out.damage())
                    .hasValueSatisfying(
                            d -> assertThat(d.kind()).isEqualTo(ByteSource.Damage.Kind.MALFORMED));
        }
    }

    @Test
    void aWrongChecksumIsSaidAfterTheBytes() {
        byte[] packed = gzip(new byte[] {7, 8});
        packed[packed.length - 8] ^= 1;
        Out out = drain(new GzipSource(ByteSource.of(packed)), 10, true);
        assertThat(out.bytes()).containsExactly(7, 8);
        assertThat(out.damage().orElseThrow().text()).contains("checksum");
    }

    @Test
    void passesOverSkippableFrames() {
        byte[] skippable = {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9};
        assertThat(ZstdSource.recognizes(skippable)).isTrue();
        Out out =
                drain(
                        new ZstdSource(
                                ByteSource.of(concat(skippable, zstd(new byte[] {7}), skippable))),
                        10,
                        true);
        assertThat(out.bytes()).containsExactly(7);
        assertThat(out.damage()).isEmpty();
    }

    @Test
    void stopsATrapThatUnpacksWithoutEnd() {
        // One block of 128 KB of zeros in four bytes, again and again.
        byte[] head = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0x38};
        int size = 128 << 10;
        int block = size << 3 | 1 << 1;
        byte[] blocks = new byte[4 * 12_000];
        for (int i = 0; i < blocks.length; i += 4) {
            blocks[i] = (byte) block;
            blocks[i + 1] = (byte) (block >> 8);
            blocks[i + 2] = (byte) (block >> 16);
        }
        try (ByteSource source = new ZstdSource(ByteSource.of(concat(head, blocks)));
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(1 << 20);
            long total = 0;
            int n;
            while ((n = source.read(memory, 0, 1 << 20)) > 0) total += n;
            assertThat(total).isBetween(1L << 30, 1200L << 20);
            assertThat(source.damage().orElseThrow().kind())
                    .isEqualTo(ByteSource.Damage.Kind.LIMIT);
        }
    }

    /** Gives one to three bytes at a time. */
    private static final class Dribble implements ByteSource {
        private final ByteSource whole;
        private int turn;

        Dribble(byte[] bytes) {
            whole = ByteSource.of(bytes);
        }

        @Override
        public int read(MemorySegment into, long from, int length) {
            return whole.read(into, from, Math.min(length, 1 + turn++ % 3));
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public Optional<Damage> damage() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
