package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.report.PersonaText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "persona",
        description = "Work with personas: what a test phone knows about itself and its owner.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Example:", "  telltale persona check persona.yaml"})
final class PersonaCommand {

    @Command(
            name = "check",
            description = "Read a persona and say what is in it and what looks wrong.",
            footer = {
                "",
                "A persona, in short; every kind is optional:",
                "    persona: my-phone",
                "    region: IN",
                "    identifiers:",
                "      imei: \"867345021234563\"",
                "      msisdn: \"+919812345678\"",
                "      email: asha.rao@example.org",
                "      contacts: [{name: Vikram Sen, phone: \"+919811112222\"}]",
                "",
                "A value that fails its check (an IMEI's check digit, say) is a warning: it is",
                "searched for as written. Values are never shown.",
                "",
                "Example:",
                "  telltale persona check persona.yaml",
            })
    static final class Check implements Callable<Integer> {

        @Parameters(paramLabel = "PERSONA.yaml", description = "The persona file.")
        private Path file = Path.of("");

        private final Core core;
        private final Console console;

        Check(Core core, Console console) {
            this.core = core;
            this.console = console;
        }

        @Override
        public Integer call() throws UnreadableInput {
            Core.Checked checked = core.persona(file);
            console.print(out ->
                    PersonaText.write(checked.persona(), checked.warnings(), out, console.look()));
            return Exit.OK;
        }
    }
}
