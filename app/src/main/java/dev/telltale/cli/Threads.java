package dev.telltale.cli;

import dev.telltale.model.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A platform thread a task: the work is computing, and tasks may wait for each other. */
record Threads(int count) implements Workers {

    static Workers of(int count) {
        return count == 1 ? Workers.CALLER : new Threads(count);
    }

    /**
     * The JVM compiles and collects on other processors meanwhile; below four, more workers only
     * cost.
     */
    static int usual() {
        int processors = Runtime.getRuntime().availableProcessors();
        return processors < 4 ? 1 : Math.min(4, processors / 2);
    }

    @Override
    public void run(List<Runnable> tasks) {
        if (tasks.isEmpty()) return;
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> others = new ArrayList<>();
        for (Runnable task : tasks.subList(1, tasks.size())) {
            others.add(
                    Thread.ofPlatform()
                            .name("telltale-" + (others.size() + 1))
                            .daemon()
                            .start(() -> attempt(task, failure)));
        }
        attempt(tasks.getFirst(), failure);
        for (Thread thread : others) join(thread);
        rethrow(failure.get());
    }

    private static void attempt(Runnable task, AtomicReference<@Nullable Throwable> failure) {
        try {
            task.run();
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private static void rethrow(@Nullable Throwable t) {
        if (t instanceof RuntimeException e) throw e;
        if (t instanceof Error e) throw e;
        if (t != null) throw new IllegalStateException(t);
    }
}
