package dev.telltale.cli;

import java.util.Objects;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(
        name = "telltale",
        description = "What a phone tells about its owner, to whom, and how we know.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {GenerateCompletion.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    static final int INTERNAL_ERROR = 70;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    e.printStackTrace(command.getErr());
                    return INTERNAL_ERROR;
                });
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
