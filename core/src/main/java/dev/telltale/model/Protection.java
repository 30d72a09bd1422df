package dev.telltale.model;

/** What guarded the bytes on the wire. Encoding is never protection. Order: worst first. */
public enum Protection {
    NONE,
    OTHER,
    DTLS,
    TLS,
    QUIC
}
