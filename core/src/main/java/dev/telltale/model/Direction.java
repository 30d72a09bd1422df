package dev.telltale.model;

/** As seen from the phone. */
public enum Direction {
    SENT,
    RECEIVED
}
