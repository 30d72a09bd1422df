package dev.telltale.capture;

import java.time.Instant;
import java.util.Optional;

/**
 * What one reading of a capture came to.
 *
 * @param packets all packets of the file, those that could not be handed over among them
 * @param start earliest time in the capture, empty where nothing in it has a time
 * @param end latest time
 */
public record CaptureTotals(
        long packets, long exchanges, Optional<Instant> start, Optional<Instant> end) {
    /**
     * Totals of times in nanoseconds since the epoch; {@code start > end} says that there is none.
     */
    static CaptureTotals of(long packets, long exchanges, long startNanos, long endNanos) {
        if (startNanos > endNanos)
            return new CaptureTotals(packets, exchanges, Optional.empty(), Optional.empty());
        return new CaptureTotals(
                packets,
                exchanges,
                Optional.of(instant(startNanos)),
                Optional.of(instant(endNanos)));
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }
}
