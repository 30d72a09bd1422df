package dev.telltale.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = "Re-enact the published RedMi 1S test of 2014 in the lab, and audit it.",
        footer = {
            "",
            "A simulated handset and its vendor's cloud talk over real sockets on this machine;",
            "the recording is audited like any other. Exit code 0 when it came out as published.",
            "",
            "Examples:",
            "  telltale demo",
            "  telltale demo -o demo-runs",
        })
final class DemoCommand implements Callable<Integer> {

    /**
     * The lab's story; the lab stands behind this, so that this package needs none of it in tests.
     */
    interface Story {
        /**
         * Plays, records and audits.
         *
         * @param folder takes a run folder each run, {@code DIR/1}, {@code DIR/2}, ...; empty for
         *     none
         * @return the exit code
         */
        int tell(Optional<Path> folder, Core core, Console console) throws Exception;
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Keep the recordings and audits as run folders DIR/1, DIR/2, ...")
    private Optional<Path> output = Optional.empty();

    private final Story story;
    private final Core core;
    private final Console console;

    DemoCommand(Story story, Core core, Console console) {
        this.story = story;
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        return story.tell(output, core, console);
    }
}
