package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody who has a masked report, and nothing else, tries every IMEI of a handset's type and
 * every number of a range: in clear, as the common digests, and in what the report hashes.
 */
class BruteForceTest {
    private static final String IMEI = "001072145093124";
    private static final String TAC = "00107214";
    private static final String PHONE = "2025550143";

    @TempDir static Path dir;
    private static String published = "";
    private static String persona = "";
    private static String salt = "";

    @BeforeAll
    static void published() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int scene : new int[] {0, 2}) {
            Path at = Files.createDirectory(dir.resolve("scene" + scene));
            Sealed sealed = Sealed.play(at, scene);
            sealed.audit(
                    "-o",
                    sealed.folder.toString(),
                    "--format",
                    "text,json,html,markdown,csv,sarif,junit,har");
            all.append(sealed.out()).append(sealed.err());
            Path zip = at.resolve("public.zip");
            assertThat(sealed.command("bundle", sealed.folder, "--redacted", zip.toString()))
                    .as(sealed.err())
                    .isZero();
            try (ZipFile z = new ZipFile(zip.toFile())) {
                assertThat(z.getEntry("exchanges.har")).isNotNull();
                for (var e : z.stream().toList())
                    all.append(new String(z.getInputStream(e).readAllBytes(), UTF_8)).append('\n');
            }
            persona = Files.readString(sealed.persona);
            salt = Files.readString(sealed.folder.resolve("persona.salt"));
        }
        published = all.toString();
        assertThat(persona).contains(IMEI, PHONE);
        assertThat(published).contains("{imei}", "{msisdn}", "telltale.manifest/1", "\"log\"");
    }

    /** First bytes of all that could be a digest, in hex or base 64, wherever it begins. */
    private record Targets(Set<Long> eight, Set<Integer> four, String text) {
        static Targets in(String text) {
            Set<Long> eight = new HashSet<>();
            Set<Integer> four = new HashSet<>();
            Matcher m = Pattern.compile("[0-9A-Za-z+/_-]{8,}").matcher(text);
            while (m.find()) {
                String t = m.group();
                for (String part : (t + "/" + t.replace('/', '-')).split("(?=[/_-])|(?<=[/_-])")) {
                    take(part, eight, four);
                }
                take(t, eight, four);
            }
            return new Targets(eight, four, text);
        }

        private static void take(String t, Set<Long> eight, Set<Integer> four) {
            if (t.length() < 8) return;
            if (t.matches("[0-9a-fA-F]+")) {
                byte[] b = HexFormat.of().parseHex(t.substring(0, t.length() / 2 * 2));
                if (t.length() == 8) four.add(ByteBuffer.wrap(b).getInt());
                if (b.length >= 8) eight.add(ByteBuffer.wrap(b).getLong());
            }
            try {
                String plain = t.replace('-', '+').replace('_', '/');
                byte[] b = Base64.getDecoder().decode(plain.substring(0, plain.length() / 4 * 4));
                if (b.length >= 8) eight.add(ByteBuffer.wrap(b).getLong());
            } catch (IllegalArgumentException e) {
                // Not base 64.
                return;
            }
        }

        boolean holds(byte[] digest) {
            return digest.length == 4
                    ? four.contains(ByteBuffer.wrap(digest).getInt())
                    : eight.contains(ByteBuffer.wrap(digest).getLong());
        }
    }

    private static String imei(int serial) {
        String body = TAC + String.format("%06d", serial);
        int sum = 0;
        for (int i = 0; i < 14; i++) {
            int d = body.charAt(13 - i) - '0';
            if (i % 2 == 0) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
            sum += d;
        }
        return body + (10 - sum % 10) % 10;
    }

    private static final List<String> DIGESTS = List.of("MD5", "SHA-1", "SHA-256");

    /** Every candidate that the report singles out. */
    private static List<String> found(Targets targets, Iterable<String> candidates)
            throws Exception {
        List<MessageDigest> digests = new ArrayList<>();
        for (String d : DIGESTS) digests.add(MessageDigest.getInstance(d));
        List<String> found = new ArrayList<>();
        CRC32 crc = new CRC32();
        for (String c : candidates) {
            byte[] text = c.getBytes(ISO_8859_1);
            boolean hit = false;
            for (MessageDigest d : digests) hit |= targets.holds(d.digest(text));
            crc.reset();
            crc.update(text);
            hit |= targets.holds(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
            hit |= targets.holds(ByteBuffer.allocate(4).putInt(c.hashCode()).array());
            if (hit) found.add(c);
        }
        return found;
    }

    private static Iterable<String> imeis() {
        List<String> all = new ArrayList<>(1_000_000);
        for (int s = 0; s < 1_000_000; s++) all.add(imei(s));
        return all;
    }

    private static Iterable<String> phones() {
        List<String> all = new ArrayList<>();
        for (int n = 0; n < 10_000; n++) {
            String own = "202555" + String.format("%04d", n);
            all.addAll(List.of(own, "1" + own, "+1" + own, "001" + own));
        }
        return all;
    }

    private static String hex(String digest, String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(digest).digest(text.getBytes(UTF_8)));
    }

    /** Else the tests below would see nothing because they do not look. */
    @Test
    void theAttackWorks() throws Exception {
        byte[] sha1 = HexFormat.of().parseHex(hex("SHA-1", IMEI));
        for (String careless :
                List.of(
                        "id=" + hex("MD5", IMEI),
                        "\"device\":\"" + hex("SHA-256", IMEI).substring(0, 16) + "\"",
                        "/x/" + Base64.getUrlEncoder().encodeToString(sha1) + "/y"))
            assertThat(found(Targets.in(published + careless), List.of(imei(1), IMEI)))
                    .containsExactly(IMEI);
        assertThat(found(Targets.in(hex("MD5", "+1" + PHONE)), phones()))
                .containsExactly("+1" + PHONE);
    }

    @Test
    void noImeiOfItsTypeIsSingledOut() throws Exception {
        assertThat(imei(509312)).isEqualTo(IMEI);
        Targets targets = Targets.in(published);
        assertThat(targets.eight()).hasSizeGreaterThan(20);
        assertThat(found(targets, imeis())).doesNotContain(IMEI).hasSizeLessThan(3);
        assertThat(published).doesNotContain(TAC);
    }

    @Test
    void noNumberOfItsRangeIsSingledOut() throws Exception {
        assertThat(found(Targets.in(published), phones())).isEmpty();
        assertThat(published).doesNotContain("202555");
    }

    /**
     * What the report does hash, made again for each guess: files, and what the persona is bound
     * by.
     */
    @Test
    void noHashOfTheReportIsOfAGuessAlone() throws Exception {
        Targets targets = Targets.in(published);
        byte[] right = canonical(persona);
        Consumer<byte[]> nothing =
                b -> {
                    try {
                        assertThat(targets.holds(MessageDigest.getInstance("SHA-256").digest(b)))
                                .isFalse();
                    } catch (java.security.NoSuchAlgorithmException e) {
                        throw new AssertionError(e);
                    }
                };
        for (int s = 509_000; s < 510_000; s++) {
            String guess = persona.replace(IMEI, imei(s));
            nothing.accept(guess.getBytes(UTF_8));
            nothing.accept(canonical(guess));
            nothing.accept((imei(s) + "\n").getBytes(UTF_8));
        }
        // With the salt it is that persona and no other: so it is what the hash is of.
        assertThat(published).contains(hmac(right, salt));
        assertThat(published)
                .doesNotContain(hmac(canonical(persona.replace(IMEI, imei(1))), salt))
                .doesNotContain(salt.strip());
    }

    private static String hmac(byte[] message, String salt) throws Exception {
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(
                new javax.crypto.spec.SecretKeySpec(
                        HexFormat.of().parseHex(salt.strip()), "HmacSHA256"));
        return "hmac-sha256:" + HexFormat.of().formatHex(mac.doFinal(message));
    }

    /**
     * As docs/proof.md tells: netstrings of all fields. The lab's personas are plain enough to cut.
     */
    private static byte[] canonical(String yaml) {
        List<String> fields = new ArrayList<>(List.of("telltale.persona/1"));
        fields.add(group(yaml, "(?m)^persona: (.*)$"));
        fields.add(group(yaml, "(?m)^region: (.*)$"));
        List<String> entries = new ArrayList<>();
        for (String kind :
                List.of(
                        "imei",
                        "imsi",
                        "iccid",
                        "msisdn",
                        "operator",
                        "android_id",
                        "serial",
                        "wifi_mac",
                        "bluetooth_mac",
                        "ssid",
                        "bssid",
                        "local_ip",
                        "model",
                        "build",
                        "device_name",
                        "email",
                        "name"))
            entry(entries, kind + "[0]", group(yaml, "(?m)^  " + kind + ": \"?(.*?)\"?$"));
        entry(
                entries,
                "location[0]",
                group(yaml, "lat: ([0-9.]+)") + "," + group(yaml, "lon: ([0-9.]+)"));
        Matcher c = Pattern.compile("\\{name: (.*), phone: \"(.*)\", email: (.*)\\}").matcher(yaml);
        for (int i = 0; c.find(); i++) {
            entry(entries, "contacts[" + i + "].name", c.group(1));
            entry(entries, "contacts[" + i + "].phone", c.group(2));
            entry(entries, "contacts[" + i + "].email", c.group(3));
        }
        Matcher s =
                Pattern.compile("\\{peer: \"(.*?)\", direction: .*?, text: \"(.*)\"\\}")
                        .matcher(yaml);
        for (int i = 0; s.find(); i++) {
            entry(entries, "sms[" + i + "].peer", s.group(1));
            entry(entries, "sms[" + i + "].text", s.group(2));
        }
        Matcher k = Pattern.compile("- \\{peer: \"([^\"]*)\"\\}").matcher(yaml);
        for (int i = 0; k.find(); i++) entry(entries, "calls[" + i + "].peer", k.group(1));
        fields.add(Integer.toString(entries.size() / 2));
        fields.addAll(entries);
        StringBuilder out = new StringBuilder();
        for (String f : fields)
            out.append(f.getBytes(UTF_8).length).append(':').append(f).append(',');
        return out.toString().getBytes(UTF_8);
    }

    private static void entry(List<String> entries, String id, String value) {
        entries.add(id);
        entries.add(value);
    }

    private static String group(String text, String pattern) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        assertThat(m.find()).as(pattern).isTrue();
        return m.group(1);
    }
}
