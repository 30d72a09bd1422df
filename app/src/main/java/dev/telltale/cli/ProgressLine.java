package dev.telltale.cli;

import dev.telltale.model.Progress;
import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A bar on a terminal, nothing in a pipe. It appears only when the work takes long enough to be
 * waited for, so that short runs neither load it nor flicker, and goes away when the work is done.
 */
final class ProgressLine implements Progress, AutoCloseable {

    private static final long PATIENCE_NANOS = 400_000_000;
    private static final int WIDTH = 72;

    private final Console console;
    private final long start = System.nanoTime();
    private @Nullable ProgressBar bar;

    ProgressLine(Console console) {
        this.console = console;
    }

    @Override
    public synchronized void at(long done, long total) {
        if (!console.errIsTerminal()) return;
        if (bar == null) {
            if (System.nanoTime() - start < PATIENCE_NANOS) return;
            bar = bar(total);
        }
        bar.maxHint(total);
        bar.stepTo(done);
    }

    private ProgressBar bar(long total) {
        return new ProgressBarBuilder()
                .setTaskName("Reading")
                .setInitialMax(total)
                .setUnit(" MB", 1_000_000)
                .setStyle(
                        console.hasColours()
                                ? ProgressBarStyle.COLORFUL_UNICODE_BAR
                                : ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setConsumer(new OneLine(console.err()))
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public synchronized void close() {
        if (bar != null) bar.close();
        bar = null;
    }

    /**
     * Writes over one line and leaves it empty. It has a width of its own: asking the terminal for
     * one would load a terminal library.
     */
    private record OneLine(PrintStream err) implements ProgressBarConsumer {

        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String line) {
            err.print("\r" + line);
        }

        @Override
        public void clear() {
            err.print("\r" + " ".repeat(WIDTH) + "\r");
        }

        @Override
        public void close() {
            clear();
            err.flush();
        }
    }
}
