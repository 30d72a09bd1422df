package dev.telltale.cli;

import dev.telltale.audit.Comparer;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.proof.Seal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "report",
        description = "Write an audit that is already made in another form or language.",
        sortOptions = false,
        customSynopsis = "telltale report RUN [OPTION...]",
        footer = {
            "",
            "Reads audit.json alone: what was masked in it stays masked. Exit code 0; 2 wrong usage",
            "or unreadable input.",
            "",
            "Examples:",
            "  All outputs in German, beside the run folder, which is sealed:",
            "    telltale report runs/1 -o runs/1-de --lang de",
            "  One of them to a program:",
            "    telltale report runs/1/audit.json --format csv | head",
        })
final class ReportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "A run folder or an audit JSON.")
    private Path run = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR|-",
            description = "A folder for all outputs, or - for the one --format to stdout.")
    private Optional<String> output = Optional.empty();

    @Option(
            names = "--format",
            split = ",",
            paramLabel = "FORMAT",
            description =
                    "text, json, html, markdown, csv, sarif or junit; several with -o DIR, separated by commas.")
    private List<String> formats = List.of();

    @Mixin private LanguageOption language = new LanguageOption();

    private final Core core;
    private final Console console;

    ReportCommand(Core core, Console console) {
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws UnreadableInput {
        Output<Audit> to = Output.of(output, formats).in(language.locale());
        to.folder()
                .filter(f -> Files.exists(f.resolve(Seal.MANIFEST)))
                .ifPresent(f -> {
                    throw new Refused(
                            "-o "
                                    + f
                                    + " is sealed by its "
                                    + Seal.MANIFEST
                                    + "; give another folder");
                });
        RunInputs inputs =
                new RunInputs(
                        core,
                        console,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        "no-personal-data",
                        Optional.empty());
        Comparer.Input read = inputs.read(run);
        to.write(read.audit(), console);
        return Exit.OK;
    }
}
