package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Digests made by other programs: openssl, coreutils, xxhsum, npm packages, the JDK. */
class DigestIndexTest {
    private static final String IMEI = "356938035643809";
    private static final Persona PERSONA = Personas.of("", "imei", IMEI);

    /** Of the IMEI's digits. */
    private static final Map<String, String> MADE_ELSEWHERE =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("md5", "af2d48f2495881aed1737bb21017f9b6"),
                            Map.entry("sha1", "31f455635a12252f8cedb39cd7533fc58a064bff"),
                            Map.entry(
                                    "sha224",
                                    "b8abf95d9cc3d403adcf90eda72eb35666d523130d924bcfe96d8f8e"),
                            Map.entry(
                                    "sha256",
                                    "a1b575e0d3dabdc93f3c6190a239b5420f65d13601dcf1eee2bbd4f6a6168111"),
                            Map.entry(
                                    "sha384",
                                    "8b158f9b312ec3d40021dbbef156dd748bf9564d65da11db47b4c99b482e75cb"
                                            + "ea279ecc0be10ee801f3e058ff19a6d4"),
                            Map.entry(
                                    "sha512",
                                    "a4097009d6471c5945f3bc6e4585158ba7633a124c67a78aa906781c9f279edd"
                                            + "220ec3078db04827acf01fd6f9a55f96205cb96b6eebd50578e6a4cd8d1f07d9"),
                            Map.entry(
                                    "sha512-256",
                                    "645e74477af487b4e5f2f3a825737525d77b4cdd8ade591539521630031e22cc"),
                            Map.entry(
                                    "sha512-224",
                                    "dda7996c501811ddafbf375308fda542a28edb6bd15542867a136d22"),
                            Map.entry(
                                    "sha3-224",
                                    "516bd4c4bcea0aa18f72219a3b37648bb967297ecc782b2eeeff32b1"),
                            Map.entry(
                                    "sha3-256",
                                    "9f63f584ae225b56f5823d22d217eccc323cbe15f9ad39d932647c1f35e67c0d"),
                            Map.entry(
                                    "sha3-384",
                                    "5cd0dd5f7121cc7a01ce7f74ee92b74830d941fff8a49ce64892d6251bd1185a"
                                            + "834272c61df792cbdd859bed4ce5adbc"),
                            Map.entry(
                                    "sha3-512",
                                    "cb5aee7d1f5c3087250fddedfc6abeafdebfccdbb303e8922ee0bb5360328663"
                                            + "9f00acc251db26532f1a24804d60e29869d089cd8b85e1ec94572d577cb3006a"),
                            Map.entry(
                                    "keccak-256",
                                    "d4bb9950ded179903cce4c7dc1a72f316a6b505eb73f72c7d848490f0188d939"),
                            Map.entry("md2", "2e65e82617253d19ec19182e121b3c10"),
                            Map.entry("md4", "c1b982b97e64aace4d00dfe2d554e0dd"),
                            Map.entry("ripemd160", "d94b731d2a8cb7f8bf43066fffea05127ce0bc6f"),
                            Map.entry(
                                    "sm3",
                                    "155ad253028db301fbe9df601dd04cd94b96e1393180f1b6c9bf425ce1886d01"),
                            Map.entry("blake2b-160", "98fbb5b03a61e73c6f1f7fefead89f117437ca71"),
                            Map.entry(
                                    "blake2b-256",
                                    "3b9392dcca7e227ab2beeff10ffe150242c18e3be8c9ccdaf14c83f6a059042c"),
                            Map.entry(
                                    "blake2b-384",
                                    "10bb40926df9e06d91e11a968e1bc4657b57b8aa26e8df73efc516a996149127"
                                            + "6b03b329a8bbef01a51c525196495e03"),
                            Map.entry(
                                    "blake2b-512",
                                    "096ca3843811582a2640cc125e2f0ee4c7be1083e01935f8df7d31b3cb362218"
                                            + "f59f8839e50e0e67a57cf4fd2deec2a013b9f74ea4e4fe10b933edbe0b35d8c6"),
                            Map.entry("blake2s-128", "7d9c00ba745de88802ae72d9b321ed54"),
                            Map.entry(
                                    "blake2s-256",
                                    "9a5ca8ed45a620973d45706489c14613dbf0b53b7664cb161d7133bf3a5b6c5c"),
                            Map.entry("murmur3-128", "38ef4343492af6225535c4dbbb6c25d2"),
                            Map.entry("xxh64", "3b856f330fbc9771")));

    private static final Map<String, String> SHORT =
            Map.of("murmur3-32", "facc1d83", "crc32", "d0c38af3", "java-hash", javaHash());

    private static String javaHash() {
        int h = 0;
        for (char c : IMEI.toCharArray()) h = 31 * h + c;
        return String.format("%08x", h);
    }

    private static final Matcher MATCHER = PersonaMatcher.of(PERSONA);

    private static Matcher matcher(Persona p) {
        return p == PERSONA ? MATCHER : PersonaMatcher.of(p);
    }

    private static List<String> told(Persona p, String token, int padding) {
        Matcher m = matcher(p);
        Hits hits = new Hits();
        byte[] text = ("=" + token + "=".repeat(padding) + "&").getBytes(US_ASCII);
        m.token(text, 1, 1 + token.length(), padding, hits);
        return Personas.told(p, m, hits);
    }

    private static List<String> whole(Persona p, String value) {
        Matcher m = matcher(p);
        Hits hits = new Hits();
        m.whole(value.getBytes(US_ASCII), 0, value.length(), hits);
        return Personas.told(p, m, hits);
    }

    @Test
    void every_algorithm_in_every_encoding_whole_and_cut_short() {
        MADE_ELSEWHERE.forEach((label, hex) -> {
            byte[] raw = HexFormat.of().parseHex(hex);
            String end = " @1-" + (1 + hex.length());
            assertThat(told(PERSONA, hex, 0))
                    .as(label)
                    .containsExactly("imei: " + label + " > hex" + end);
            assertThat(told(PERSONA, hex.toUpperCase(Locale.ROOT), 0)).as(label).hasSize(1);
            String base64 = Base64.getEncoder().encodeToString(raw);
            String bare = base64.replace("=", "");
            int padding = base64.length() - bare.length();
            if (bare.length() >= 16) {
                assertThat(told(PERSONA, bare, padding).toString())
                        .as(label)
                        .contains("imei: " + label + " > base64")
                        .endsWith("-" + (1 + base64.length()) + "]");
                String url = bare.replace('+', '-').replace('/', '_');
                assertThat(told(PERSONA, url, 0).toString())
                        .as(label)
                        .contains("imei: " + label + " > base64url @");
            }
            String base32 = base32(raw);
            if (base32.length() >= 16) {
                assertThat(told(PERSONA, base32, 0).toString())
                        .as(label)
                        .contains("imei: " + label + " > base32 @");
                assertThat(told(PERSONA, base32.toLowerCase(Locale.ROOT), 0)).as(label).hasSize(1);
            }
            for (int n = 16; n < hex.length(); n++)
                assertThat(told(PERSONA, hex.substring(0, n), 0).toString())
                        .as(label + n)
                        .contains(label + " > hex > first " + n);
            assertThat(told(PERSONA, hex + "0", 0)).as(label).isEmpty();
            if (hex.length() > 16) {
                char other = hex.charAt(20) == '0' ? '1' : '0';
                assertThat(told(PERSONA, hex.substring(0, 20) + other + hex.substring(21), 0))
                        .as(label)
                        .isEmpty();
            }
        });
    }

    /** RFC 4648 section 6, by hand. */
    private static String base32(byte[] b) {
        StringBuilder s = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte x : b) {
            held = held << 8 | x & 0xff;
            for (bits += 8; bits >= 5; bits -= 5)
                s.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(held >> bits - 5 & 31));
            held &= 0xfff;
        }
        if (bits > 0) s.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(held << 5 - bits & 31));
        return s.toString();
    }

    @Test
    void raw_bytes_whole_and_cut_short() {
        MADE_ELSEWHERE.forEach((label, hex) -> {
            byte[] raw = HexFormat.of().parseHex(hex);
            if (raw.length < 12) return;
            Matcher m = matcher(PERSONA);
            for (int n : new int[] {12, raw.length}) {
                Hits hits = new Hits();
                m.raw(raw, 0, n, hits);
                assertThat(Personas.told(PERSONA, m, hits).toString())
                        .as(label)
                        .contains("imei: " + label + " > raw");
            }
        });
    }

    @Test
    void short_ones_are_whole_values_that_want_a_telling_key() {
        SHORT.forEach((label, hex) -> {
            assertThat(whole(PERSONA, hex)).containsExactly("imei: " + label + " > hex @0-8");
            int number = new BigInteger(hex, 16).intValue();
            for (String text :
                    List.of(Integer.toString(number), Integer.toUnsignedString(number))) {
                if (text.length() < 8) continue;
                assertThat(whole(PERSONA, text).toString()).contains(label + " > decimal");
            }
        });
        long xxh = Long.parseUnsignedLong(MADE_ELSEWHERE.get("xxh64"), 16);
        assertThat(whole(PERSONA, Long.toString(xxh)).toString()).contains("xxh64 > decimal");
        // The first eight characters of a common digest.
        assertThat(whole(PERSONA, "af2d48f2")).containsExactly("imei: md5 > hex > first 8 @0-8");
        assertThat(whole(PERSONA, "MfRVY1oS"))
                .containsExactly("imei: sha1 > base64url > first 8 @0-8");
        Matcher m = matcher(PERSONA);
        Hits hits = new Hits();
        m.whole("af2d48f2".getBytes(US_ASCII), 0, 8, hits);
        assertThat(m.form(hits.form(0)).bits()).isLessThanOrEqualTo(12);
        assertThat(m.form(hits.form(0)).whole()).isTrue();
    }

    @Test
    void digests_of_digests_and_of_encoded_values() throws Exception {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] value = IMEI.getBytes(US_ASCII);
        HexFormat hex = HexFormat.of();
        Map<String, byte[]> made =
                Map.of(
                        "md5 > hex > sha1",
                                sha1.digest(hex.formatHex(md5.digest(value)).getBytes(US_ASCII)),
                        "md5 > raw > md5", md5.digest(md5.digest(value)),
                        "sha1 > upper-case hex > sha256",
                                sha256.digest(
                                        hex.withUpperCase()
                                                .formatHex(sha1.digest(value))
                                                .getBytes(US_ASCII)),
                        "sha256 > base64 > md5",
                                md5.digest(Base64.getEncoder().encode(sha256.digest(value))),
                        "base64 > sha1", sha1.digest(Base64.getEncoder().encode(value)),
                        "hex > md5", md5.digest(hex.formatHex(value).getBytes(US_ASCII)));
        made.forEach((label, raw) ->
                assertThat(told(PERSONA, hex.formatHex(raw), 0).toString())
                        .contains("imei: " + label + " > hex @"));
    }

    @Test
    void two_identifiers_joined_are_a_hit_of_both() throws Exception {
        Persona p =
                Personas.of(
                        "", "imei", IMEI, "android_id", "9774d56d682e549c", "sms_text", "Meet me");
        for (String separator : List.of("", "-", "_", ":", "|")) {
            byte[] raw =
                    MessageDigest.getInstance("SHA-256")
                            .digest((IMEI + separator + "9774d56d682e549c").getBytes(US_ASCII));
            assertThat(told(p, HexFormat.of().formatHex(raw), 0))
                    .hasSize(2)
                    .anySatisfy(t -> assertThat(t).startsWith("imei: joined"))
                    .anySatisfy(t -> assertThat(t).startsWith("android_id: joined"));
        }
    }

    @Test
    void nothing_is_found_in_random_tokens_of_many_personas() {
        Random random = new Random(7);
        Hits hits = new Hits();
        for (int i = 0; i < 5; i++) {
            Persona p = Personas.random(random);
            Matcher m = PersonaMatcher.of(p);
            for (int k = 0; k < 20_000; k++) {
                byte[] token = Personas.hex(random, 16 + random.nextInt(49)).getBytes(ISO_8859_1);
                m.token(token, 0, token.length, 0, hits);
            }
            // The same matcher finds what is planted.
            assertThat(hits.isEmpty()).isTrue();
            String imei = p.entries().getFirst().value();
            byte[] planted =
                    HexFormat.of()
                            .formatHex(Digest.SHA3_256.of(imei.getBytes(US_ASCII)))
                            .getBytes(US_ASCII);
            m.token(planted, 0, planted.length, 0, hits);
            assertThat(hits.size()).isEqualTo(1);
            hits.clear();
        }
    }

    @Test
    void a_large_address_book_is_indexed_in_bounded_time_and_space() {
        String[] contacts = new String[4_000];
        for (int i = 0; i < contacts.length; i += 2) {
            contacts[i] = "contact_phone";
            contacts[i + 1] = "+1202555" + (1000 + i / 2);
        }
        Persona p = Personas.of("US", contacts);
        String last = contacts[contacts.length - 1];
        assertThat(
                        told(
                                p,
                                HexFormat.of()
                                        .formatHex(Digest.SHA3_256.of(last.getBytes(US_ASCII))),
                                0))
                .hasSize(1);
    }
}
