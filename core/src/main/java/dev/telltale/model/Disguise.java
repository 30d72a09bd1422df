package dev.telltale.model;

/** How a value was dressed, plainest first. */
public enum Disguise {
    PLAIN,
    ENCODED,
    SPLIT,
    HASHED,
    SALTED,
    ENCRYPTED_KNOWN_KEY,
    DEPENDS_ON
}
