package dev.telltale.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import dev.telltale.audit.Comparer;
import dev.telltale.model.Audit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTML reports as a reader meets them: in a real browser, from disk. */
class HtmlInBrowserTest {

    @TempDir static Path dir;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws IOException {
        chromium = Chromium.start();
        write("fail", RedMi.firstStart(), Locale.ENGLISH);
        write("open", RedMi.inconclusive(), Locale.ENGLISH);
        write("pass", RedMi.pass(), Locale.ENGLISH);
        write("fail-de", RedMi.firstStart(), Locale.GERMAN);
        StringBuilder html = new StringBuilder();
        List<Comparer.Input> runs =
                List.of(
                        new Comparer.Input("a", "00", RedMi.firstStart()),
                        new Comparer.Input("b", "01", RedMi.pass()),
                        new Comparer.Input("c", "02", RedMi.inconclusive()));
        HtmlComparison.write(Comparer.compare(runs, Optional.empty()), html, Look.PLAIN);
        Files.writeString(dir.resolve("comparison.html"), html, StandardCharsets.UTF_8);
    }

    private static void write(String name, Audit audit, Locale language) throws IOException {
        StringBuilder html = new StringBuilder();
        HtmlReport.write(audit, html, Look.PLAIN.in(language));
        Files.writeString(dir.resolve(name + ".html"), html, StandardCharsets.UTF_8);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) chromium.close();
    }

    @ParameterizedTest
    @CsvSource({
        "fail, 1280, LIGHT",
        "fail, 390, DARK",
        "fail-de, 1280, LIGHT",
        "open, 1280, DARK",
        "pass, 390, LIGHT",
        "comparison, 390, LIGHT",
    })
    void asksForNothingSaysNothingAndIsAccessible(String name, int width, ColorScheme scheme)
            throws IOException {
        Path file = dir.resolve(name + ".html");
        try (Chromium.Visit visit = chromium.visit(file, width, scheme)) {
            assertThat(visit.told()).isEmpty();
            assertThat(visit.asked()).containsExactly(file.toUri().toString());
            // What is folded is looked at too.
            visit.page()
                    .evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
            assertThat(visit.axe()).isEmpty();
            assertThat(visit.told()).isEmpty();
            // Nothing but what scrolls by itself is wider than the page.
            assertThat((Integer) visit.page().evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(width);
        }
    }

    @Test
    void tenThousandFindingsStayUsable() throws IOException {
        write("huge", TextReportTest.huge(), Locale.ENGLISH);
        try (Chromium.Visit visit =
                chromium.visit(dir.resolve("huge.html"), 1280, ColorScheme.LIGHT)) {
            assertThat(visit.told()).isEmpty();
            assertThat((Integer) visit.page().evaluate("document.querySelectorAll('*').length"))
                    .isBetween(1_000, 60_000);
            assertThat((String) visit.page().evaluate("document.body.innerText"))
                    .contains("170 more recipients", "in audit.json");
        }
    }

    /** A check that cannot fail shows nothing: what the others hold to be absent is put in. */
    @Test
    void theBrowserAndAxeSeeWhatIsWrong() throws IOException {
        Path file = dir.resolve("wrong.html");
        String html = Files.readString(dir.resolve("fail.html"));
        Files.writeString(
                file,
                html.replace(
                        "<main id=\"main\">",
                        "<main id=\"main\"><img src=\"x.png\"><script>alert(1)</script>"));
        try (Chromium.Visit visit = chromium.visit(file, 1280, ColorScheme.LIGHT)) {
            // The report's own policy keeps both from happening, and the browser says so.
            assertThat(visit.told()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(visit.told()).noneMatch(t -> t.startsWith("dialog"));
            assertThat(visit.axe()).anyMatch(v -> v.startsWith("image-alt"));
        }
    }

    @Test
    void theKeyboardReachesEverything() {
        try (Chromium.Visit visit =
                chromium.visit(dir.resolve("fail.html"), 1280, ColorScheme.LIGHT)) {
            Page page = visit.page();
            page.keyboard().press("Tab");
            assertThat(focus(page)).isEqualTo("a.skip");
            page.keyboard().press("Enter");
            assertThat(page.url()).endsWith("#main");
            page.keyboard().press("Tab");
            assertThat(page.evaluate("document.activeElement.closest('nav') !== null"))
                    .isEqualTo(true);
            boolean opened = false;
            int stops = 0;
            for (; stops < 200; stops++) {
                if (focus(page).startsWith("summary")
                        && page.evaluate("document.activeElement.parentElement.className")
                                .equals("evidence")) {
                    page.keyboard().press("Enter");
                    opened = (Boolean) page.evaluate("document.activeElement.parentElement.open");
                    break;
                }
                page.keyboard().press("Tab");
            }
            assertThat(opened).isTrue();
            // Tables that may scroll are stops of their own.
            assertThat(page.locator(".scroll:not([tabindex='0'])").count()).isZero();
        }
    }

    @Test
    void printsWhatIsFolded() {
        try (Chromium.Visit visit =
                chromium.visit(dir.resolve("fail.html"), 1280, ColorScheme.DARK)) {
            Page page = visit.page();
            String visible =
                    "[...document.querySelectorAll('.finding:not(.minor) .evidence .hex')].filter(e => e.checkVisibility({contentVisibilityAuto: true})).length";
            String all = "document.querySelectorAll('.finding:not(.minor) .evidence .hex').length";
            assertThat(page.evaluate(visible)).isEqualTo(0);
            page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
            assertThat((Integer) page.evaluate(all)).isPositive();
            assertThat(page.evaluate(visible)).isEqualTo(page.evaluate(all));
            assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo("rgb(255, 255, 255)");
            assertThat(page.pdf()).startsWith("%PDF".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static String focus(Page page) {
        return (String)
                page.evaluate(
                        """
                        (() => { const e = document.activeElement;
                            return e.tagName.toLowerCase() + (e.className ? '.' + e.className : ''); })()
                        """);
    }
}
