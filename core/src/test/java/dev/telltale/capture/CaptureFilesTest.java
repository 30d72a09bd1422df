package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.github.luben.zstd.Zstd;
import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureFilesTest {
    @TempDir Path dir;

    private static byte[] pcapng(int packets) {
        PcapngFile f = new PcapngFile();
        f.section().described(1, 0);
        for (int i = 0; i < packets; i++) f.enhanced(0, i + 1, 400, 400, new byte[400]);
        return f.bytes();
    }

    private static byte[] gzip(byte[] b) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(out)) {
            z.write(b);
        }
        return out.toByteArray();
    }

    private static String sha256(byte[] b) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(b));
    }

    private Recorded open(byte[] file) throws Exception {
        // The name says nothing, or lies.
        Path path = Files.write(dir.resolve("capture.jpg"), file);
        try (CaptureFile opened = CaptureFiles.open(path)) {
            assertThat(opened.length()).isEqualTo(file.length);
            Recorded r = Recorded.read(opened);
            assertThat(r.sha256).isEqualTo(sha256(file));
            assertThat(opened.bytes()).isEqualTo(file.length);
            return r;
        }
    }

    private String refusal(Path path) {
        return assertThatExceptionOfType(UnreadableCaptureException.class)
                .isThrownBy(() -> CaptureFiles.open(path).close())
                .actual()
                .getMessage();
    }

    private String refusal(byte[] file) throws IOException {
        return refusal(Files.write(dir.resolve("photo.pcap"), file));
    }

    @Test
    void unwrapsCompressionByContent() throws Exception {
        byte[] plain = pcapng(3000);
        for (byte[] file :
                new byte[][] {
                    plain,
                    gzip(plain),
                    Zstd.compress(plain),
                    gzip(gzip(plain)),
                    gzip(Zstd.compress(plain))
                }) {
            Recorded r = open(file);
            assertThat(r.format).isEqualTo("pcapng");
            assertThat(r.packets).hasSize(3000);
            assertThat(r.anomalies).isEmpty();
        }
    }

    @Test
    void usesWhatComesBeforeDamageInACompressedFile() throws Exception {
        byte[] gz = gzip(pcapng(30_000));
        Recorded cut = open(Arrays.copyOf(gz, gz.length / 2));
        assertThat(cut.packets).hasSizeBetween(10_000, 20_000);
        assertThat(cut.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.CAPTURE_TRUNCATED);
        assertThat(cut.anomalies.getFirst().where()).isEqualTo("byte " + gz.length / 2);

        byte[] bad = gz.clone();
        Arrays.fill(bad, gz.length / 2, gz.length / 2 + 40, (byte) 0xff);
        Recorded damaged = open(bad);
        assertThat(damaged.packets).hasSizeBetween(10_000, 20_000);
        assertThat(damaged.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.CAPTURE_MALFORMED);
    }

    @Test
    void digestsTheWholeFileEvenWhereReadingStopsEarly() throws Exception {
        byte[] file = pcapng(10_000);
        Arrays.fill(file, 5000, 5500, (byte) 0);
        Recorded r = open(file);
        assertThat(r.packets).hasSize(11);
        assertThat(r.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.CAPTURE_MALFORMED);
    }

    @Test
    void takesNoDigestUnlessAsked() throws Exception {
        Path path = Files.write(dir.resolve("c"), pcapng(3));
        try (CaptureFile file = CaptureFiles.open(path, false)) {
            assertThat(Recorded.read(file).sha256).isEmpty();
            assertThatIllegalStateException().isThrownBy(() -> Recorded.read(file));
        }
    }

    @Test
    void takesAJsonObjectForHar() throws Exception {
        for (String text : new String[] {"{\"log\":{}}", "\ufeff{}", " \r\n\t{", "\ufeff\n {"}) {
            Path path = Files.writeString(dir.resolve("x"), text);
            try (CaptureFile file = CaptureFiles.open(path)) {
                assertThat(file).isInstanceOf(ExchangeCapture.class);
                assertThat(file.format()).isEqualTo("har");
            }
        }
    }

    @Test
    void saysWhatIsWrongWithAFileItCannotRead() throws Exception {
        assertThat(refusal(dir.resolve("none.pcap")))
                .isEqualTo(
                        dir.resolve("none.pcap")
                                + " does not exist. Give a pcap, pcapng, HAR or mitmproxy file, plain or"
                                + " gzip/zstd-compressed.");
        assertThat(refusal(dir)).startsWith(dir + " is a directory. Give");
        assertThat(refusal(new byte[0])).contains("photo.pcap is empty. Give");
        assertThat(refusal(gzip(new byte[0]))).contains("is empty, inside gzip. Give");
        assertThat(refusal(HexFormat.of().parseHex("ffd8ffe000104a464946")))
                .isEqualTo(
                        dir.resolve("photo.pcap")
                                + " is not a capture this version reads (looks like JPEG). Give a"
                                + " pcap, pcapng, HAR or mitmproxy file, plain or gzip/zstd-compressed.");
        assertThat(refusal(gzip("plain words".getBytes(StandardCharsets.US_ASCII))))
                .contains("(looks like text, inside gzip)");
        assertThat(refusal(Arrays.copyOf(gzip(new byte[100]), 12)))
                .contains("cannot be read, inside gzip: the gzip data ends too early.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "89504e470d0a1a0a | PNG",
                "255044462d312e37 | PDF",
                "504b030414000000 | a ZIP archive; unpack it first",
                "7f454c4602010100 | an ELF program",
                "fd377a585a000004 | xz; unpack it first",
                "0000001866747970 | MP4 or HEIC",
                "6274736e6f6f7000 | a Bluetooth HCI snoop log",
                "61626364650a0d09 | text",
                "5b7b226c6f67223a | text",
                "c3a9 | text",
                "fffe61006200 | UTF-16 text",
                "0000000000 | nothing but zero bytes",
                "0102030405 | unknown binary data",
                "a1b2c3 | unknown binary data"
            })
    void namesWhatItSees(String hex, String name) throws Exception {
        assertThat(refusal(HexFormat.of().parseHex(hex))).contains("(looks like " + name + ")");
    }

    @Test
    void saysWhereReadingIsNotAllowed() throws Exception {
        Path path = Files.write(dir.resolve("locked.pcap"), pcapng(1));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(path), "this user may read everything");
        assertThat(refusal(path)).contains("may not be read by this user");
    }

    @Test
    void aMediumThatFailsMidwayCostsOnlyTheRest() throws Exception {
        byte[] file = pcapng(3000);
        ByteSource failing =
                new ByteSource() {
                    private final ByteSource whole = ByteSource.of(Arrays.copyOf(file, 500_000));
                    private boolean over;

                    @Override
                    public int read(MemorySegment into, long from, int length) {
                        int n = whole.read(into, from, length);
                        over = n < 0;
                        return n;
                    }

                    @Override
                    public long length() {
                        return file.length;
                    }

                    @Override
                    public Optional<Damage> damage() {
                        return over
                                ? Optional.of(
                                        new Damage(
                                                Damage.Kind.UNREADABLE,
                                                500_000,
                                                "reading failed (bad sector)"))
                                : Optional.empty();
                    }

                    @Override
                    public void close() {}
                };
        Recorded r = Recorded.read(failing);
        assertThat(r.packets).hasSizeBetween(1000, 1300);
        assertThat(r.anomalies)
                .containsExactly(
                        new Anomaly(
                                Anomaly.Kind.CAPTURE_UNREADABLE,
                                "byte 500000",
                                "The file: reading failed (bad sector); everything before was"
                                        + " used."));
    }
}
