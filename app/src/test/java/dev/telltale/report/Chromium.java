package dev.telltale.report;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The machine's Chromium in a fresh profile, driven through the machine's Node.js. */
public final class Chromium implements AutoCloseable {

    /** Milliseconds; a machine under load takes its time. */
    private static final double PATIENCE = 120_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Skips the test where one of both is missing. */
    public static Chromium start() {
        Optional<Path> chromium = find("chromium");
        Optional<Path> node = find("node");
        Assumptions.assumeTrue(chromium.isPresent(), "chromium is not installed");
        Assumptions.assumeTrue(node.isPresent(), "node is not installed");
        System.setProperty("playwright.nodejs.path", node.get().toString());
        Playwright playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(chromium.get())
                                        .setTimeout(PATIENCE)
                                        .setArgs(
                                                List.of(
                                                        "--no-sandbox",
                                                        "--disable-gpu",
                                                        "--disable-quic",
                                                        "--disable-background-networking",
                                                        "--disable-component-update",
                                                        "--disable-sync")));
        return new Chromium(playwright, browser);
    }

    private static Optional<Path> find(String command) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path file = Path.of(folder, command);
            if (Files.isExecutable(file)) return Optional.of(file);
        }
        return Optional.empty();
    }

    /**
     * @param told what the console said, errors of the page, dialogs
     * @param asked addresses that were asked for, the page's own first
     */
    public record Visit(Page page, List<String> told, List<String> asked) implements AutoCloseable {

        /** Rules of axe-core that are broken, with the elements that break them. */
        @SuppressWarnings("unchecked")
        public List<String> axe() throws IOException {
            page.evaluate(axeSource());
            return (List<String>)
                    page.evaluate(
                            """
                            async () => (await axe.run(document, {resultTypes: ['violations']})).violations
                                .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | '))
                            """);
        }

        private static String axeSource() throws IOException {
            try (InputStream in = Chromium.class.getResourceAsStream("/axe.min.js")) {
                return new String(
                        Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        @Override
        public void close() {
            page.context().close();
        }
    }

    public Visit visit(Path file, int width, ColorScheme scheme) {
        BrowserContext context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(width, 900)
                                .setColorScheme(scheme));
        context.setDefaultTimeout(PATIENCE);
        Page page = context.newPage();
        List<String> told = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        page.onConsoleMessage(m -> told.add(m.type() + ": " + m.text()));
        page.onPageError(e -> told.add("error: " + e));
        page.onDialog(d -> {
            told.add("dialog: " + d.message());
            d.dismiss();
        });
        page.onRequest(r -> asked.add(r.url()));
        page.navigate(file.toUri().toString());
        return new Visit(page, told, asked);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
