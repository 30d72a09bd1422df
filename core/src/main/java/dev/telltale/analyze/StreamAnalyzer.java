package dev.telltale.analyze;

import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;

/**
 * Reads one protocol on both sides of a byte stream. Sans-IO: any chunking of the same stream gives
 * the same exchanges.
 *
 * <p>Analyzers stack: one that carries another protocol (a tunnel, later TLS) makes a nested
 * analyzer from {@link Context#nested} and passes events on. Offsets are those of the stream this
 * analyzer was given, contiguous for each side, gaps included; a layer that changes bytes
 * translates offsets in the sink it hands to the nested one.
 */
public interface StreamAnalyzer {
    /** The next bytes of {@code side}; the array is the caller's and may change after the call. */
    void data(Side side, long offset, byte[] bytes, int from, int length);

    /** {@code length} bytes of {@code side} are missing. */
    void gap(Side side, long offset, long length, ReasonCode reason);

    /**
     * Nothing more of {@code side}; once both sides are closed, every exchange is ended and every
     * byte accounted for.
     */
    void closed(Side side, StreamEvent.How how);
}
