package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.proof.Check;
import dev.telltale.proof.Verification;
import dev.telltale.report.Printable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = "Check an audit against what it was made of.",
        sortOptions = false,
        customSynopsis = "telltale verify AUDIT.json|BUNDLE --capture C... -p PERSONA [OPTION...]",
        footer = {
            "",
            "Files are held against the manifest; every piece of evidence is walked again",
            "from the capture's bytes to the identifier, by other codecs than the audit's;",
            "ids, sums and the verdict are made again; and the whole audit is made again",
            "and compared byte for byte.",
            "",
            "Exit code: 0 all holds, 1 something was changed, 3 something could not be",
            "checked, 2 wrong usage or unreadable input.",
            "",
            "Examples:",
            "  telltale verify runs/1 --capture phone.pcapng -p persona.yaml --run run.yaml",
            "  telltale verify evidence.zip --signer lab.pem.pub",
        })
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "AUDIT", description = "An audit.json, a run folder or a bundle.")
    private Path target = Path.of("");

    @Option(
            names = "--capture",
            paramLabel = "CAPTURE",
            description = "What was audited; may be repeated. A bundle brings its own.")
    private List<Path> captures = List.of();

    @Option(
            names = {"-p", "--persona"},
            paramLabel = "PERSONA.yaml",
            description = "What the test phone knows.")
    private Optional<Path> persona = Optional.empty();

    @Option(names = "--keys", paramLabel = "KEYLOG", description = "Key logs that were used.")
    private List<Path> keys = List.of();

    @Option(names = "--run", paramLabel = "RUN.yaml", description = "The run file that was used.")
    private Optional<Path> run = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "FILE|NAME",
            description = "The policy that was asked, where it was a file.")
    private Optional<String> policy = Optional.empty();

    @Option(
            names = "--declared",
            paramLabel = "FILE",
            description = "What the maker had declared, where that was asked.")
    private Optional<Path> declared = Optional.empty();

    @Option(
            names = "--salt",
            paramLabel = "FILE",
            description = "persona.salt of the run folder, where it does not lie beside the audit.")
    private Optional<Path> salt = Optional.empty();

    @Option(
            names = "--signer",
            paramLabel = "KEY.pub",
            description = "The public key (PEM) that must have signed.")
    private Optional<Path> signer = Optional.empty();

    @Option(
            names = "--authority",
            paramLabel = "CERT.pem",
            description = "Certificate of the time stamp authority that must have stamped.")
    private Optional<Path> authority = Optional.empty();

    private final Core core;
    private final Console console;

    VerifyCommand(Core core, Console console) {
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws UnreadableInput {
        Verification.Request request =
                new Verification.Request(
                        target,
                        new ArrayList<>(captures),
                        new ArrayList<>(keys),
                        run,
                        policy,
                        declared,
                        persona,
                        salt,
                        signer,
                        authority);
        List<Check> checks;
        try (ProgressLine progress = new ProgressLine(console)) {
            checks =
                    Verification.verify(
                            request,
                            (in, device, reveal, evidence) ->
                                    core.audit(
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
                                            Threads.of(Threads.usual()),
                                            progress,
                                            warning -> {}));
        } catch (IOException e) {
            throw new UnreadableInput("cannot verify " + target + ": " + FileErrors.why(e));
        }
        console.print(out -> write(checks, out));
        return exit(checks);
    }

    private static int exit(List<Check> checks) {
        int exit = Exit.OK;
        for (Check c : checks) {
            if (c.outcome() == Check.Outcome.DIFFERS) return Exit.FAIL;
            if (c.outcome() == Check.Outcome.UNCHECKED) exit = Exit.INCONCLUSIVE;
        }
        return exit;
    }

    private static void write(List<Check> checks, Writer out) throws IOException {
        for (Check c : checks) {
            String mark =
                    switch (c.outcome()) {
                        case HOLDS -> "  holds     ";
                        case DIFFERS -> "  DIFFERS   ";
                        case UNCHECKED -> "  unchecked ";
                    };
            out.write(mark + Printable.of(c.subject() + ": " + c.text()) + "\n");
        }
        out.write("\n  " + sentence(exit(checks)) + "\n");
    }

    private static String sentence(int exit) {
        return switch (exit) {
            case Exit.OK ->
                    "The audit holds: it says what its inputs say, and nothing was changed.";
            case Exit.FAIL ->
                    "The audit does not hold: something was changed since, or does not follow.";
            default -> "What could be checked holds; the rest could not be checked.";
        };
    }
}
