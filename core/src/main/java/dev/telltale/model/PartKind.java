package dev.telltale.model;

/**
 * The parts analyzers deliver. {@code TARGET} is split further into path and query, a {@code
 * HEADER} named Cookie or Set-Cookie into cookies, by the unwrapper.
 */
public enum PartKind {
    TARGET("target"),
    PATH("path"),
    QUERY("query"),
    HEADER("header"),
    COOKIE("cookie"),
    BODY("body"),
    FRAME("frame"),
    /** A name the protocol carries: DNS question, SNI, topic. */
    NAME("name");

    private final String label;

    PartKind(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
