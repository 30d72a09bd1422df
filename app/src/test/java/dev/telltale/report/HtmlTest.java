package dev.telltale.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.model.Audit;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The HTML writer's promises, and what can be said of a report without a browser. */
class HtmlTest {

    private static String written(Consumer<Html> writing) {
        StringBuilder out = new StringBuilder();
        writing.accept(new Html(out));
        return out.toString();
    }

    @Test
    void textAndValuesStayText() {
        String html = written(h -> h.leaf("p", "<b>&\"'\u0000\u202e", "title", "\"><img src=x>'&"));
        assertThat(html)
                .isEqualTo(
                        "<p title=\"&quot;&gt;&lt;img src=x&gt;&#39;&amp;\">"
                                + "&lt;b&gt;&amp;&quot;&#39;\\x00\\u202E</p>\n");
    }

    @ParameterizedTest
    @CsvSource({
        "a, href, javascript:alert(1)",
        "a, href, https://example.org/",
        "svg, xlink:href, #x",
        "p, onclick, x",
        "p, style, color:red",
        "img, alt, x",
        "p, srcdoc, x",
        "script, type, module",
        "form, action, x",
        "'p onclick=x', class, y",
        "p, 'x y', z",
    })
    void whatRunsLoadsOrLeavesIsRefused(String element, String name, String value) {
        assertThatThrownBy(() -> written(h -> h.open(element, name, value)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStyleSheetWithMarkupIsRefused() {
        assertThatThrownBy(() -> written(h -> h.style("p{}</style><script>")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static Stream<String> reports() {
        return Stream.of(
                        RedMi.firstStart(),
                        RedMi.inconclusive(),
                        RedMi.pass(),
                        RedMi.silent(),
                        TextReportTest.hostile(),
                        TextReportTest.many())
                .map(audit -> {
                    StringBuilder html = new StringBuilder();
                    HtmlReport.write(audit, html, Look.PLAIN);
                    return html.toString();
                });
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("reports")
    void isWholeInItself(String html) throws Exception {
        Matcher csp =
                Pattern.compile("Content-Security-Policy\" content=\"([^\"]*)\"").matcher(html);
        assertThat(csp.find()).isTrue();
        String css = html.substring(html.indexOf("<style>") + 7, html.indexOf("</style>"));
        String hash =
                Base64.getEncoder()
                        .encodeToString(
                                MessageDigest.getInstance("SHA-256").digest(css.getBytes(UTF_8)));
        assertThat(csp.group(1))
                .isEqualTo(
                        "default-src &#39;none&#39;; style-src &#39;sha256-"
                                + hash
                                + "&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;");
        assertThat(html).doesNotContain("<script", "<img", "<link", "<iframe", " style=", " src=");
        assertThat(css).doesNotContain("url(", "@import", "http");

        Set<String> ids = new HashSet<>();
        Matcher id = Pattern.compile(" id=\"([^\"]*)\"").matcher(html);
        while (id.find()) assertThat(ids.add(id.group(1))).as(id.group(1)).isTrue();
        Matcher href = Pattern.compile(" href=\"([^\"]*)\"").matcher(html);
        while (href.find()) assertThat(ids).contains(href.group(1).substring(1));
        Matcher by = Pattern.compile(" aria-labelledby=\"([^\"]*)\"").matcher(html);
        while (by.find()) assertThat(ids).contains(by.group(1));
    }

    @Test
    void saysWhatTheAuditSays() {
        StringBuilder out = new StringBuilder();
        HtmlReport.write(RedMi.firstStart(), out, Look.PLAIN);
        String html = out.toString();
        assertThat(html)
                .contains("<span class=\"badge bad\">FAIL</span>")
                .contains("GET /pass/activate/dev/{imei}/activating · query[imsi]")
                .contains("<mark>{imei}</mark>")
                .contains("phone numbers of contacts 1–4")
                .contains("China (CN)");
        // The text report and this one speak of the same things in the same words.
        for (String limit : new Headline(RedMi.firstStart(), Words.english()).limits())
            assertThat(html).contains(Html.escaped(limit));
    }

    @Test
    void manyFindingsStayOnePage() {
        Audit audit = TextReportTest.huge();
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        long before = cpu.getCurrentThreadCpuTime();
        StringBuilder out = new StringBuilder();
        HtmlReport.write(audit, out, Look.PLAIN);
        assertThat(Duration.ofNanos(cpu.getCurrentThreadCpuTime() - before))
                .isLessThan(Duration.ofSeconds(15));
        assertThat(out.length()).isBetween(100_000, 3_000_000);
        assertThat(out).contains("10,000 identifiers").contains("audit.json");
    }

    @Test
    void hexShowsWhatTheAuditHoldsAndNoMore() {
        assertThat(lines(HexViewTest.masked()))
                .containsExactly(
                        "000000ba  2f 61 2f 62 3f 6b 3d ·· ·· ·· ·· ·· ·· ·· ·· ··  /a/b?k=·········",
                        "000000ca  ·· ·· ·· ·· ·· ·· 26 7a 3d 31                    ······&z=1");
    }

    static List<String> lines(HexView view) {
        StringBuilder out = new StringBuilder();
        view.write(new Html(out));
        return out.toString()
                .replaceAll("<[^>]*>", "")
                .replace("&amp;", "&")
                .lines()
                .map(String::stripTrailing)
                .filter(l -> !l.isEmpty())
                .toList();
    }
}
