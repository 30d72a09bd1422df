package dev.telltale.model;

/**
 * Why bytes were not readable (or, for {@code UNEXPLAINED}, not understood). Advice for each is
 * kept with the outputs.
 */
public enum ReasonCode {
    NONE,
    NO_KEYS,
    QUIC_NO_KEYS,
    PROPRIETARY,
    OPAQUE_PAYLOAD,
    UNEXPLAINED,
    GAP,
    TRUNCATED,
    BUDGET,
    UNDECODABLE,
    BODY_ABSENT,
    UNSUPPORTED,
    /** The phone refused the certificate it was shown: it speaks to the true server only. */
    PINNED,
    /** What went over a channel that was not recorded. */
    CHANNEL_NOT_CAPTURED
}
