package dev.telltale.model;

/** Result of a rule or of the whole audit; worst first. */
public enum Outcome {
    FAIL,
    INCONCLUSIVE,
    PASS
}
