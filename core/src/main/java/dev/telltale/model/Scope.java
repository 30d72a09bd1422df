package dev.telltale.model;

import java.util.Locale;

/** Whose an identifier is. */
public enum Scope {
    DEVICE,
    PERSON,
    CONTACT,
    LOCATION,
    NETWORK,
    SETUP;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
