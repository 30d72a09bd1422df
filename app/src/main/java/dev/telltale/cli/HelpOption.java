package dev.telltale.cli;

import picocli.CommandLine.Option;

/** {@code --help}, for every command; picocli acts on it by itself. */
final class HelpOption {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;
}
