package dev.telltale.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {

    @Test
    void whatCanBeShownStaysAsItIs() {
        for (String s :
                new String[] {
                    "", "GET /a?b=c · query[d]", "आशा राव", "小米", "Ünïcødé", "👍🏽", "e\u0301", "…"
                }) assertThat(Printable.of(s)).isSameAs(s);
    }

    @Test
    void whatActsIsNamed() {
        assertThat(Printable.of("\u001b[31m")).isEqualTo("\\x1B[31m");
        assertThat(Printable.of("a\r\n\tb\u0000\u007f")).isEqualTo("a\\x0D\\x0A\\x09b\\x00\\x7F");
        assertThat(Printable.of("\u009b2J")).isEqualTo("\\x9B2J");
        assertThat(Printable.of("moc\u202e.exe\u2066\u061c"))
                .isEqualTo("moc\\u202E.exe\\u2066\\u061C");
        assertThat(Printable.of("zero\u200bwidth\ufeff\u3164"))
                .isEqualTo("zero\\u200Bwidth\\uFEFF\\u3164");
        assertThat(Printable.of("\u2028\u2029")).isEqualTo("\\u2028\\u2029");
        assertThat(Printable.of("half\ud800")).isEqualTo("half\\uD800");
        assertThat(Printable.of(Character.toString(0xE0041))).isEqualTo("\\u{E0041}");
        assertThat(Printable.of("Z" + "\u0351".repeat(9)))
                .isEqualTo("Z" + "\u0351".repeat(4) + "\\u0351".repeat(5));
    }

    /** Whatever goes in, what comes out holds nothing that a terminal obeys. */
    @Test
    void nothingOfAnyTextActs() {
        Random random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder s = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--)
                s.append(
                        (char)
                                (random.nextBoolean()
                                        ? random.nextInt(0x100)
                                        : random.nextInt(0x10000)));
            assertThat(Printable.of(s.toString()).codePoints())
                    .allMatch(c ->
                            !Character.isISOControl(c)
                                    && Character.getType(c) != Character.FORMAT
                                    && Character.getType(c) != Character.SURROGATE);
        }
    }

    @ParameterizedTest
    @CsvSource({"abc, 3", "小米, 4", "e\u0301, 1", "आ, 1", "👍, 2", "'', 0"})
    void widthIsWhatATerminalTakes(String s, int width) {
        assertThat(Printable.width(s)).isEqualTo(width);
    }

    @Test
    void cutsMarkThemselves() {
        assertThat(Printable.cut("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Printable.cut("abcdefg", 6)).isEqualTo("abcde…");
        assertThat(Printable.cut("小米小米", 6)).isEqualTo("小米…");
    }
}
