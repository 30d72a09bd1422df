package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

    @Test
    void completionScriptCoversEveryCommand() {
        CommandLine root = Main.commandLine();
        StringWriter out = new StringWriter();
        int exit = root.setOut(new PrintWriter(out)).execute("generate-completion");
        assertThat(exit).isZero();
        assertThat(out.toString()).contains(root.getSubcommands().keySet());
    }

    @Test
    void wrongUsageExitsWithTwoAndSaysWhy() {
        StringWriter err = new StringWriter();
        int exit = Main.commandLine().setErr(new PrintWriter(err)).execute("--no-such-option");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("--no-such-option");
    }
}
