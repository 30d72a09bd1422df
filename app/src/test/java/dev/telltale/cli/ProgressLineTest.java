package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Console console(boolean terminal) {
        return new Console(
                OutputStream.nullOutputStream(),
                new PrintStream(err, true, UTF_8),
                false,
                terminal,
                Map.of());
    }

    private static void work(Console console, int millis) throws InterruptedException {
        try (ProgressLine line = new ProgressLine(console)) {
            for (int i = 0; i <= 10; i++) {
                line.at(i * 100_000_000L, 1_000_000_000L);
                Thread.sleep(millis / 10);
            }
        }
    }

    @Test
    void shortWorkShowsNothing() throws InterruptedException {
        work(console(true), 10);
        assertThat(err.size()).isZero();
    }

    @Test
    void aPipeSeesNothing() throws InterruptedException {
        work(console(false), 600);
        assertThat(err.size()).isZero();
    }

    @Test
    void longWorkShowsABarAndLeavesNothingBehind() throws InterruptedException {
        work(console(true), 1_000);
        String shown = err.toString(UTF_8);
        assertThat(shown).contains("Reading").contains("MB").doesNotContain("\n");
        // What stands on the line in the end: blanks, and the cursor at its start.
        assertThat(shown.substring(shown.lastIndexOf('\r') + 1)).isBlank();
    }
}
