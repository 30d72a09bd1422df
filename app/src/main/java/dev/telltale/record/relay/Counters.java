package dev.telltale.record.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What is going on. */
public final class Counters {
    final AtomicInteger open = new AtomicInteger();
    final LongAdder connections = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder opened = new LongAdder();
    final LongAdder passed = new LongAdder();
    final LongAdder failed = new LongAdder();

    /**
     * At one moment.
     *
     * @param open connections now
     * @param connections so far
     * @param sent bytes from the phone, as they are inside TLS
     * @param received bytes to the phone
     * @param opened connections whose TLS was opened
     * @param passed connections that were passed through closed
     * @param failed connections that came to nothing
     */
    public record Now(
            int open,
            long connections,
            long sent,
            long received,
            long opened,
            long passed,
            long failed) {}

    public Now now() {
        return new Now(
                open.get(),
                connections.sum(),
                sent.sum(),
                received.sum(),
                opened.sum(),
                passed.sum(),
                failed.sum());
    }
}
