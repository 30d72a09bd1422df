package dev.telltale.cli;

import dev.telltale.lab.LabRun;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

@Command(
        name = "lab",
        description = "Simulated phones and a vendor's cloud, recorded like real ones.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Everything happens on this machine, over real sockets and TLS with an authority of",
            "the lab's own. The recording is a pcapng that holds its keys and its run.",
            "",
            "Examples:",
            "  Which firmwares and test plans are there:",
            "    telltale lab list",
            "  Play the one that seals what it sends, and audit it:",
            "    telltale lab run sealer -o runs/sealer",
            "    telltale audit runs/sealer/capture.pcapng -p runs/sealer/persona.yaml",
            "  A plan of your own, from one that is there:",
            "    telltale lab plan everyday > plan.yaml",
            "    telltale lab run 2014-08-ota --plan plan.yaml -o runs/mine",
        })
final class LabCommand {

    @Command(
            name = "list",
            description = "List firmwares and test plans.",
            footer = {"", "Example:", "  telltale lab list"})
    static final class ListAll implements Callable<Integer> {
        private final Console console;

        ListAll(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            console.print(out -> {
                section(out, "Firmwares, each with the plan that shows it", LabRun.firmwares());
                out.write("\n");
                section(out, "Test plans, each with its persona", LabRun.plans());
            });
            return Exit.OK;
        }

        private static void section(Writer out, String title, List<LabRun.Listed> entries)
                throws IOException {
            out.write(title + "\n\n");
            for (LabRun.Listed e : entries) {
                out.write(String.format(Locale.ROOT, "  %-15s %-15s%n", e.name(), e.more()));
                out.write("      " + e.about() + "\n");
            }
        }
    }

    @Command(
            name = "plan",
            description = "Print a test plan, to read or to change.",
            footer = {
                "",
                "Steps: insert SIM, join Wi-Fi, allow location, add contact, send SMS, receive"
                    + " SMS,",
                "send MMS, receive MMS, make call, receive call, log in, read consent screen,",
                "opt in, opt out, factory reset, install update, leave idle, send controls.",
                "contact, sms and call are indexes into the persona's lists; who: peer is the"
                    + " second",
                "handset.",
                "",
                "Examples:",
                "  telltale lab plan published-2014",
                "  telltale lab plan two-handsets > plan.yaml",
            })
    static final class Plan implements Callable<Integer> {
        @Parameters(paramLabel = "PLAN", description = "A name from telltale lab list.")
        private String name = "";

        private final Console console;

        Plan(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            String yaml = orRefuse(() -> LabRun.planYaml(name));
            console.print(out -> out.write(yaml));
            return Exit.OK;
        }
    }

    @Command(
            name = "run",
            description = "Play a test plan on a simulated handset and record it.",
            footer = {
                "",
                "Writes capture.pcapng (with keys and run in it), run.yaml, persona.yaml, ca.pem,"
                    + " and",
                "sms.xml where the firmware sends SMS by itself. The same seed gives the same"
                    + " files.",
                "",
                "Examples:",
                "  telltale lab run 2014-07 -o runs/1",
                "  telltale lab run 2014-08-ota --plan two-handsets -o runs/2",
                "  telltale lab run drip --seed 7 -o runs/3",
                "  telltale lab run harvester -p my-persona.yaml -o runs/4",
            })
    static final class Play implements Callable<Integer> {
        @Parameters(paramLabel = "FIRMWARE", description = "A name from telltale lab list.")
        private String firmware = "";

        @Option(
                names = "--plan",
                paramLabel = "NAME|FILE",
                description = "The test plan. Default: the one that shows the firmware.")
        private Optional<String> plan = Optional.empty();

        @Option(
                names = {"-p", "--persona"},
                paramLabel = "PERSONA.yaml",
                description = "What the handset knows. Default: the plan's persona.")
        private Optional<Path> persona = Optional.empty();

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Seed of all that is random. Default: " + LabRun.SEED + ".")
        private long seed = LabRun.SEED;

        @Option(
                names = {"-o", "--output"},
                required = true,
                paramLabel = "DIR",
                description = "Takes the recording and what belongs to it.")
        private Path output = Path.of("");

        private final Console console;

        Play(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            LabRun run = orRefuse(() -> LabRun.of(firmware)).seed(seed);
            plan.ifPresent(p -> orRefuse(() -> plan(run, p)));
            persona.ifPresent(p -> orRefuse(() -> run.persona(p.toString(), text(p))));
            LabRun.Files files =
                    orRefuse(() -> {
                        try {
                            return run.play(output);
                        } catch (IOException e) {
                            throw new Refused(
                                    "cannot play into " + output + ": " + FileErrors.why(e));
                        }
                    });
            console.print(out -> {
                out.write("Recorded " + files.captures().getFirst() + "\n\n");
                out.write("  telltale audit");
                for (Path capture : files.captures()) out.write(" " + capture);
                out.write(" -p " + files.persona() + "\n");
            });
            return Exit.OK;
        }

        private static LabRun plan(LabRun run, String plan) {
            return Files.isRegularFile(Path.of(plan))
                    ? run.plan(plan, text(Path.of(plan)))
                    : run.plan(plan);
        }

        private static String text(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new Refused("cannot read " + file + ": " + FileErrors.why(e));
            }
        }
    }

    private interface Asking<T> {
        T ask();
    }

    /** What the lab does not have, or cannot use, is one line for the user. */
    private static <T> T orRefuse(Asking<T> asking) {
        try {
            return asking.ask();
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }
}
