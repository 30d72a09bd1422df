package dev.telltale.cli;

import dev.telltale.audit.Comparer;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.lab.RedMiStory;
import dev.telltale.model.Audit;
import dev.telltale.model.Comparison;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import dev.telltale.report.ComparisonText;
import dev.telltale.report.HtmlComparison;
import dev.telltale.report.HtmlReport;
import dev.telltale.report.Look;
import dev.telltale.report.TextReport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The demo: plays the lab's story, audits it like any recording, and compares with what was
 * published.
 */
final class LabStory implements DemoCommand.Story {
    private static final String POLICY = "no-personal-data-before-consent";

    /** Over the file of the same name that would lack the note. */
    private static final String COMPARISON = "comparison.html";

    /** A report that names a real company must say that it is a re-enactment. */
    private static final String NOTE = String.join(" ", RedMiStory.ABOUT.lines().toList());

    private static final String CHANGED =
            """
            It came out as published in 2014: operator, contact and SMS peers no longer leave, IMEI and phone
            number only by opt-in and over HTTPS, where base64 is no protection of its own.\
            """;

    @Override
    public int tell(Optional<Path> folder, Core core, Console console)
            throws IOException, UnreadableInput {
        if (folder.isPresent()) return tell(folder.get(), true, core, console);
        Path scratch = Files.createTempDirectory("telltale-demo-");
        try {
            return tell(scratch, false, core, console);
        } finally {
            delete(scratch);
        }
    }

    private static int tell(Path folder, boolean kept, Core core, Console console)
            throws IOException, UnreadableInput {
        List<RedMiStory.Scene> scenes = play(folder);
        console.print(out -> heading(out, RedMiStory.ABOUT));
        boolean asPublished = true;
        RunInputs inputs =
                new RunInputs(
                        core,
                        console,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        POLICY,
                        Optional.empty());
        List<Comparer.Input> runs = new ArrayList<>();
        for (RedMiStory.Scene scene : scenes) {
            RunFolder sealed = new RunFolder(scene.folder(), request(scene), core);
            Audit audit = sealed.committed(audit(scene, core, console));
            keep(scene, audit);
            sealed.seal(
                    audit,
                    Set.of(
                            OutputFormat.JSON.file(),
                            OutputFormat.TEXT.file(),
                            OutputFormat.HTML.file()),
                    Optional.empty());
            runs.add(inputs.read(scene.folder()));
            List<String> differences = StoryCheck.differences(audit, scene.published());
            asPublished &= differences.isEmpty();
            console.print(out -> {
                line(out, "");
                line(out, "  Run " + scene.folder().getFileName() + ": " + scene.title() + ".");
                TextReport.summary(audit, out, console.look());
                line(out, "");
                outcome(out, asPublished(scene.published()), differences);
            });
        }
        Comparison comparison = Comparer.compare(runs, Optional.empty());
        keep(folder, comparison);
        List<String> differences = StoryCheck.differences(comparison, published(scenes));
        asPublished &= differences.isEmpty();
        console.print(out -> {
            line(out, "");
            line(out, "  What changed from run to run.");
            ComparisonText.write(comparison, out, console.look());
            line(out, "");
            outcome(out, CHANGED, differences);
            line(out, "");
            line(
                    out,
                    kept
                            ? "  The recordings, their audits and the comparison are kept in "
                                    + folder
                                    + "; open "
                                    + folder.resolve("1").resolve(OutputFormat.HTML.file())
                                    + " in a browser."
                            : "  No file was kept; telltale demo -o DIR keeps the recordings, their"
                                    + " audits and the comparison.");
        });
        return asPublished ? Exit.OK : Exit.FAIL;
    }

    private static List<RedMiStory.Published> published(List<RedMiStory.Scene> scenes) {
        return scenes.stream().map(RedMiStory.Scene::published).toList();
    }

    private static List<RedMiStory.Scene> play(Path folder) {
        try {
            return RedMiStory.play(folder);
        } catch (IOException e) {
            throw new Refused("cannot play the demo in " + folder + ": " + FileErrors.why(e));
        }
    }

    static Audit audit(RedMiStory.Scene scene, Core core, Console console) throws UnreadableInput {
        return core.audit(request(scene), Workers.CALLER, Progress.NONE, console::say);
    }

    private static Core.AuditRequest request(RedMiStory.Scene scene) {
        return new Core.AuditRequest(
                List.of(scene.capture()),
                scene.persona(),
                Optional.of(scene.run()),
                List.of(),
                POLICY,
                Optional.empty(),
                false,
                10_000);
    }

    private static void keep(RedMiStory.Scene scene, Audit audit) throws IOException {
        Path json = scene.folder().resolve(OutputFormat.JSON.file());
        try (OutputStream out = Files.newOutputStream(json)) {
            OutputFormat.JSON.write(audit, out, Look.PLAIN);
        }
        Path text = scene.folder().resolve(OutputFormat.TEXT.file());
        try (Writer out = Files.newBufferedWriter(text, StandardCharsets.UTF_8)) {
            heading(out, RedMiStory.ABOUT);
            TextReport.write(audit, out, Look.PLAIN);
        }
        Path html = scene.folder().resolve(OutputFormat.HTML.file());
        try (Writer out = Files.newBufferedWriter(html, StandardCharsets.UTF_8)) {
            HtmlReport.write(audit, NOTE, out, Look.PLAIN);
        }
    }

    private static void keep(Path folder, Comparison comparison) throws IOException {
        for (OutputFormat<Comparison> format : OutputFormat.COMPARISONS) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(format.file()))) {
                format.write(comparison, out, Look.PLAIN);
            }
        }
        Path html = folder.resolve(COMPARISON);
        try (Writer out = Files.newBufferedWriter(html, StandardCharsets.UTF_8)) {
            HtmlComparison.write(comparison, NOTE, out, Look.PLAIN);
        }
    }

    private static void heading(Writer out, String about) throws IOException {
        line(out, "");
        for (String l : about.lines().toList()) line(out, "  " + l);
    }

    private static void outcome(Writer out, String asPublished, List<String> differences)
            throws IOException {
        if (differences.isEmpty()) {
            for (String l : asPublished.lines().toList()) line(out, "  " + l);
            return;
        }
        line(out, "  It did not come out as published:");
        for (String difference : differences) line(out, "  - " + difference);
    }

    private static String asPublished(RedMiStory.Published published) {
        return switch (published.manner()) {
            case OPEN ->
                    """
                    It came out as published in 2014: the telco's name, the IMEI, the phone number,
                    the contact's number and the SMS peers' numbers went to
                    %s, unprotected and without consent;
                    nothing else of the owner left the phone.\
                    """
                            .formatted(published.host());
            case NOTHING ->
                    """
                    It came out as published in 2014: after the same steps nothing of the owner left
                    the phone any more, and every byte that left it was read.\
                    """;
            case CONSENTED ->
                    """
                    It came out as published in 2014: once switched on, IMSI, IMEI and phone number went to
                    %s in base64 over HTTPS, with consent.\
                    """
                            .formatted(published.host());
        };
    }

    private static void line(Writer out, String text) throws IOException {
        out.write(text + "\n");
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path p : all) Files.deleteIfExists(p);
    }
}
