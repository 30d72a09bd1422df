package dev.telltale.model;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where one sighting stood.
 *
 * @param capture index into {@link Audit.Inputs#captures}
 * @param frames 1-based, empty for exchange captures
 * @param entry 0-based entry of an exchange capture
 * @param request METHOD, space, URL as sent with every sighting in it replaced by {@code {kind}};
 *     other protocols: operation and resource; for a received message the request it answers
 * @param path from the wire inwards: the ranges of a step, read together, are what the next step's
 *     decoder took; the last step's ranges are the value
 * @param excerpt the value in its place, masked unless revealed
 */
public record Evidence(
        int capture,
        List<Long> frames,
        OptionalInt entry,
        long flow,
        Instant time,
        String request,
        List<Step> path,
        String excerpt) {
    /** The same of another request line. */
    public Evidence asking(String other) {
        return new Evidence(capture, frames, entry, flow, time, other, path, excerpt);
    }

    /** The same with an excerpt. */
    public Evidence showing(String what) {
        return new Evidence(capture, frames, entry, flow, time, request, path, what);
    }

    /**
     * @param layer {@code stream}, or the decoder that made this layer
     */
    public record Step(String layer, List<Range> ranges) {}
}
