package dev.telltale.audit;

import dev.telltale.model.Run;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The instants of a run at which a phase or consent begins or ends cut time into slots: within one
 * slot nothing changes, so that sightings can be counted per slot and judged later.
 */
final class TimeSlots {
    private final long[] cuts;
    private final long offsetNanos;

    TimeSlots(Optional<Run> run) {
        cuts = run.map(TimeSlots::cuts).orElse(new long[0]);
        offsetNanos = run.map(r -> r.clockOffsetMillis() * 1_000_000L).orElse(0L);
    }

    private static long[] cuts(Run run) {
        Stream<Instant> phases = run.phases().stream().flatMap(p -> Stream.of(p.from(), p.to()));
        Stream<Instant> consents =
                run.consents().stream()
                        .flatMap(c -> Stream.concat(Stream.of(c.given()), c.withdrawn().stream()));
        LongStream nanos = Stream.concat(phases, consents).mapToLong(TimeSlots::nanos);
        return nanos.sorted().distinct().toArray();
    }

    /** Capture time to true time, both in nanoseconds since the epoch. */
    long corrected(long captureNanos) {
        return captureNanos + offsetNanos;
    }

    /** Slot of a true time. */
    int slot(long nanos) {
        int i = Arrays.binarySearch(cuts, nanos);
        return i >= 0 ? i + 1 : -i - 1;
    }

    /** Some instant in the slot. */
    Instant within(int slot) {
        if (cuts.length == 0) return Instant.EPOCH;
        return instant(slot == 0 ? cuts[0] - 1 : cuts[slot - 1]);
    }

    static long nanos(Instant t) {
        return Math.addExact(Math.multiplyExact(t.getEpochSecond(), 1_000_000_000L), t.getNano());
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }
}
