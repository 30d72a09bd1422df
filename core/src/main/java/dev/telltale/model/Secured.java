package dev.telltale.model;

/**
 * Protection of a flow or exchange.
 *
 * @param version {@code 1.3}, or empty where unknown
 * @param weak why it is weak (broken suite, certificate not checked), or empty
 */
public record Secured(Protection protection, String version, String weak)
        implements Comparable<Secured> {
    public static final Secured NONE = new Secured(Protection.NONE, "", "");

    /** Worst protection first. */
    @Override
    public int compareTo(Secured o) {
        int c = protection.compareTo(o.protection);
        if (c == 0) c = version.compareTo(o.version);
        return c != 0 ? c : weak.compareTo(o.weak);
    }
}
