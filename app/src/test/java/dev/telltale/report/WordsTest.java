package dev.telltale.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WordsTest {

    /** What only commands without {@code --lang} say. */
    private static final List<String> ENGLISH_ONLY =
            List.of(
                    "inspect.",
                    "policy.",
                    "persona.",
                    "scope.",
                    "section.devices",
                    "section.hosts",
                    "section.sources",
                    "column.requests",
                    "column.received");

    private static Properties read(String name) throws IOException {
        Properties words = new Properties();
        try (InputStream in = Words.class.getResourceAsStream(name)) {
            words.load(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
        }
        return words;
    }

    @Test
    void germanSaysAllThatEnglishDoes() throws IOException {
        Properties english = read("words.properties");
        Properties german = read("words_de.properties");
        Set<String> missing = new TreeSet<>(english.stringPropertyNames());
        missing.removeAll(german.stringPropertyNames());
        missing.removeIf(k -> ENGLISH_ONLY.stream().anyMatch(k::startsWith));
        assertThat(missing).isEmpty();
        assertThat(english.stringPropertyNames()).containsAll(german.stringPropertyNames());
        for (String key : german.stringPropertyNames())
            assertThat(marks(german.getProperty(key)))
                    .as(key)
                    .isEqualTo(marks(english.getProperty(key)));
    }

    private static Set<String> marks(String text) {
        return Pattern.compile("\\{\\d}")
                .matcher(text)
                .results()
                .map(r -> r.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void numbersFollowTheLanguage() {
        assertThat(Words.english().amounts().number(1842)).isEqualTo("1,842");
        assertThat(Words.in(Locale.GERMAN).amounts().number(1842)).isEqualTo("1.842");
        assertThat(Words.in(Locale.GERMAN).amounts().bytes(9012)).isEqualTo("9,0 kB");
        assertThat(Words.in(Locale.GERMAN).amounts().small(0.1)).isEqualTo("0,1");
        assertThat(Words.in(Locale.GERMAN).country("CN")).isEqualTo("China (CN)");
    }

    @Test
    void aGermanReportIsGermanButForWhatTheAuditSays() {
        StringBuilder out = new StringBuilder();
        HtmlReport.write(RedMi.firstStart(), out, Look.PLAIN.in(Locale.GERMAN));
        assertThat(out)
                .contains(
                        "<html lang=\"de\">", "NICHT BESTANDEN", "Telefonnummern der Kontakte 1–4")
                .contains("<span lang=\"en\">")
                .doesNotContain("What left", "unprotected");
        StringBuilder text = new StringBuilder();
        TextReport.write(RedMi.firstStart(), text, Look.PLAIN.in(Locale.GERMAN));
        assertThat(text).contains("NICHT BESTANDEN", "ungeschützt", "WAS GELESEN WERDEN KONNTE");
    }
}
