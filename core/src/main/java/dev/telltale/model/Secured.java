package dev.telltale.model;

/**
 * Protection of a flow or exchange.
 *
 * @param version {@code 1.3}, or empty where unknown
 * @param weak why it is weak (broken suite, certificate not checked), or empty
 */
public record Secured(Protection protection, String version, String weak) {
    public static final Secured NONE = new Secured(Protection.NONE, "", "");
}
