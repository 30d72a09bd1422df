package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.proof.Bundler;
import dev.telltale.proof.Seal;
import dev.telltale.proof.Signing;
import dev.telltale.proof.Timestamp;
import dev.telltale.proof.Verification;
import dev.telltale.report.AuditJsonReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "bundle",
        description =
                "Put a run folder and what it was made of into one file that others can check.",
        sortOptions = false,
        customSynopsis = {
            "telltale bundle RUN -o FILE.zip --capture C... -p PERSONA [OPTION...]",
            "telltale bundle RUN --redacted FILE.zip",
            "telltale bundle RUN [--sign KEY] [--timestamp FILE.tsr]",
        },
        footer = {
            "",
            "The bundle holds the persona and its salt: it is for those who may know them.",
            "Its redacted twin holds neither, nor captures, keys or run; it is for",
            "everybody.",
            "",
            "Examples:",
            "  telltale bundle runs/1 -o evidence.zip --sign lab.pem \\",
            "    --capture phone.pcapng -p persona.yaml --run run.yaml",
            "  telltale bundle runs/1 --redacted public.zip",
            "  A time stamp, fetched by other means (docs/proof.md):",
            "    telltale bundle runs/1 --timestamp manifest.tsr",
        })
final class BundleCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "A run folder (telltale audit ... -o RUN).")
    private Path folder = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE.zip",
            description = "The bundle to write.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--redacted",
            paramLabel = "FILE.zip",
            description = "Its twin for publication to write.")
    private Optional<Path> redacted = Optional.empty();

    @Option(names = "--capture", paramLabel = "CAPTURE", description = "What was audited.")
    private List<Path> captures = List.of();

    @Option(
            names = {"-p", "--persona"},
            paramLabel = "PERSONA.yaml",
            description = "The persona that was used.")
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
            names = "--without-captures",
            description = "Leave the captures out; who checks has to have them.")
    private boolean withoutCaptures;

    @Option(
            names = "--sign",
            paramLabel = "KEY.pem",
            description = "Sign the manifest with this key (telltale key makes one).")
    private Optional<Path> sign = Optional.empty();

    @Option(
            names = "--timestamp",
            paramLabel = "FILE.tsr",
            description = "Attach a time stamp response (RFC 3161) over the manifest.")
    private Optional<Path> timestamp = Optional.empty();

    private final Console console;

    BundleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws UnreadableInput {
        if (output.isEmpty() && redacted.isEmpty() && sign.isEmpty() && timestamp.isEmpty())
            throw new Refused("nothing to do: give -o, --redacted, --sign or --timestamp");
        if (output.isPresent() && (persona.isEmpty() || captures.isEmpty()))
            throw new Refused(
                    "a bundle holds what the audit was made of: give --capture and -p, or"
                            + " --redacted FILE.zip");
        Optional<Signing.Key> key = RunFolder.key(sign);
        Audit audit = audit(folder.resolve(OutputFormat.JSON.file()));
        Seal.By by = RunFolder.by();
        try {
            Bundler bundler = Bundler.of(folder, audit);
            if (key.isPresent()) Seal.sign(folder, audit, key.get(), by);
            if (timestamp.isPresent()) {
                String problem = Timestamp.attach(folder, audit, timestamp.get(), by);
                if (!problem.isEmpty()) throw new Refused(timestamp.get() + " " + problem);
            }
            if (output.isPresent()) bundler.full(output.get(), inputs(audit), !withoutCaptures, by);
            if (redacted.isPresent()) bundler.redacted(redacted.get(), by);
        } catch (IOException e) {
            throw new Refused("cannot bundle " + folder + ": " + FileErrors.why(e));
        }
        output.ifPresent(o -> console.say(o + " holds the persona: for those who may know it"));
        return Exit.OK;
    }

    private Verification.Inputs inputs(Audit audit) {
        return new Verification.Inputs(
                new ArrayList<>(captures),
                persona.orElseThrow(),
                run,
                new ArrayList<>(keys),
                policy.orElse(audit.inputs().policyName()),
                declared);
    }

    private static Audit audit(Path json) throws UnreadableInput {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(json))) {
            return AuditJsonReader.read(in);
        } catch (AuditJsonReader.Malformed e) {
            throw new UnreadableInput(json + " is no audit: " + e.getMessage());
        } catch (IOException e) {
            throw new UnreadableInput(json + " cannot be read: " + FileErrors.why(e));
        }
    }
}
