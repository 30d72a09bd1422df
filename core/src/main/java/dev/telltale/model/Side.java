package dev.telltale.model;

/**
 * Which end of a flow sent something. The initiator is the end that sent the first SYN or, without
 * one, the first packet.
 */
public enum Side {
    INITIATOR,
    RESPONDER;

    public Side other() {
        return this == INITIATOR ? RESPONDER : INITIATOR;
    }
}
