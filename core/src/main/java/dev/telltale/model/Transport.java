package dev.telltale.model;

/**
 * How a flow's bytes travelled. {@code EXCHANGES} is a capture that holds whole exchanges (HAR,
 * flow dumps), no packets.
 */
public enum Transport {
    TCP,
    UDP,
    EXCHANGES
}
