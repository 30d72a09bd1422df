package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import de.sstoehr.harreader.HarReader;
import de.sstoehr.harreader.HarReaderMode;
import de.sstoehr.harreader.model.Har;
import de.sstoehr.harreader.model.HarEntry;
import de.sstoehr.harreader.model.HarHeader;
import dev.telltale.model.Audit;
import dev.telltale.report.AuditJsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The opened exchanges, as HAR: read by other people's readers, and audited like the recording. */
class HarTest {
    @TempDir Path dir;
    private Sealed sealed;
    private Path masked;
    private Path open;

    @BeforeEach
    void written() throws Exception {
        sealed = Sealed.play(dir, 0);
        masked = har(dir.resolve("masked"));
        open = har(dir.resolve("open"), "--reveal");
    }

    private Path har(Path folder, String... more) {
        String[] args = new String[4 + more.length];
        args[0] = "-o";
        args[1] = folder.toString();
        args[2] = "--format";
        args[3] = "har";
        System.arraycopy(more, 0, args, 4, more.length);
        assertThat(sealed.audit(args)).as(sealed.err()).isNotEqualTo(Exit.USAGE);
        return folder.resolve("exchanges.har");
    }

    private static Har read(Path har) throws Exception {
        return new HarReader().readFromFile(har.toFile(), HarReaderMode.STRICT);
    }

    private static Audit audit(Path folder) throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve("audit.json"))) {
            return AuditJsonReader.read(in);
        }
    }

    @Test
    void anotherReaderReadsIt() throws Exception {
        for (Path p : new Path[] {masked, open}) {
            Har har = read(p);
            assertThat(har.log().version()).isEqualTo("1.2");
            assertThat(har.log().creator().name()).isEqualTo("telltale");
            assertThat(har.log().entries()).hasSizeGreaterThan(20);
            for (HarEntry e : har.log().entries()) {
                assertThat(e.startedDateTime()).isNotNull();
                assertThat(e.request().method()).isNotBlank();
                assertThat(e.request().url()).matches("https?://.+");
                assertThat(e.response().status()).isBetween(100, 599);
                assertThat(e.request().headers()).isNotEmpty();
                assertThat(e.time()).isNotNegative();
            }
            assertThat(har.log().entries())
                    .anyMatch(e -> e.request().url().startsWith("https://"))
                    .anyMatch(e -> e.request().httpVersion().equals("HTTP/2"));
        }
    }

    /** What was found in packets is found in the HAR made of them, at the same places. */
    @Test
    void auditedItSaysTheSame() throws Exception {
        Path again = dir.resolve("again");
        sealed.telltale(
                "audit",
                open.toString(),
                "-p",
                sealed.persona.toString(),
                "--run",
                sealed.run.toString(),
                "-o",
                again.toString());
        Set<String> fromPackets = places(audit(dir.resolve("open")));
        assertThat(fromPackets).hasSizeGreaterThan(5);
        assertThat(places(audit(again))).isEqualTo(fromPackets);
    }

    private static Set<String> places(Audit audit) {
        Set<String> all = new TreeSet<>();
        audit.findings()
                .forEach(f ->
                        all.add(
                                f.identifier().id()
                                        + " "
                                        + f.direction()
                                        + " "
                                        + f.destination().domain()
                                        + " "
                                        + f.place()));
        return all;
    }

    @Test
    void maskedItShowsNoValueNoCookieAndNoBody() throws Exception {
        String all = Files.readString(masked);
        assertThat(Masked.values(sealed.persona)).hasSizeGreaterThan(10);
        for (String value : Masked.values(sealed.persona))
            assertThat(all.toLowerCase(java.util.Locale.ROOT))
                    .doesNotContain(value.toLowerCase(java.util.Locale.ROOT).replace("+1", ""));
        assertThat(all).contains("{imei}");
        for (HarEntry e : read(masked).log().entries()) {
            assertThat(e.response().content().text()).isNull();
            for (HarHeader h : e.request().headers())
                if (h.name().equalsIgnoreCase("cookie"))
                    assertThat(h.value()).isEqualTo("{secret}");
        }
        String shown = Files.readString(open);
        assertThat(Masked.values(sealed.persona)).anyMatch(shown::contains);
    }

    @Test
    void itGoesToStandardOutputAlone() {
        sealed.audit("--format", "har", "-o", "-");
        assertThat(sealed.out()).startsWith("{\"log\":{\"version\":\"1.2\"");
    }
}
