package dev.telltale.fuzz;

import java.lang.management.ManagementFactory;
import java.util.function.Consumer;

/**
 * The rules that hold for every fuzz target: nothing is thrown, and no input takes more than a
 * second of processor time. The clock on the wall says nothing on a busy machine.
 */
public final class Fuzzed {
    /** Longest input that must be through within {@link #MOST_NANOS}. */
    public static final int LONGEST = 100_000;

    private static final long MOST_NANOS = 1_000_000_000L;

    private Fuzzed() {}

    /**
     * Runs a target on one input and holds it to the time it may take. A slow run is repeated: the
     * first of a virtual machine loads classes.
     */
    public static void once(Consumer<byte[]> target, byte[] input) {
        long nanos = timed(target, input);
        if (nanos > MOST_NANOS) nanos = timed(target, input);
        if (nanos > MOST_NANOS && input.length <= LONGEST)
            throw new AssertionError(
                    input.length + " bytes took " + nanos / 1_000_000 + " ms of processor time");
    }

    private static long timed(Consumer<byte[]> target, byte[] input) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        target.accept(input);
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    }

    /** Two texts must be equal; says where they part. */
    public static void same(String what, String one, String other) {
        if (one.equals(other)) return;
        int i = 0;
        while (i < one.length() && i < other.length() && one.charAt(i) == other.charAt(i)) i++;
        throw new AssertionError(
                what
                        + " differs from character "
                        + i
                        + " on:\n"
                        + around(one, i)
                        + "\n--- and ---\n"
                        + around(other, i));
    }

    private static String around(String s, int at) {
        return s.substring(Math.max(0, at - 200), Math.min(s.length(), at + 200));
    }
}
