package dev.telltale.model;

import java.util.List;

/** Threads, supplied by the application: core starts none. */
public interface Workers {
    /** How many tasks' worth of work can be done at the same time, at least 1. */
    int count();

    /**
     * Runs all at the same time (they may wait for each other); returns when all are done; rethrows
     * what one of them threw. Never called with more than one task where {@link #count} is 1.
     */
    void run(List<Runnable> tasks);

    /** The caller's own thread. */
    Workers CALLER =
            new Workers() {
                @Override
                public int count() {
                    return 1;
                }

                @Override
                public void run(List<Runnable> tasks) {
                    tasks.forEach(Runnable::run);
                }
            };
}
