package dev.telltale.analyze.quic;

/** The frames that a datagram came with, and when. */
record Origin(long[] frames, long timeNanos) {}
