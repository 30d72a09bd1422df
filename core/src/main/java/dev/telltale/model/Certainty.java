package dev.telltale.model;

/** How sure a finding is, surest first. */
public enum Certainty {
    CERTAIN,
    HIGH,
    MEDIUM,
    LOW
}
