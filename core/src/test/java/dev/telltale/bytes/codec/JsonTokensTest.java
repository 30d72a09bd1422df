package dev.telltale.bytes.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonTokensTest {

    /**
     * Writes down every call; pieces of one string are joined, their offsets checked to be gapless.
     */
    private static final class Log implements JsonHandler {
        final List<String> calls = new ArrayList<>();
        private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        private long piecesAt = -1;
        int deliveries;

        @Override
        public void startObject(long at) {
            calls.add("{@" + at);
        }

        @Override
        public void endObject(long at) {
            calls.add("}@" + at);
        }

        @Override
        public void startArray(long at) {
            calls.add("[@" + at);
        }

        @Override
        public void endArray(long at) {
            calls.add("]@" + at);
        }

        @Override
        public void key(byte[] b, int from, int length, boolean escaped, long at) {
            calls.add("key " + escaped + " " + new String(b, from, length, UTF_8) + "@" + at);
        }

        @Override
        public void string(byte[] b, int from, int length, boolean escaped, long at) {
            calls.add("string " + escaped + " " + new String(b, from, length, UTF_8) + "@" + at);
        }

        @Override
        public void stringPiece(
                byte[] b, int from, int length, boolean escaped, long at, boolean last) {
            deliveries++;
            String piece = new String(b, from, length, ISO_8859_1);
            assertThat(piece.replace("\\\\", "")).doesNotMatch("(?s).*\\\\(u.{0,3})?");
            if (!last)
                assertThat(piece.replace("\\\\", "")).doesNotMatch("(?s).*\\\\u[dD][89abAB]..");
            if (piecesAt < 0) piecesAt = at;
            else assertThat(at).isEqualTo(piecesAt + pieces.size());
            pieces.write(b, from, length);
            if (last) {
                calls.add("long " + escaped + " " + pieces.toString(UTF_8) + "@" + piecesAt);
                pieces.reset();
                piecesAt = -1;
            }
        }

        @Override
        public void literal(byte[] b, int from, int length, long at) {
            calls.add("literal " + new String(b, from, length, UTF_8) + "@" + at);
        }

        @Override
        public void malformed(long at, String why) {
            calls.add("malformed@" + at + " " + why);
        }
    }

    private static Log tokens(byte[] text, Random chunks, int whole) {
        Log log = new Log();
        JsonTokens t = new JsonTokens(log, whole);
        int p = 0;
        while (p < text.length) {
            int n =
                    chunks == null
                            ? text.length
                            : Math.min(text.length - p, 1 + chunks.nextInt(chunks.nextInt(40) + 1));
            // An array of its own with rubbish around it, spoilt after the call: nothing may be
            // kept by reference.
            byte[] own = new byte[n + 7];
            chunks(own, text, p, n);
            t.feed(own, 3, n);
            Arrays.fill(own, (byte) '"');
            p += n;
        }
        t.end();
        return log;
    }

    private static void chunks(byte[] own, byte[] text, int p, int n) {
        Arrays.fill(own, (byte) '\\');
        System.arraycopy(text, p, own, 3, n);
    }

    private static String random(Random r, int depth) {
        StringBuilder s = new StringBuilder();
        value(r, depth, s);
        return s.toString();
    }

    private static void space(Random r, StringBuilder s) {
        while (r.nextInt(6) == 0) s.append(" \t\n\r".charAt(r.nextInt(4)));
    }

    private static void string(Random r, int longest, StringBuilder s) {
        s.append('"');
        int n = r.nextInt(20) == 0 ? r.nextInt(longest) : r.nextInt(6);
        for (int i = 0; i < n; i++) {
            switch (r.nextInt(14)) {
                case 0 -> s.append("\\\"");
                case 1 -> s.append("\\\\");
                case 2 -> s.append("\\n");
                case 3 -> s.append(String.format("\\u%04x", 0x20 + r.nextInt(0x3000)));
                case 4 -> s.append("\\uD83D\\ude" + (char) ('0' + r.nextInt(5)) + '0');
                case 5 -> s.append("é");
                case 6 -> s.append("\uD83D\uDE00");
                default -> s.append((char) ('a' + r.nextInt(26)));
            }
        }
        s.append('"');
    }

    private static void value(Random r, int depth, StringBuilder s) {
        space(r, s);
        switch (depth == 0 ? r.nextInt(4) : r.nextInt(8)) {
            case 0 -> string(r, 400, s);
            case 1 -> s.append(r.nextLong());
            case 2 -> s.append(r.nextBoolean() ? "true" : r.nextBoolean() ? "false" : "null");
            case 3 ->
                    s.append(r.nextInt(100))
                            .append('.')
                            .append(r.nextInt(1000))
                            .append(r.nextBoolean() ? "e-7" : "E+12");
            case 4, 5 -> {
                s.append('[');
                int n = r.nextInt(5);
                for (int i = 0; i < n; i++) {
                    if (i > 0) s.append(',');
                    value(r, depth - 1, s);
                }
                space(r, s);
                s.append(']');
            }
            default -> {
                s.append('{');
                int n = r.nextInt(5);
                for (int i = 0; i < n; i++) {
                    if (i > 0) s.append(',');
                    space(r, s);
                    string(r, 6, s);
                    space(r, s);
                    s.append(':');
                    value(r, depth - 1, s);
                }
                space(r, s);
                s.append('}');
            }
        }
        space(r, s);
    }

    /**
     * What Jackson makes of the same text, in the words of {@link Log} without offsets and with
     * escapes undone.
     */
    private static List<String> jackson(byte[] text) {
        List<String> calls = new ArrayList<>();
        try (JsonParser p =
                JsonFactory.builder().build().createParser(ObjectReadContext.empty(), text)) {
            for (JsonToken t = p.nextToken(); t != null; t = p.nextToken()) {
                calls.add(
                        switch (t) {
                            case START_OBJECT -> "{";
                            case END_OBJECT -> "}";
                            case START_ARRAY -> "[";
                            case END_ARRAY -> "]";
                            case PROPERTY_NAME -> "key " + p.currentName();
                            case VALUE_STRING -> "string " + p.getString();
                            default -> "literal " + p.getString();
                        });
            }
        }
        return calls;
    }

    private static List<String> plain(Log log) {
        List<String> calls = new ArrayList<>();
        for (String c : log.calls) {
            String s = c.substring(0, c.lastIndexOf('@'));
            if (s.startsWith("long ")) s = "string " + s.substring(5);
            if (s.startsWith("key ") || s.startsWith("string ")) {
                int a = s.indexOf(' ');
                int b = s.indexOf(' ', a + 1);
                boolean escaped = s.startsWith("true", a + 1);
                String v = s.substring(b + 1);
                assertThat(v.contains("\\")).isEqualTo(escaped);
                s = s.substring(0, a) + " " + unescape(v);
            }
            calls.add(s);
        }
        return calls;
    }

    private static String unescape(String v) {
        if (!v.contains("\\")) return v;
        try (JsonParser p =
                JsonFactory.builder()
                        .build()
                        .createParser(ObjectReadContext.empty(), "\"" + v + "\"")) {
            p.nextToken();
            return p.getString();
        }
    }

    @Test
    void agreesWithJacksonUnderAnyChunking() {
        for (int seed = 0; seed < 3000; seed++) {
            Random r = new Random(seed);
            byte[] text = random(r, 5).getBytes(UTF_8);
            Log whole = tokens(text, null, 64);
            assertThat(plain(whole)).as("seed %d", seed).isEqualTo(jackson(text));
            Log cut = tokens(text, r, 64);
            assertThat(cut.calls).as("seed %d", seed).isEqualTo(whole.calls);
        }
    }

    @Test
    void cutAnywhereItKeepsWhatCameBefore() {
        for (int seed = 0; seed < 40; seed++) {
            Random r = new Random(seed);
            String json = "{\"k\":" + random(r, 4) + "}";
            byte[] text = json.getBytes(UTF_8);
            List<String> all = tokens(text, null, 1 << 16).calls;
            for (int n = 0; n < text.length; n++) {
                byte[] head = Arrays.copyOf(text, n);
                Log cut = tokens(head, r, 1 << 16);
                if (n == 0) {
                    assertThat(cut.calls).isEmpty();
                    continue;
                }
                String last = cut.calls.removeLast();
                assertThat(last).as("seed %d cut at %d", seed, n).startsWith("malformed@");
                // A number is told only by what follows it.
                if (!cut.calls.isEmpty() && cut.calls.getLast().startsWith("literal"))
                    cut.calls.removeLast();
                assertThat(cut.calls).isEqualTo(all.subList(0, cut.calls.size()));
            }
        }
    }

    @Test
    void rubbishNeverThrowsAndChunksDoNotMatter() {
        String alphabet = "{}[]\",:\\ \n019.-+eEtrufalsn\u001e\ufeffdDu8";
        for (int seed = 0; seed < 5000; seed++) {
            Random r = new Random(seed);
            StringBuilder s = new StringBuilder();
            for (int n = r.nextInt(60); n > 0; n--)
                s.append(alphabet.charAt(r.nextInt(alphabet.length())));
            byte[] text = s.toString().getBytes(UTF_8);
            assertThat(tokens(text, r, 64).calls)
                    .as(s.toString())
                    .isEqualTo(tokens(text, null, 64).calls);
        }
    }

    @Test
    void takesByteOrderMarkLinesAndRecordSeparators() {
        byte[] text = "\ufeff{\"a\":1}\n{\"b\":2}\n\u001e[3]".getBytes(UTF_8);
        assertThat(tokens(text, null, 64).calls)
                .containsExactly(
                        "{@3",
                        "key false a@5",
                        "literal 1@8",
                        "}@9",
                        "{@11",
                        "key false b@13",
                        "literal 2@16",
                        "}@17",
                        "[@20",
                        "literal 3@21",
                        "]@22");
    }

    @Test
    void nestingIsBounded() {
        byte[] text = "[".repeat(100_000).getBytes(UTF_8);
        Log log = tokens(text, null, 64);
        assertThat(log.calls).hasSize(JsonTokens.NESTING + 1);
        assertThat(log.calls.getLast())
                .isEqualTo("malformed@" + JsonTokens.NESTING + " nested deeper than 512");
    }

    @Test
    void aLongStringPassesInSmallPieces() {
        Log log = new Log();
        JsonTokens t = new JsonTokens(log);
        t.feed(new byte[] {'"'}, 0, 1);
        byte[] backslashes = "\\".repeat(3).getBytes(UTF_8);
        for (int i = 0; i < 100_000; i++) t.feed(backslashes, 0, 3);
        t.feed("\"".getBytes(UTF_8), 0, 1);
        t.end();
        assertThat(log.deliveries).isGreaterThan(1);
        assertThat(log.calls).containsExactly("long true " + "\\".repeat(300_000) + "@1");
    }

    @Test
    void saysWhereItBroke() {
        assertThat(tokens("{\"a\":01}".getBytes(UTF_8), null, 64).calls.getLast())
                .startsWith("malformed@5");
        assertThat(tokens("{\"a\" 1}".getBytes(UTF_8), null, 64).calls.getLast())
                .startsWith("malformed@5");
        assertThat(tokens("[1 2]".getBytes(UTF_8), null, 64).calls.getLast())
                .startsWith("malformed@3");
        assertThat(tokens("{\"a\":1,}".getBytes(UTF_8), null, 64).calls.getLast())
                .startsWith("malformed@7");
        assertThat(tokens("[1,]".getBytes(UTF_8), null, 64).calls.getLast())
                .startsWith("malformed@3");
        assertThat(tokens("{\"abc".getBytes(UTF_8), null, 64).calls.getLast())
                .isEqualTo("malformed@2 the text ends inside a string");
    }
}
