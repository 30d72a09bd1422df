package dev.telltale.cli;

import dev.telltale.audit.Comparer;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Comparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "compare",
        description = "Say what is fixed, new, still there, moved or changed between runs.",
        sortOptions = false,
        customSynopsis = "telltale compare BEFORE AFTER [MORE...] [OPTION...]",
        footer = {
            "",
            "Runs of one build with the same steps and consents are taken together as repeats;",
            "the last build is judged against those before it. Gone is called fixed only where the",
            "same steps were done, the phone's controls were seen, it was observed at least as",
            "long, and what was sent there could be read.",
            "",
            "Exit code: 1 something new or worse, 3 something not exercised, 0 else, 2 wrong usage",
            "or unreadable input.",
            "",
            "Examples:",
            "  Before and after an update, from their run folders:",
            "    telltale compare runs/2014-07 runs/2014-08",
            "  A history, without what the phone does when it lies idle:",
            "    telltale compare runs/1 runs/2 runs/3 --baseline runs/idle",
            "  Straight from recordings:",
            "    telltale compare old.har new.har -p persona.yaml",
            "  For a program:",
            "    telltale compare a/audit.json b/audit.json --format json | jq .outcome",
        })
final class CompareCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "RUN",
            arity = "2..*",
            description = "Run folders, audit JSONs, or captures with -p; the earliest first.")
    private List<Path> runs = List.of();

    @Option(
            names = {"-p", "--persona"},
            paramLabel = "PERSONA.yaml",
            description = "For captures: what the test phone knows.")
    private Optional<Path> persona = Optional.empty();

    @Option(
            names = "--run",
            paramLabel = "RUN.yaml",
            description = "For captures: their run files, one each in the same order.")
    private List<Path> runFiles = List.of();

    @Option(
            names = "--keys",
            paramLabel = "KEYLOG",
            description = "For captures: key logs; may be repeated.")
    private List<Path> keys = List.of();

    @Option(
            names = "--policy",
            paramLabel = "FILE|NAME",
            defaultValue = "no-personal-data",
            description = "For captures: what the phone is held to. Default: ${DEFAULT-VALUE}.")
    private String policy = "";

    @Option(
            names = "--device",
            paramLabel = "IP|MAC",
            description = "For captures: the phone's address.")
    private Optional<String> device = Optional.empty();

    @Option(
            names = "--baseline",
            paramLabel = "RUN",
            description = "An idle run: what is in it is taken out of all others.")
    private Optional<Path> baseline = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR|-",
            description = "A folder for all outputs, or - for the one --format to stdout.")
    private Optional<String> output = Optional.empty();

    @Option(
            names = "--format",
            split = ",",
            paramLabel = "FORMAT",
            description = "text, json or html; several with -o DIR, separated by commas.")
    private List<String> formats = List.of();

    @Mixin private LanguageOption language = new LanguageOption();

    private final Core core;
    private final Console console;

    CompareCommand(Core core, Console console) {
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws UnreadableInput {
        Output<Comparison> to =
                Output.of(output, formats, OutputFormat.COMPARISONS).in(language.locale());
        RunInputs inputs =
                new RunInputs(
                        core,
                        console,
                        persona,
                        new ArrayList<>(runFiles),
                        new ArrayList<>(keys),
                        policy,
                        device.map(Devices::checked));
        List<Comparer.Input> read = new ArrayList<>();
        for (Path run : runs) read.add(inputs.read(run));
        Optional<Comparer.Input> idle = Optional.empty();
        if (baseline.isPresent()) idle = Optional.of(inputs.read(baseline.get()));
        inputs.done();
        Comparison comparison = Comparer.compare(read, idle);
        to.write(comparison, console);
        return Exit.of(comparison.outcome());
    }
}
