package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.telltale.bytes.Limits;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnwrapperTest {
    private static final String IMEI = "356938035643809";
    private static final String MAIL = "mara.lindqvist+app@example.org";

    private static Log whole(
            Literals m, PartKind kind, String name, String text, boolean received) {
        Log log = new Log();
        byte[] b = text.getBytes(UTF_8);
        new Unwrapper(m, Limits.DEFAULT).whole(kind, name, b, 0, b.length, received, log);
        return log;
    }

    private static Log body(Literals m, Hint hint, byte[] b, Random cuts) {
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(m, Limits.DEFAULT).open(PartKind.BODY, "", hint, false, log);
        Fixture.feed(p, b, cuts == null ? new Random(0) : cuts, cuts != null);
        p.end();
        return log;
    }

    private static List<String> lines(Literals m, Log log) {
        return log.sightings.stream()
                .map(s ->
                        s.kind()
                                + "["
                                + s.name()
                                + "]@"
                                + s.partAt()
                                + " "
                                + m.text(s.form())
                                + " "
                                + s.chain())
                .toList();
    }

    /** A field that told nothing is not looked at again; anything else in it or of it is. */
    @Test
    void fieldsThatComeAgainTellTheSame() {
        Literals m = new Literals(IMEI, MAIL);
        List<String> values = new ArrayList<>();
        Random r = new Random(11);
        for (int i = 0; i < 40; i++) {
            String quiet = "okhttp/4.9." + i + " (Linux; Android 14; SM-G99" + i + ")";
            values.add(quiet);
            values.add(quiet.replace("Linux", IMEI));
            values.add(
                    "id=" + new String(Independent.encode("base64", IMEI.getBytes(UTF_8)), UTF_8));
            values.add(
                    "k"
                            + i
                            + "="
                            + Long.toHexString(r.nextLong())
                            + Long.toHexString(r.nextLong()));
        }
        Unwrapper reused = new Unwrapper(m, Limits.DEFAULT);
        int sightings = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] b = values.get(r.nextInt(values.size())).getBytes(UTF_8);
            String name = r.nextBoolean() ? "User-Agent" : "X-Device";
            boolean received = r.nextInt(3) == 0;
            Log again = new Log();
            reused.whole(PartKind.HEADER, name, b, 0, b.length, received, again);
            Log first = new Log();
            new Unwrapper(m, Limits.DEFAULT)
                    .whole(PartKind.HEADER, name, b, 0, b.length, received, first);
            assertThat(again.sightings).isEqualTo(first.sightings);
            assertThat(again.unread).isEqualTo(first.unread);
            assertThat(again.received).isEqualTo(first.received);
            assertThat(again.scanned).isEqualTo(first.scanned).isPositive();
            sightings += again.sightings.size();
        }
        assertThat(sightings).isGreaterThan(1_000);
    }

    // ---------------------------------------------------------------------------------------------- properties

    private record Dressed(byte[] bytes, boolean text, Hint hint) {}

    private static String words(Random r, int n) {
        StringBuilder s = new StringBuilder();
        while (s.length() < n)
            s.append(Long.toString(r.nextLong() & 0xffffffL, 36))
                    .append(r.nextInt(3) == 0 ? ", " : " ");
        return s.toString();
    }

    private static String quoted(byte[] b, Random r) {
        StringBuilder s = new StringBuilder();
        boolean escapes = r.nextInt(4) == 0;
        for (char c : new String(b, UTF_8).toCharArray()) {
            if (c == '"' || c == '\\') s.append('\\').append(c);
            else if (c < 0x20 || escapes && r.nextInt(3) == 0)
                s.append(String.format("\\u%04x", (int) c));
            else s.append(c);
        }
        return s.toString();
    }

    /** One more layer around it. */
    private static Dressed dress(Dressed d, Random r, boolean outermost) {
        byte[] b = d.bytes;
        int pad = r.nextInt(8) == 0 ? r.nextInt(150_000) : r.nextInt(60);
        int pick = r.nextInt(d.text ? 11 : 6);
        return switch (pick) {
            case 0 -> new Dressed(Independent.encode("base64", b), true, Hint.NONE);
            case 1 -> new Dressed(Independent.encode("hex", b), true, Hint.NONE);
            case 2, 3 -> {
                String c = List.of("gzip", "zlib", "zstd").get(r.nextInt(3));
                byte[] packed = Independent.encode(c, b);
                boolean say = outermost && r.nextBoolean();
                String coding = c.equals("zlib") ? "deflate" : c;
                yield new Dressed(
                        packed, false, say ? new Hint("", List.of(coding), -1) : Hint.NONE);
            }
            case 4, 5 -> {
                String boundary = "b" + r.nextInt(1000);
                ByteArrayOutputStream o = new ByteArrayOutputStream();
                o.writeBytes(
                        ("--"
                                        + boundary
                                        + "\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\n"
                                        + words(r, pad)
                                        + "\r\n")
                                .getBytes(UTF_8));
                o.writeBytes(
                        ("--" + boundary + "\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n")
                                .getBytes(UTF_8));
                o.writeBytes(b);
                o.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
                yield new Dressed(o.toByteArray(), d.text, Hint.NONE);
            }
            case 6, 7, 8 ->
                    new Dressed(
                            ("{\"pad\":\""
                                            + words(r, pad)
                                            + "\",\"v\":[\""
                                            + quoted(b, r)
                                            + "\"],\"end\":"
                                            + r.nextInt()
                                            + "}")
                                    .getBytes(UTF_8),
                            true,
                            Hint.NONE);
            case 9 ->
                    new Dressed(
                            ("a="
                                            + URLEncoder.encode(words(r, pad), UTF_8)
                                            + "&v="
                                            + URLEncoder.encode(new String(b, UTF_8), UTF_8)
                                            + "&z=1")
                                    .getBytes(UTF_8),
                            true,
                            new Hint("application/x-www-form-urlencoded", List.of(), -1));
            default -> new Dressed(Independent.encode("base64url", b), true, Hint.NONE);
        };
    }

    @Test
    void whateverTheDressAndTheCutsTheValueIsFoundWhereItIs() {
        Literals m = new Literals(IMEI, MAIL);
        int layers = 0;
        for (int seed = 0; seed < 1000; seed++) {
            Random r = new Random(seed);
            String value = r.nextBoolean() ? IMEI : MAIL;
            Dressed d =
                    new Dressed(
                            (r.nextBoolean() ? "the value is " + value + ", yes" : value)
                                    .getBytes(UTF_8),
                            true,
                            Hint.NONE);
            for (int n = 1 + r.nextInt(5); n > 0; n--) d = dress(d, r, n == 1);
            if (d.bytes.length > 3_000_000) continue;
            Log log = body(m, d.hint, d.bytes, null);
            assertThat(log.sightings).as("seed %d", seed).hasSize(1);
            Log.Sighting s = log.sightings.getFirst();
            layers += s.trail().size();
            assertThat(Fixture.reread(d.bytes, s))
                    .as("seed %d %s", seed, s.chain())
                    .isEqualTo(value);
            assertThat(log.anomalies).as("seed %d", seed).isEmpty();
            assertThat(Log.difference(log, body(m, d.hint, d.bytes, r)))
                    .as("seed %d", seed)
                    .isEmpty();
        }
        assertThat(layers).isGreaterThan(3000);
    }

    @Test
    void rubbishNeverThrowsAndCutsDoNotMatter() {
        Literals m = new Literals(IMEI, "~ab", "xy");
        String[] bits = {
            "{\"a\":",
            "\"",
            "[",
            "]",
            "}",
            ",",
            "%41",
            "%",
            "+",
            "a=",
            "&",
            "=",
            "\\u00",
            "\\",
            "--b\r\nContent-Type: x\r\n\r\n",
            "\r\n--b",
            "--",
            IMEI,
            "ab",
            "xy",
            "QUJDREVGRw==",
            "4142434445464748",
            "\u00e9",
            " ",
            "?",
            "/",
            "http://h/?x=y&z=",
            "\u001f\u008b\b\0",
            "x\u009c",
            "(\u00b5/\u00fd"
        };
        for (int seed = 0; seed < 1000; seed++) {
            Random r = new Random(seed);
            ByteArrayOutputStream o = new ByteArrayOutputStream();
            for (int n = r.nextInt(40); n > 0; n--) {
                String bit = bits[r.nextInt(bits.length)];
                if (r.nextInt(25) == 0) bit = bit.repeat(r.nextInt(7000));
                o.writeBytes(bit.getBytes(r.nextBoolean() ? UTF_8 : ISO_8859_1));
            }
            byte[] b = o.toByteArray();
            List<String> codings =
                    r.nextInt(4) == 0
                            ? List.of(
                                    List.of("gzip", "br", "deflate", "zstd", "x-what")
                                            .get(r.nextInt(5)))
                            : List.of();
            String type =
                    List.of(
                                    "",
                                    "application/json",
                                    "application/x-www-form-urlencoded",
                                    "multipart/form-data; boundary=b")
                            .get(r.nextInt(4));
            Hint hint = new Hint(type, codings, -1);
            Log log = body(m, hint, b, null);
            assertThat(Log.difference(log, body(m, hint, b, r))).as("seed %d", seed).isEmpty();
            assertThat(log.unread.stream().mapToLong(Log.Unread::bytes).sum())
                    .isLessThanOrEqualTo(b.length);
        }
    }

    @Test
    void gapsAnywhereAreSurvived() {
        Literals m = new Literals(IMEI);
        for (int seed = 0; seed < 600; seed++) {
            Random r = new Random(seed);
            Dressed d = new Dressed(("v " + IMEI).getBytes(UTF_8), true, Hint.NONE);
            for (int n = 1 + r.nextInt(3); n > 0; n--) d = dress(d, r, n == 1);
            Log log = new Log();
            Unwrapper.Part p =
                    new Unwrapper(m, Limits.DEFAULT).open(PartKind.BODY, "", d.hint, false, log);
            int at = 0;
            long fed = 0;
            while (at < d.bytes.length) {
                int n = Math.min(d.bytes.length - at, 1 + r.nextInt(1 << r.nextInt(17)));
                if (r.nextInt(4) == 0) {
                    p.gap(n, ReasonCode.GAP);
                } else {
                    p.feed(d.bytes, at, n);
                    fed += n;
                }
                at += n;
            }
            p.end();
            assertThat(log.unread.stream().mapToLong(Log.Unread::bytes).sum())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(fed);
            for (Log.Sighting s : log.sightings) {
                if (s.trail().stream().allMatch(t -> t.identity()))
                    assertThat(Fixture.reread(d.bytes, s)).isEqualTo(IMEI);
            }
        }
    }

    // ---------------------------------------------------------------------------------------------- gaps

    @Test
    void afterAGapACodingIsLostAndSaidToBe() {
        byte[] packed =
                Independent.encode(
                        "gzip",
                        ("{\"i\":\"" + IMEI + "\",\"x\":\"" + words(new Random(1), 40_000) + "\"}")
                                .getBytes(UTF_8));
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(new Literals(IMEI), Limits.DEFAULT)
                        .open(PartKind.BODY, "", new Hint("", List.of("gzip"), -1), false, log);
        p.feed(packed, 0, 5000);
        p.gap(100, ReasonCode.GAP);
        p.feed(packed, 5100, packed.length - 5100);
        p.end();
        assertThat(log.sightings)
                .singleElement()
                .extracting(Log.Sighting::chain)
                .isEqualTo("[gzip] > json=(i)");
        assertThat(log.unread)
                .singleElement()
                .satisfies(u -> {
                    assertThat(u.byteClass()).isEqualTo(ByteClass.OPAQUE);
                    assertThat(u.reason()).isEqualTo(ReasonCode.GAP);
                    assertThat(u.bytes()).isEqualTo(packed.length - 5100);
                });
    }

    @Test
    void aMultipartBodyGoesOnAfterAGap() {
        byte[] noise = new byte[5000];
        new Random(3).nextBytes(noise);
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.writeBytes(
                "--q\r\nContent-Disposition: form-data; name=\"pic\"\r\n\r\n\u00ff\u00d8\u00ff\u00e0"
                        .getBytes(ISO_8859_1));
        o.writeBytes(noise);
        o.writeBytes(
                ("\r\n--q\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n"
                                + IMEI
                                + "\r\n--q--\r\n")
                        .getBytes(UTF_8));
        byte[] b = o.toByteArray();
        Literals m = new Literals(IMEI);
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(m, Limits.DEFAULT)
                        .open(
                                PartKind.BODY,
                                "",
                                new Hint("multipart/form-data; boundary=q", List.of(), -1),
                                false,
                                log);
        p.feed(b, 0, 1000);
        p.gap(1448, ReasonCode.GAP);
        p.feed(b, 2448, b.length - 2448);
        p.end();
        assertThat(lines(m, log)).containsExactly("BODY[]@0 " + IMEI + " multipart=(id)");
        assertThat(Fixture.reread(b, log.sightings.getFirst())).isEqualTo(IMEI);
        assertThat(log.unread).isEmpty();
    }

    @Test
    void afterAGapInJsonTheRestIsText() {
        byte[] b =
                ("{\"a\":\""
                                + IMEI
                                + "\",\"b\":\""
                                + words(new Random(1), 500)
                                + "\",\"c\":\""
                                + IMEI
                                + "\"}")
                        .getBytes(UTF_8);
        Literals m = new Literals(IMEI);
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(m, Limits.DEFAULT).open(PartKind.BODY, "", Hint.NONE, false, log);
        p.feed(b, 0, 100);
        p.gap(50, ReasonCode.GAP);
        p.feed(b, 150, b.length - 150);
        p.end();
        assertThat(lines(m, log))
                .containsExactly("BODY[]@0 " + IMEI + " json=(a)", "BODY[]@0 " + IMEI + " ");
        assertThat(Fixture.reread(b, log.sightings.get(1))).isEqualTo(IMEI);
    }

    // ---------------------------------------------------------------------------------------------- splitting

    @Test
    void aTargetIsSplitIntoPathAndParameters() {
        Literals m = new Literals(IMEI, MAIL, "~Mara");
        String target =
                "/u/"
                        + IMEI
                        + "/Mara?n=Mara&e%2Dm=mara.lindqvist%2Bapp%40example.org&"
                        + IMEI
                        + "=1&x=Tamara&"
                        + IMEI;
        assertThat(lines(m, whole(m, PartKind.TARGET, "", target, false)))
                .containsExactlyInAnyOrder(
                        "PATH[]@0 " + IMEI + " ",
                        "PATH[]@0 Mara ",
                        "QUERY[n]@26 Mara ",
                        "QUERY[e-m]@37 " + MAIL + " percent",
                        "QUERY[" + IMEI + "]@72 " + IMEI + " ",
                        "QUERY[]@99 " + IMEI + " ");
        assertThat(
                        lines(
                                m,
                                whole(
                                        m,
                                        PartKind.TARGET,
                                        "",
                                        "http://h.example.org:80/" + IMEI + "?a=b",
                                        false)))
                .containsExactly("PATH[]@23 " + IMEI + " ");
        assertThat(lines(m, whole(m, PartKind.TARGET, "", IMEI + ".example.org:443", false)))
                .containsExactly("PATH[]@0 " + IMEI + " ");
        assertThat(whole(m, PartKind.TARGET, "", "*", false).sightings).isEmpty();
        assertThat(whole(m, PartKind.TARGET, "", "", false).sightings).isEmpty();
    }

    @Test
    void cookiesAreNamed() {
        Literals m = new Literals(IMEI, "~Mara");
        assertThat(
                        lines(
                                m,
                                whole(
                                        m,
                                        PartKind.HEADER,
                                        "cookie",
                                        "a=" + IMEI + "; n=\"Mara\";junk; " + IMEI + "=2",
                                        false)))
                .containsExactlyInAnyOrder(
                        "COOKIE[a]@2 " + IMEI + " ",
                        "COOKIE[n]@22 Mara ",
                        "COOKIE[" + IMEI + "]@34 " + IMEI + " ");
        assertThat(lines(m, whole(m, PartKind.HEADER, "Set-Cookie", "n=Mara; Path=/" + IMEI, true)))
                .containsExactlyInAnyOrder(
                        "COOKIE[n]@2 Mara ", "HEADER[Set-Cookie]@0 " + IMEI + " ");
    }

    @Test
    void headersAreLookedInto() {
        Literals m = new Literals(IMEI, "~Mara", "HM 1S");
        assertThat(lines(m, whole(m, PartKind.HEADER, "X-A", "Mara", false)))
                .containsExactly("HEADER[X-A]@0 Mara ");
        assertThat(
                        lines(
                                m,
                                whole(
                                        m,
                                        PartKind.HEADER,
                                        "User-Agent",
                                        "App/1 (Linux; HM 1S Build/J)",
                                        false)))
                .containsExactly("HEADER[User-Agent]@0 HM 1S ");
        assertThat(lines(m, whole(m, PartKind.HEADER, "X-D", "{\"i\":\"" + IMEI + "\"}", false)))
                .containsExactly("HEADER[X-D]@0 " + IMEI + " json=(i)");
        assertThat(
                        lines(
                                m,
                                whole(
                                        m,
                                        PartKind.HEADER,
                                        "X-L",
                                        "v=1; id=\""
                                                + new String(
                                                        Independent.encode(
                                                                "base64", IMEI.getBytes(UTF_8)),
                                                        UTF_8)
                                                + "\"",
                                        false)))
                .containsExactly("HEADER[X-L]@9 " + IMEI + " base64");
    }

    @Test
    void whatTheServiceSentFirstHasTheSameHashWhenItComesBack() {
        Literals m = new Literals(IMEI);
        String sid = "9f8a7b6c5d4e3f2a9f8a7b6c5d4e3f2a";
        Log in = whole(m, PartKind.HEADER, "Set-Cookie", "sid=" + sid + "; Path=/", true);
        Log json = new Log();
        byte[] b = ("{\"s\":\"" + sid + "\",\"w\":\"some_words_and_more\"}").getBytes(UTF_8);
        new Unwrapper(m, Limits.DEFAULT).whole(PartKind.BODY, "", b, 0, b.length, true, json);
        Log out = whole(m, PartKind.HEADER, "Cookie", "sid=" + sid, false);
        assertThat(in.unread).isEmpty();
        assertThat(out.unread)
                .singleElement()
                .satisfies(u -> {
                    assertThat(u.reason()).isEqualTo(ReasonCode.UNEXPLAINED);
                    assertThat(u.name()).isEqualTo("sid");
                    assertThat(in.received).contains(u.hash());
                    assertThat(json.received).contains(u.hash());
                });
    }

    @Test
    void oneRangeGivesOneSightingOfEachIdentifier() {
        // Three forms of one identifier, one of another with the same value.
        Literals m =
                new Literals(
                        "0=+4915123456789", "0=4915123456789", "0=15123456789", "1=15123456789");
        byte[] b = "{\"t\":\"+4915123456789\",\"u\":\"4915123456789\"}".getBytes(UTF_8);
        assertThat(lines(m, body(m, Hint.NONE, b, null)))
                .containsExactlyInAnyOrder(
                        "BODY[]@0 +4915123456789 json=(t)",
                        "BODY[]@0 15123456789 json=(t)",
                        "BODY[]@0 4915123456789 json=(u)",
                        "BODY[]@0 15123456789 json=(u)");
    }

    @Test
    void aRawHitThatNoChainExplainsStays() {
        // Percent-decoding breaks what the raw bytes hold.
        Literals m = new Literals("100%25sure");
        byte[] b = "{\"t\":\"100%25sure\"}".getBytes(UTF_8);
        assertThat(lines(m, body(m, Hint.NONE, b, null)))
                .containsExactly("BODY[]@0 100%25sure json=(t)");
    }

    // ---------------------------------------------------------------------------------------------- bounds

    @Test
    void nestingEndsSomewhere() {
        byte[] b = ("{\"i\":\"" + IMEI + "\"}").getBytes(UTF_8);
        for (int i = 0; i < 12; i++)
            b =
                    ("{\"n\":\"" + new String(Independent.encode("base64", b), UTF_8) + "\"}")
                            .getBytes(UTF_8);
        Log log = body(new Literals(IMEI), Hint.NONE, b, null);
        assertThat(log.anomalies).singleElement().asString().startsWith("LIMIT");
        assertThat(log.unread).isNotEmpty().allMatch(u -> u.reason() == ReasonCode.BUDGET);
        byte[] deep = ("[".repeat(5000) + "\"" + IMEI + "\"" + "]".repeat(5000)).getBytes(UTF_8);
        assertThat(body(new Literals(IMEI), Hint.NONE, deep, null).sightings).hasSize(1);
    }

    @Test
    void nothingTakesQuadraticTime() {
        List<String> evil = new ArrayList<>();
        for (String s :
                List.of(
                        "a=&",
                        "%25",
                        "[",
                        "{\"a\":",
                        "\"",
                        "--b\r\n",
                        "a/",
                        "AAAA",
                        "/?a=b&c=",
                        "=",
                        "\\",
                        "\\u0041",
                        "\r\n",
                        "4",
                        "+",
                        "?")) evil.add(s);
        Literals m = new Literals(IMEI);
        for (String s : evil) {
            byte[] b = s.repeat(400_000 / s.length()).getBytes(UTF_8);
            long start = cpuTime();
            for (String type :
                    List.of(
                            "",
                            "application/json",
                            "application/x-www-form-urlencoded",
                            "multipart/form-data; boundary=b")) {
                body(m, new Hint(type, List.of(), -1), b, null);
            }
            assertThat(cpuTime() - start).as(s).isLessThan(10_000_000_000L);
        }
    }

    @Test
    void aLongPartPassesThroughLittleMemory() {
        byte[] chunk = new byte[1 << 16];
        new Random(5).nextBytes(chunk);
        byte[] text = java.util.Base64.getEncoder().encode(Arrays.copyOf(chunk, 49_152));
        Log log = new Log();
        Unwrapper u = new Unwrapper(new Literals(IMEI), Limits.DEFAULT);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Unwrapper.Part p =
                u.open(
                        PartKind.BODY,
                        "",
                        new Hint("multipart/form-data; boundary=q", List.of(), -1),
                        false,
                        log);
        byte[] head =
                "--q\r\nContent-Disposition: form-data; name=\"pic\"\r\n\r\n\u00ff\u00d8\u00ff\u00e0"
                        .getBytes(ISO_8859_1);
        p.feed(head, 0, head.length);
        for (int i = 0; i < 100 << 4; i++) p.feed(chunk, 0, chunk.length);
        byte[] next =
                ("\r\n--q\r\nContent-Disposition: form-data; name=\"doc\"\r\n\r\n{\"data\":\"")
                        .getBytes(UTF_8);
        p.feed(next, 0, next.length);
        for (int i = 0; i < 100 << 4; i++) p.feed(text, 0, text.length);
        byte[] end = ("\",\"id\":\"" + IMEI + "\"}\r\n--q--\r\n").getBytes(UTF_8);
        p.feed(end, 0, end.length);
        p.end();
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16L << 20);
        assertThat(log.sightings)
                .singleElement()
                .extracting(Log.Sighting::chain)
                .isEqualTo("multipart=(doc) > json=(id)");
        assertThat(log.unread)
                .singleElement()
                .satisfies(x -> {
                    assertThat(x.keys()).containsExactly("doc", "data");
                    assertThat(x.bytes())
                            .isCloseTo(
                                    100L << 20, org.assertj.core.data.Percentage.withPercentage(1));
                });
    }

    @Test
    void theJavaBrotliDecoderDoesAsWell() {
        byte[] plain = words(new Random(9), 300_000).getBytes(UTF_8);
        byte[] packed = Independent.encode("brotli", plain);
        for (boolean java : new boolean[] {true, false}) {
            Codec c = new Brotli(java);
            c.begin();
            ByteArrayOutputStream o = new ByteArrayOutputStream();
            byte[] out = new byte[1000];
            for (int i = 0; i < packed.length; i += 777) {
                int n = Math.min(777, packed.length - i);
                c.input(packed, i, i + n, i + n == packed.length);
                for (int k = c.output(out, 0, out.length); k > 0; k = c.output(out, 0, out.length))
                    o.write(out, 0, k);
            }
            assertThat(c.done()).isTrue();
            assertThat(o.toByteArray()).isEqualTo(plain);
            c.close();
        }
    }

    /** Of this thread: a busy machine is no defect. */
    private static long cpuTime() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Many small bombs beside each other cost no more than one. */
    @ParameterizedTest
    @ValueSource(
            strings = {"gzip", "zstd", "xz", "bzip2", "lz4", "lz4-block", "snappy", "snappy-block"})
    void smallBombsBesideEachOther(String codec) {
        byte[] zeros = Independent.encode(codec, new byte[900_000]);
        byte[] bomb = zeros.length > 2_000 ? Independent.encode("gzip", zeros) : zeros;
        String text = new String(Independent.encode("base64", bomb), UTF_8);
        StringBuilder json = new StringBuilder("[\"" + IMEI + "\"");
        while (json.length() + text.length() < 95_000) json.append(",\"").append(text).append('"');
        byte[] b = json.append(']').toString().getBytes(UTF_8);
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Log log = body(new Literals(IMEI), Hint.NONE, b, null);
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(log.sightings).hasSize(1);
        assertThat(log.anomalies).anyMatch(a -> a.startsWith("LIMIT"));
        assertThat(nanos).isLessThan(4_000_000_000L);
    }

    /** A decoder that never takes anything is given up once the window is full. */
    @Test
    void aDecoderThatWaitsForEverIsGivenUp() {
        Literals m = new Literals(IMEI);
        byte[] b = ("x ".repeat(300_000) + IMEI).getBytes(UTF_8);
        for (boolean cut : new boolean[] {false, true}) {
            Log log = new Log();
            Unwrapper u = new Unwrapper(m, Limits.DEFAULT);
            Unwrapper.Part p =
                    u.open(PartKind.BODY, "", new Hint("any/thing", List.of(), -1), false, log);
            u.layer(0).frames(new Waiting());
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> {
                        Fixture.feed(p, b, new Random(3), cut);
                        p.end();
                    });
            assertThat(lines(m, log)).hasSize(1);
            assertThat(log.anomalies).anyMatch(a -> a.startsWith("DECODE_ERROR"));
        }
    }

    private static final class Waiting implements Apart {
        @Override
        public String name() {
            return "waiting";
        }

        @Override
        public void begin(String mediaType, String coding) {}

        @Override
        public boolean named(String mediaType) {
            return true;
        }

        @Override
        public int feed(byte[] b, int i, int to, long base, boolean last) {
            return i;
        }

        @Override
        public String broken() {
            return "";
        }

        @Override
        public boolean gap(byte[] b, int i, int to, long base, long missing) {
            return false;
        }
    }
}
