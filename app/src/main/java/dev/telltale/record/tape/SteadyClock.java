package dev.telltale.record.tape;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time of day, as it goes on from when the recording began: somebody who sets the machine's
 * clock meanwhile does not turn before and after a consent around.
 */
public final class SteadyClock {
    private static final Duration TELLING = Duration.ofSeconds(1);

    private final Clock clock;
    private final LongSupplier nanos;
    private final Instant began;
    private final long beganNanos;
    private Duration told = Duration.ZERO;

    public SteadyClock() {
        this(Clock.systemUTC(), System::nanoTime);
    }

    /**
     * @param nanos of a clock that nobody sets
     */
    SteadyClock(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        this.began = clock.instant();
        this.beganNanos = nanos.getAsLong();
    }

    public Instant now() {
        return began.plusNanos(nanos.getAsLong() - beganNanos);
    }

    /** Since 1970. */
    public long micros() {
        Instant now = now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /** By how much the machine's clock was set since this was last asked; zero where it was not. */
    public synchronized Duration jumped() {
        Duration off = Duration.between(now(), clock.instant()).minus(told);
        if (off.abs().compareTo(TELLING) < 0) return Duration.ZERO;
        told = told.plus(off);
        return off;
    }
}
