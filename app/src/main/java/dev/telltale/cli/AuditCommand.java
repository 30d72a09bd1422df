package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.proof.Har;
import dev.telltale.proof.Signing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "audit",
        description = "Say who got which identifier of the phone, in which disguise, and prove it.",
        sortOptions = false,
        customSynopsis = "telltale audit CAPTURE... -p PERSONA.yaml [OPTION...]",
        footer = {
            "",
            "Exit code: 0 PASS, 1 FAIL, 3 INCONCLUSIVE, 2 wrong usage or unreadable input.",
            "Values are masked in every output unless --reveal is given.",
            "",
            "Examples:",
            "  A first look, as text:",
            "    telltale audit phone.pcapng -p persona.yaml",
            "  With phases and consents, all outputs into a run folder:",
            "    telltale audit phone.pcapng -p persona.yaml --run run.yaml -o runs/1",
            "  Several captures of one phone, which is told by its address:",
            "    telltale audit a.pcap b.pcap -p persona.yaml --device 10.0.0.7",
            "  With the keys of its TLS connections:",
            "    telltale audit phone.pcap -p persona.yaml --keys tls.keys",
            "  Held to another policy, and against what the maker declared:",
            "    telltale audit phone.pcap -p persona.yaml --policy declared --declared play.csv",
            "  For a program:",
            "    telltale audit phone.pcap -p persona.yaml --format json | jq .verdict",
        })
final class AuditCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "CAPTURE",
            arity = "1..*",
            description = "pcap, pcapng (plain, .gz, .zst) or HAR; several give one audit.")
    private List<Path> captures = List.of();

    @Option(
            names = {"-p", "--persona"},
            required = true,
            paramLabel = "PERSONA.yaml",
            description = "What the test phone knows: its identifiers and its owner's.")
    private Path persona = Path.of("");

    @Option(
            names = "--run",
            paramLabel = "RUN.yaml",
            description = "Phases, consents and circumstances of the recording.")
    private Optional<Path> run = Optional.empty();

    @Option(
            names = "--keys",
            paramLabel = "KEYLOG",
            description =
                    "TLS or QUIC key log (SSLKEYLOGFILE format), or keys that a hooking tool"
                            + " logged; may be repeated.")
    private List<Path> keys = List.of();

    @Option(
            names = "--policy",
            paramLabel = "FILE|NAME",
            defaultValue = "no-personal-data",
            description =
                    "What the phone is held to: a name from telltale policy list, or a file."
                            + " Default: ${DEFAULT-VALUE}.")
    private String policy = "";

    @Option(
            names = "--declared",
            paramLabel = "FILE",
            description =
                    "What the maker says is collected: a Play data safety export, a"
                            + " PrivacyInfo.xcprivacy, or a list.")
    private Optional<Path> declared = Optional.empty();

    @Option(
            names = "--device",
            paramLabel = "IP|MAC",
            description = "The phone's address, where the capture holds more than one device.")
    private Optional<String> device = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR|-",
            description = "A run folder for all outputs, or - for the one --format to stdout.")
    private Optional<String> output = Optional.empty();

    @Option(
            names = "--format",
            split = ",",
            paramLabel = "FORMAT",
            description =
                    "text, json, html, markdown, csv, sarif, junit or har (the opened exchanges);"
                            + " several with -o DIR, separated by commas.")
    private List<String> formats = List.of();

    @Option(
            names = "--sign",
            paramLabel = "KEY.pem",
            description = "Sign the run folder's manifest (telltale key makes a key).")
    private Optional<Path> sign = Optional.empty();

    @Option(names = "--reveal", description = "Show values instead of masking them.")
    private boolean reveal;

    @Option(
            names = "--evidence",
            paramLabel = "N",
            defaultValue = "10000",
            description =
                    "Pieces of evidence kept per finding; counts stay exact. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int evidence;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description =
                    "Threads; the result is the same with any number. Default: one, more where"
                            + " there are four processors or more.")
    private Optional<Integer> workers = Optional.empty();

    @Mixin private LanguageOption language = new LanguageOption();

    private final Core core;
    private final Console console;

    AuditCommand(Core core, Console console) {
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws UnreadableInput {
        if (evidence < 0)
            throw new Refused("--evidence " + evidence + " is less than nothing; give 0 or more");
        Core.AuditRequest request =
                new Core.AuditRequest(
                        new ArrayList<>(captures),
                        persona,
                        run,
                        new ArrayList<>(keys),
                        policy,
                        device.map(Devices::checked),
                        reveal,
                        evidence,
                        declared);
        Output<Audit> to = Output.of(output, formats, offered(request)).in(language.locale());
        if (sign.isPresent() && to.folder().isEmpty())
            throw new Refused("--sign signs the manifest of a run folder: give -o DIR, too");
        Optional<Signing.Key> key = RunFolder.key(sign);
        Audit audit;
        try (ProgressLine progress = new ProgressLine(console)) {
            audit = core.audit(request, Threads.of(threads()), progress, console::say);
        }
        if (to.folder().isEmpty()) {
            to.write(audit, console);
            return Exit.of(audit.verdict().outcome());
        }
        RunFolder folder = new RunFolder(to.folder().get(), request, core);
        Audit committed = folder.committed(audit);
        to.write(committed, console);
        folder.seal(
                committed,
                to.files().stream().map(OutputFormat::file).collect(Collectors.toSet()),
                key);
        return Exit.of(audit.verdict().outcome());
    }

    /** The opened traffic is as large as the recording: only where it is asked for. */
    private List<OutputFormat<Audit>> offered(Core.AuditRequest request) {
        if (formats.isEmpty()) return OutputFormat.ALL;
        List<OutputFormat<Audit>> all = new ArrayList<>(OutputFormat.ALL);
        all.add(
                new OutputFormat<>(
                        "har",
                        "exchanges.har",
                        (audit, out, look) -> {
                            try {
                                Har.write(audit, core.replay(request, audit), out);
                            } catch (UnreadableInput e) {
                                throw new IOException(e.getMessage(), e);
                            }
                        }));
        return List.copyOf(all);
    }

    private int threads() {
        int n = workers.orElseGet(Threads::usual);
        if (n < 1 || n > 1024) throw new Refused("--workers " + n + " is not between 1 and 1024");
        return n;
    }
}
