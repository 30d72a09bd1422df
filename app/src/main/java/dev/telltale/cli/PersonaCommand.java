package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Persona;
import dev.telltale.persona.NewPersona;
import dev.telltale.persona.PhoneLoad;
import dev.telltale.report.PersonaText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "persona",
        description = "Work with personas: what a test phone knows about itself and its owner.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  telltale persona new --region DE -o persona.yaml",
            "  telltale persona check persona.yaml",
            "  telltale persona vcard persona.yaml > contacts.vcf",
        })
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
                    PersonaText.write(
                            checked.persona(),
                            checked.warnings(),
                            checked.about(),
                            out,
                            console.look()));
            return Exit.OK;
        }
    }

    @Command(
            name = "new",
            description = "Make up a persona: valid values that belong to nobody.",
            sortOptions = false,
            footer = {
                "",
                "The same seed gives the same persona. Numbers come from test and fictitious"
                        + " ranges,",
                "addresses are at example.org, and no value can be taken for another, even cut"
                        + " short",
                "or hashed. Load it onto the phone (telltale persona vcard) before the recording.",
                "",
                "Examples:",
                "  telltale persona new -o persona.yaml",
                "  telltale persona new --region US --seed 7 --contacts 10 --name unit-7",
            })
    static final class New implements Callable<Integer> {

        @Option(
                names = "--region",
                paramLabel = "CC",
                defaultValue = "IN",
                description = "Country of names and phone numbers. Default: ${DEFAULT-VALUE}.")
        private String region = "";

        @Option(names = "--seed", paramLabel = "N", description = "Default: a new one each time.")
        private Optional<Long> seed = Optional.empty();

        @Option(
                names = "--contacts",
                paramLabel = "N",
                defaultValue = "5",
                description = "Contacts in its phone book. Default: ${DEFAULT-VALUE}.")
        private int contacts;

        @Option(names = "--name", paramLabel = "NAME", description = "Default: persona-SEED.")
        private Optional<String> name = Optional.empty();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Where to write it; never over a file that exists. Default: stdout.")
        private Optional<Path> output = Optional.empty();

        private final Console console;

        New(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            String cc = region.toUpperCase(Locale.ROOT);
            if (!cc.matches("[A-Z]{2}"))
                throw new Refused("--region " + region + " is no country code; give two letters");
            if (contacts < 0 || contacts > NewPersona.MOST_CONTACTS)
                throw new Refused(
                        "--contacts "
                                + contacts
                                + " is not between 0 and "
                                + NewPersona.MOST_CONTACTS);
            long n = seed.orElseGet(() -> new SecureRandom().nextLong(1L << 32));
            String called = name.orElse("persona-" + n);
            if (!called.matches("[\\p{L}\\p{N} ._-]{1,80}"))
                throw new Refused("--name takes letters, digits, spaces, dots and dashes");
            String yaml = NewPersona.yaml(new NewPersona.Wish(called, cc, n, contacts));
            if (!NewPersona.hasNumbers(cc))
                console.say(
                        "no phone numbers are kept free for fiction in "
                                + cc
                                + "; those of the persona are British");
            put(yaml, output, console);
            return Exit.OK;
        }
    }

    @Command(
            name = "vcard",
            description = "Write the persona's contacts as vCards, or a script for its messages.",
            sortOptions = false,
            footer = {
                "",
                "Values are shown: they are meant for the phone.",
                "",
                "Examples:",
                "  Contacts, for the phone's contacts app:",
                "    telltale persona vcard persona.yaml > contacts.vcf",
                "  For an old phone:",
                "    telltale persona vcard persona.yaml --old > contacts.vcf",
                "  Messages and calls, through adb:",
                "    telltale persona vcard persona.yaml --sms | sh",
            })
    static final class Vcard implements Callable<Integer> {

        @Parameters(paramLabel = "PERSONA.yaml", description = "The persona file.")
        private Path file = Path.of("");

        @Option(names = "--old", description = "vCard 2.1 instead of 4.0 (RFC 6350).")
        private boolean old;

        @Option(names = "--sms", description = "A shell script that loads messages and calls.")
        private boolean sms;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Where to write it; never over a file that exists. Default: stdout.")
        private Optional<Path> output = Optional.empty();

        private final Core core;
        private final Console console;

        Vcard(Core core, Console console) {
            this.core = core;
            this.console = console;
        }

        @Override
        public Integer call() throws UnreadableInput {
            Persona persona = core.persona(file).persona();
            put(
                    sms
                            ? PhoneLoad.script(persona, text())
                            : PhoneLoad.vcards(
                                    persona, old ? PhoneLoad.Version.V2_1 : PhoneLoad.Version.V4),
                    output,
                    console);
            return Exit.OK;
        }

        private String text() {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new Refused("cannot read " + file + ": " + FileErrors.why(e));
            }
        }
    }

    private static void put(String text, Optional<Path> file, Console console) {
        if (file.isEmpty()) {
            console.print(out -> out.write(text));
            return;
        }
        try {
            Files.writeString(file.get(), text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new Refused(file.get() + " exists; give another name");
        } catch (IOException e) {
            throw new Refused("cannot write " + file.get() + ": " + FileErrors.why(e));
        }
    }
}
