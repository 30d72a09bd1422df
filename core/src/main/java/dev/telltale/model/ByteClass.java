package dev.telltale.model;

/** What became of a byte that was sent. */
public enum ByteClass {
    READABLE,
    OPAQUE,
    ENCRYPTED,
    MISSING
}
