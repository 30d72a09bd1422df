package dev.telltale.lab;

import java.time.Duration;
import java.time.Instant;

/**
 * The lab's time: it stands still unless somebody moves it, so that the same seed gives the same
 * recording on any machine.
 */
final class LabClock {
    private Instant now;

    LabClock(Instant start) {
        now = start;
    }

    synchronized Instant now() {
        return now;
    }

    synchronized void advanceMicros(long micros) {
        now = now.plusNanos(Math.multiplyExact(micros, 1000L));
    }

    synchronized void advance(Duration by) {
        now = now.plus(by);
    }

    /**
     * @throws IllegalArgumentException where that is past: the plan leaves its steps too little
     *     time
     */
    synchronized void advanceTo(Instant then) {
        if (then.isBefore(now)) {
            throw new IllegalArgumentException(
                    "the plan leaves the steps before " + then + " too little time");
        }
        now = then;
    }
}
