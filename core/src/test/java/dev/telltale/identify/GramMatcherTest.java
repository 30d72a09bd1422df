package dev.telltale.identify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GramMatcherTest {
    /** Literal by literal, position by position. */
    private static List<List<Integer>> naive(List<Literal> literals, byte[] text) {
        List<List<Integer>> all = new ArrayList<>();
        for (Literal l : literals) {
            if (l.form().whole()) continue;
            for (int s = 0; s < text.length; s++) {
                int n = 0;
                while (n < l.bytes().length
                        && s + n < text.length
                        && alike(l, text[s + n], l.bytes()[n])) n++;
                if (n < l.form().length()) continue;
                int end = s + n;
                if (n == l.bytes().length && l.padding() > 0) {
                    String rest =
                            new String(
                                    text,
                                    end,
                                    Math.min(l.padding(), text.length - end),
                                    StandardCharsets.ISO_8859_1);
                    if (rest.equals("=".repeat(l.padding()))) end += l.padding();
                }
                end =
                        l.rendering() == null
                                ? l.token().end(text, 0, text.length, s, end)
                                : l.rendering().end(text, 0, text.length, s, end);
                if (end >= 0) all.add(List.of(l.form().id(), s, end));
            }
        }
        return tell(literals, all);
    }

    private static boolean alike(Literal l, byte a, byte b) {
        return l.ignoreCase() && a < 0x80 && a >= 0
                ? Character.toLowerCase((char) a) == Character.toLowerCase((char) (b & 0xff))
                : a == b;
    }

    /**
     * Drops what a longer match of the same identifier holds, and all but the simplest of equals.
     */
    private static List<List<Integer>> tell(List<Literal> literals, List<List<Integer>> all) {
        List<List<Integer>> told = new ArrayList<>();
        for (List<Integer> h : all) {
            Literal inner = literals.get(h.get(0));
            boolean held = false;
            for (List<Integer> g : all) {
                Literal outer = literals.get(g.get(0));
                if (g == h || outer.form().identifier() != inner.form().identifier()) continue;
                boolean sameStart = g.get(1).equals(h.get(1));
                boolean plain = inner.form().digest().isEmpty() && outer.form().digest().isEmpty();
                boolean within =
                        g.get(1) <= h.get(1)
                                && g.get(1) + outer.bytes().length
                                        >= h.get(1) + inner.bytes().length
                                && outer.bytes().length > inner.bytes().length;
                if (plain && within) held = true;
                if (sameStart && g.get(2) > h.get(2)) held = true;
                if (sameStart && g.get(2).equals(h.get(2)) && g.get(0) < h.get(0)) held = true;
            }
            if (!held) told.add(h);
        }
        told.sort(
                Comparator.<List<Integer>>comparingInt(h -> h.get(1))
                        .thenComparingInt(h -> h.get(0)));
        return told;
    }

    private static List<List<Integer>> list(Hits hits) {
        List<List<Integer>> all = new ArrayList<>();
        for (int i = 0; i < hits.size(); i++)
            all.add(List.of(hits.form(i), hits.start(i), hits.end(i)));
        return all;
    }

    /**
     * Random text with forms of the persona strewn in: whole, cut short, in other case, with all
     * kinds of neighbours.
     */
    private static byte[] text(Random r, List<Literal> literals) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        String[] neighbours = {
            "", "", " ", "=", "\"", "%3D", "0", "9", "a", "z", "_", "-", "+", "/", ".", "==", ":",
            "\u00e9", ", "
        };
        int pieces = 1 + r.nextInt(12);
        for (int i = 0; i < pieces; i++) {
            byte[] noise = new byte[r.nextInt(30)];
            r.nextBytes(noise);
            if (r.nextBoolean())
                noise = Personas.digits(r, r.nextInt(20)).getBytes(StandardCharsets.US_ASCII);
            out.writeBytes(noise);
            Literal l = literals.get(r.nextInt(literals.size()));
            byte[] b = l.bytes().clone();
            int n = r.nextInt(4) == 0 ? Math.min(b.length, 8 + r.nextInt(b.length)) : b.length;
            if (r.nextInt(4) == 0)
                for (int k = 0; k < n; k++) if (Token.alnum(b[k]) && b[k] > '9') b[k] ^= 0x20;
            if (r.nextInt(10) == 0) b[r.nextInt(n)] ^= (byte) (1 << r.nextInt(8));
            out.writeBytes(
                    neighbours[r.nextInt(neighbours.length)].getBytes(StandardCharsets.UTF_8));
            out.write(b, 0, n);
            out.writeBytes(
                    neighbours[r.nextInt(neighbours.length)].getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    @Test
    void tells_the_same_as_a_matcher_that_tries_everything_everywhere() {
        Random r = new Random(20140807);
        long hits = 0;
        for (int persona = 0; persona < 20; persona++) {
            List<Literal> literals = PersonaMatcher.literals(Personas.random(r));
            Matcher m = new GramMatcher(literals);
            for (int c = 0; c < 50; c++) {
                byte[] text = text(r, literals);
                List<List<Integer>> expected = naive(literals, text);
                hits += expected.size();
                Hits all = new Hits();
                m.scan(text, 0, text.length, 0, text.length, all);
                assertThat(list(all))
                        .as(() -> new String(text, StandardCharsets.ISO_8859_1))
                        .isEqualTo(expected);
                assertThat(windows(m, text, r)).isEqualTo(expected);
            }
        }
        assertThat(hits).isGreaterThan(2_000);
    }

    /**
     * In pieces, as a stream is scanned: what was before and after is at hand as far as forms
     * reach.
     */
    private static List<List<Integer>> windows(Matcher m, byte[] text, Random r) {
        List<List<Integer>> all = new ArrayList<>();
        int from = 0;
        while (from < text.length) {
            int to = Math.min(text.length, from + 1 + r.nextInt(60));
            int lo = Math.max(0, from - m.reach());
            int hi = Math.min(text.length, to + m.reach());
            byte[] window = new byte[hi - lo + 7];
            System.arraycopy(text, lo, window, 3, hi - lo);
            Hits hits = new Hits();
            m.scan(window, 3, 3 + hi - lo, 3 + from - lo, 3 + to - lo, hits);
            for (List<Integer> h : list(hits))
                all.add(List.of(h.get(0), h.get(1) - 3 + lo, h.get(2) - 3 + lo));
            from = to;
        }
        return all;
    }

    @Test
    void large_personas_take_two_passes_and_tell_the_same() {
        Random r = new Random(11);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            values.add("contact_phone");
            values.add("+4930" + Personas.digits(r, 7));
            values.add("contact_name");
            values.add(Personas.letters(r, 4) + " " + Personas.letters(r, 7));
        }
        List<Literal> literals =
                PersonaMatcher.literals(Personas.of("DE", values.toArray(String[]::new)));
        assertThat(literals).hasSizeGreaterThan(8_000);
        Matcher m = new GramMatcher(literals);
        for (int c = 0; c < 40; c++) {
            byte[] text = text(r, literals);
            Hits hits = new Hits();
            m.scan(text, 0, text.length, 0, text.length, hits);
            assertThat(list(hits)).isEqualTo(naive(literals, text));
        }
    }

    @Test
    void random_text_holds_no_bounded_form_of_random_personas() {
        Random r = new Random(99);
        byte[] text = new byte[20_000];
        for (int persona = 0; persona < 1_000; persona++) {
            String alphabet =
                    persona % 2 == 0
                            ? "0123456789abcdef,.:- "
                            : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=\" ";
            for (int i = 0; i < text.length; i++)
                text[i] = (byte) alphabet.charAt(r.nextInt(alphabet.length()));
            Persona p = Personas.random(r);
            Matcher m = PersonaMatcher.of(p);
            Hits hits = new Hits();
            m.scan(text, 0, text.length, 0, text.length, hits);
            assertThat(Personas.told(p, m, hits)).isEmpty();
        }
    }

    @Test
    void hits_at_both_ends_and_ranges_are_kept() {
        Persona p = Personas.of("", "imei", "356938035643809");
        byte[] text = "356938035643809 356938035643809".getBytes(StandardCharsets.US_ASCII);
        Matcher m = PersonaMatcher.of(p);
        Hits hits = new Hits();
        hits.add(0, 4711, 4712);
        m.scan(text, 0, text.length, 1, text.length, hits);
        assertThat(list(hits)).containsExactly(List.of(0, 4711, 4712), List.of(0, 16, 31));
        hits.clear();
        m.scan(text, 0, text.length, 0, 1, hits);
        assertThat(list(hits)).containsExactly(List.of(0, 0, 15));
        hits.clear();
        m.scan(text, 0, text.length, 5, 5, hits);
        m.scan(new byte[0], 0, 0, 0, 0, hits);
        m.scan(new byte[3], 0, 3, 0, 3, hits);
        assertThat(hits.isEmpty()).isTrue();
    }

    @Test
    void without_identifiers_nothing_is_scanned() {
        Matcher m = PersonaMatcher.of(Personas.of(""));
        Hits hits = new Hits();
        m.scan(new byte[100], 0, 100, 0, 100, hits);
        m.whole(new byte[100], 0, 5, hits);
        assertThat(hits.isEmpty()).isTrue();
        assertThat(m.reach()).isZero();
        assertThat(m.forms()).isZero();
    }

    @Test
    void form_ids_are_indexes_and_ascend_by_identifier() {
        Matcher m = PersonaMatcher.of(Personas.random(new Random(3)));
        Set<Integer> identifiers = new HashSet<>();
        for (int i = 0; i < m.forms(); i++) {
            assertThat(m.form(i).id()).isEqualTo(i);
            identifiers.add(m.form(i).identifier());
            if (i > 0)
                assertThat(m.form(i).identifier())
                        .isGreaterThanOrEqualTo(m.form(i - 1).identifier());
        }
        assertThat(identifiers).hasSize(16);
    }

    @Test
    void many_hits_in_a_row_stay_in_order() {
        Persona p = Personas.of("", "account", "asharao1991", "custom", "asharao1991");
        byte[] text = "asharao1991 ".repeat(5_000).getBytes(StandardCharsets.US_ASCII);
        Matcher m = PersonaMatcher.of(p);
        Hits hits = new Hits();
        m.scan(text, 0, text.length, 0, text.length, hits);
        assertThat(hits.size()).isEqualTo(10_000);
        int[] starts = new int[hits.size()];
        for (int i = 0; i < starts.length; i++) starts[i] = hits.start(i);
        int[] sorted = starts.clone();
        Arrays.sort(sorted);
        assertThat(starts).isEqualTo(sorted);
    }
}
