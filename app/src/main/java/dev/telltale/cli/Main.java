package dev.telltale.cli;

import dev.telltale.data.DataFolder;
import java.time.Clock;
import java.util.Objects;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

@Command(
        name = "telltale",
        description = "What a phone tells about its owner, to whom, and how we know.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  See it at work, no phone needed:",
            "    telltale demo",
            "  Record a phone that uses this machine as its proxy:",
            "    telltale record -p persona.yaml -o runs/1",
            "  Audit a recording of your own phone:",
            "    telltale audit phone.pcapng -p persona.yaml",
            "  What is in a recording:",
            "    telltale inspect phone.pcapng",
            "  What an update changed:",
            "    telltale compare runs/before runs/after",
            "  Completion in this shell (bash, zsh):",
            "    source <(telltale generate-completion)",
            "",
            "telltale COMMAND --help explains each command by example.",
        })
public final class Main {

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of an internal error.")
    private boolean debug;

    private Main() {}

    public static void main(String[] args) {
        Console console = Console.system();
        System.exit(
                run(
                        commandLine(new CoreCalls(DataFolder.of(console.environment())), console),
                        console,
                        args));
    }

    static CommandLine commandLine(Core core, Console console) {
        Main main = new Main();
        CommandLine telltale =
                new CommandLine(main)
                        .addSubcommand(new AuditCommand(core, console))
                        .addSubcommand(new InspectCommand(core, console))
                        .addSubcommand(new CompareCommand(core, console))
                        .addSubcommand(new VerifyCommand(core, console))
                        .addSubcommand(new BundleCommand(console))
                        .addSubcommand(new KeyCommand(console))
                        .addSubcommand(new ReportCommand(core, console))
                        .addSubcommand(
                                new CommandLine(new PersonaCommand())
                                        .addSubcommand(new PersonaCommand.New(console))
                                        .addSubcommand(new PersonaCommand.Check(core, console))
                                        .addSubcommand(new PersonaCommand.Vcard(core, console)))
                        .addSubcommand(new RecordCommand(core, console))
                        .addSubcommand(publish(core, console, Clock.systemUTC()))
                        .addSubcommand(
                                new CommandLine(new DataCommand())
                                        .addSubcommand(new DataCommand.Listing(console))
                                        .addSubcommand(new DataCommand.Update(console))
                                        .addSubcommand(new DataCommand.Import(console)))
                        .addSubcommand(
                                new CommandLine(new PolicyCommand())
                                        .addSubcommand(new PolicyCommand.ListThem(console))
                                        .addSubcommand(new PolicyCommand.Show(console)))
                        .addSubcommand(new DemoCommand(new LabStory(), core, console))
                        .addSubcommand(
                                new CommandLine(new LabCommand())
                                        .addSubcommand(new LabCommand.ListAll(console))
                                        .addSubcommand(new LabCommand.Play(console))
                                        .addSubcommand(new LabCommand.Plan(console)))
                        .addSubcommand(new RehearseCommand(core, console))
                        .addSubcommand(new GenerateCompletion());
        telltale.getSubcommands().values().forEach(Main::addHelp);
        Failures failures = new Failures(console, () -> main.debug);
        boolean colour = console.look().colour();
        return telltale.setOut(console.outWriter())
                .setErr(console.errWriter())
                .setColorScheme(Help.defaultColorScheme(colour ? Ansi.ON : Ansi.OFF))
                .setUsageHelpLongOptionsMaxWidth(26)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setExecutionStrategy(parsed -> {
                    if (parsed.hasSubcommand() || isHelp(parsed))
                        return new CommandLine.RunLast().execute(parsed);
                    telltale.usage(telltale.getErr());
                    return Exit.USAGE;
                });
    }

    private static CommandLine publish(Core core, Console console, Clock clock) {
        return new CommandLine(new PublishCommand(core, console, clock))
                .addSubcommand(new PublishCommand.New(core, console, clock))
                .addSubcommand(new PublishCommand.Send(console, clock))
                .addSubcommand(new PublishCommand.Subscribed(console));
    }

    /** Commands of libraries bring their own. */
    private static void addHelp(CommandLine command) {
        if (!command.getCommandSpec().optionsMap().containsKey("--help"))
            command.getCommandSpec()
                    .addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    private static boolean isHelp(CommandLine.ParseResult parsed) {
        return parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
    }

    /** Whatever happens becomes one line and an exit code. */
    static int run(CommandLine telltale, Console console, String... args) {
        try {
            return telltale.execute(args);
        } catch (OutOfMemoryError e) {
            console.say("out of memory; give it more: TELLTALE_JAVA_OPTS=-Xmx2g telltale ...");
            return Exit.INTERNAL;
        } catch (Error e) {
            return new Failures(console, () -> false).internal(e);
        }
    }

    /** The version the jar was built as; a run from a folder of classes has none. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String built = Main.class.getPackage().getImplementationVersion();
            return new String[] {"telltale " + Objects.requireNonNullElse(built, "(unpackaged)")};
        }
    }
}
