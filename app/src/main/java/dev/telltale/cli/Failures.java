package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Everything that goes wrong, as one line on stderr and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Console console;
    private final BooleanSupplier debug;

    Failures(Console console, BooleanSupplier debug) {
        this.console = console;
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        console.say(
                "%s (try: %s --help)"
                        .formatted(complaint(e), command.getCommandSpec().qualifiedName(" ")));
        return Exit.USAGE;
    }

    private static String complaint(ParameterException e) {
        return switch (e) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing ->
                    "missing "
                            + String.join(
                                    ", ",
                                    missing.getMissing().stream().map(Failures::name).toList());
            default -> oneLine(String.valueOf(e.getMessage()));
        };
    }

    private static String name(CommandLine.Model.ArgSpec arg) {
        if (!(arg instanceof CommandLine.Model.OptionSpec option)) return arg.paramLabel();
        String names = String.join(" or ", option.names());
        return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String first = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().getFirst();
        boolean command = !e.isUnknownOption() && !e.getCommandLine().getSubcommands().isEmpty();
        String what =
                e.isUnknownOption()
                        ? "unknown option"
                        : command ? "unknown command" : "one argument too many:";
        CommandLine of = e.getCommandLine();
        Set<String> known =
                command ? of.getSubcommands().keySet() : of.getCommandSpec().optionsMap().keySet();
        String suggestion =
                command || e.isUnknownOption()
                        ? Nearest.to(first, known).map(n -> ". Did you mean " + n + "?").orElse("")
                        : "";
        return what + " '" + first + "'" + suggestion;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return switch (e) {
            case Refused refused -> say(refused);
            case UnreadableInput unreadable -> say(unreadable);
            default -> internal(e);
        };
    }

    private int say(Exception e) {
        console.say(oneLine(String.valueOf(e.getMessage())));
        return Exit.USAGE;
    }

    /**
     * A defect of ours. The file holds no messages, only where it happened: a message may quote
     * what was being read.
     */
    int internal(Throwable e) {
        if (debug.getAsBoolean()) {
            e.printStackTrace(console.err());
            return Exit.INTERNAL;
        }
        String where = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
        console.say(
                "internal error, %s%s; %s, please report it"
                        .formatted(e.getClass().getSimpleName(), where, keep(e)));
        return Exit.INTERNAL;
    }

    private static String keep(Throwable e) {
        StringBuilder trace = new StringBuilder();
        for (Throwable t = e; t != null && trace.length() < 100_000; t = t.getCause()) {
            trace.append(t.getClass().getName()).append('\n');
            for (StackTraceElement frame : t.getStackTrace())
                trace.append("    at ").append(frame).append('\n');
        }
        try {
            Path file = Files.createTempFile("telltale-error-", ".txt");
            Files.writeString(file, trace);
            return "the stack trace is in " + file;
        } catch (IOException | RuntimeException cannot) {
            return "run it again with --debug to see the stack trace";
        }
    }

    private static String oneLine(String s) {
        return s.replaceAll("\\s+", " ").strip();
    }
}
