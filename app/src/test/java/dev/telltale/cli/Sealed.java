package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.audit.Policies;
import dev.telltale.lab.RedMiStory;
import dev.telltale.model.Audit;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import dev.telltale.proof.Check;
import dev.telltale.proof.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lab's first run of 2014, audited into a run folder through the command line. */
final class Sealed {
    final Path dir;
    final Path capture;
    final Path keys;
    final Path run;
    final Path policy;
    final Path persona;
    final Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console =
            new Console(
                    new PrintStream(out, true, UTF_8),
                    new PrintStream(err, true, UTF_8),
                    false,
                    false,
                    Map.of());

    private Sealed(Path dir, RedMiStory.Scene scene) throws IOException {
        this.dir = dir;
        capture = Files.copy(scene.capture(), dir.resolve("capture.pcapng"));
        run = Files.copy(scene.run(), dir.resolve("run.yaml"));
        persona = Files.copy(scene.persona(), dir.resolve("persona.yaml"));
        keys = dir.resolve("tls.keys");
        policy = dir.resolve("policy.yaml");
        folder = dir.resolve("audited");
        Files.writeString(keys, secrets(capture));
        Files.write(policy, Policies.yaml("no-personal-data-before-consent"));
    }

    /** Played once for all tests. */
    private static final List<RedMiStory.Scene> SCENES = new ArrayList<>();

    /** The scene's files, not audited yet, in a folder of the test's own. */
    static synchronized Sealed play(Path dir, int scene) throws IOException {
        if (SCENES.isEmpty()) {
            Path once = Files.createTempDirectory("telltale-scenes-");
            SCENES.addAll(RedMiStory.play(once));
            once.toFile().deleteOnExit();
            for (RedMiStory.Scene s : SCENES) {
                s.folder().toFile().deleteOnExit();
                for (var f : s.folder().toFile().listFiles()) f.deleteOnExit();
            }
        }
        return new Sealed(dir, SCENES.get(scene));
    }

    /** The key log that a pcapng carries in its secrets blocks. */
    private static String secrets(Path capture) throws IOException {
        Matcher m =
                Pattern.compile("[A-Z_]{5,40}[0-9]? [0-9a-f]{64} [0-9a-f]{64,96}")
                        .matcher(new String(Files.readAllBytes(capture), ISO_8859_1));
        Set<String> lines = new LinkedHashSet<>();
        while (m.find()) lines.add(m.group());
        return String.join("\n", lines) + "\n";
    }

    int telltale(String... args) {
        out.reset();
        err.reset();
        return Main.run(Main.commandLine(new CoreCalls(), console), console, args);
    }

    String out() {
        return out.toString(UTF_8);
    }

    String err() {
        return err.toString(UTF_8);
    }

    /** {@code telltale audit} with all kinds of inputs, and what is added. */
    int audit(String... more) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "audit",
                                capture.toString(),
                                "-p",
                                persona.toString(),
                                "--run",
                                run.toString(),
                                "--keys",
                                keys.toString(),
                                "--policy",
                                policy.toString()));
        args.addAll(List.of(more));
        return telltale(args.toArray(String[]::new));
    }

    List<String> inputs() {
        return List.of(
                "--capture",
                capture.toString(),
                "-p",
                persona.toString(),
                "--run",
                run.toString(),
                "--keys",
                keys.toString(),
                "--policy",
                policy.toString());
    }

    int verify(Path target, String... more) {
        List<String> args = new ArrayList<>(List.of("verify", target.toString()));
        args.addAll(inputs());
        args.addAll(List.of(more));
        return telltale(args.toArray(String[]::new));
    }

    int command(String name, Path target, String... more) {
        List<String> args = new ArrayList<>(List.of(name, target.toString()));
        args.addAll(List.of(more));
        return telltale(args.toArray(String[]::new));
    }

    /** As {@code verify} does, without the command line. */
    List<Check> checks(Path target, Verification.Again again) throws Exception {
        return Verification.verify(request(target), again);
    }

    private Verification.Request request(Path target) {
        return new Verification.Request(
                target,
                List.of(capture),
                List.of(keys),
                Optional.of(run),
                Optional.of(policy.toString()),
                Optional.empty(),
                Optional.of(persona),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static Audit again(
            Verification.Inputs in, Optional<String> device, boolean reveal, int evidence)
            throws dev.telltale.audit.UnreadableInput {
        return new CoreCalls()
                .audit(
                        new Core.AuditRequest(
                                in.captures(),
                                in.persona(),
                                in.run(),
                                in.keys(),
                                in.policy(),
                                device,
                                reveal,
                                evidence,
                                in.declared()),
                        Workers.CALLER,
                        Progress.NONE,
                        w -> {});
    }

    /** Audits once: the inputs stay the same. */
    static Verification.Again once() {
        Audit[] kept = new Audit[1];
        return (in, device, reveal, evidence) -> {
            Audit a = kept[0];
            if (a == null) kept[0] = a = again(in, device, reveal, evidence);
            return a;
        };
    }
}
