package dev.telltale.cli;

import dev.telltale.lab.AppTraffic;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * An audit of made-up traffic and the demo, for the launcher's start-up cache: what the JVM learns
 * from it (classes, profiles of hot methods) it need not find out again at every start. Not for
 * users.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = "Teaches the start-up cache; the launcher calls it.",
        footer = {"", "Example:", "  telltale rehearse"})
final class RehearseCommand implements Callable<Integer> {
    private static final int MEGABYTES = 60;

    private final Core core;
    private final Console console;

    RehearseCommand(Core core, Console console) {
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        new LabStory().tell(Optional.empty(), core, console);
        Path folder = Files.createTempDirectory("telltale-rehearsal");
        try {
            AppTraffic.Written written = AppTraffic.write(folder, MEGABYTES, 1);
            Core.AuditRequest request =
                    new Core.AuditRequest(
                            List.of(written.capture()),
                            written.persona(),
                            Optional.empty(),
                            List.of(),
                            "no-personal-data",
                            Optional.empty(),
                            false,
                            10_000);
            Output.of(Optional.of("-"), List.of("json"))
                    .write(core.audit(request, Workers.CALLER, Progress.NONE, w -> {}), console);
        } finally {
            delete(folder);
        }
        return Exit.OK;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(p);
        }
    }
}
