package dev.telltale.report;

/**
 * How text is laid out.
 *
 * @param columns width of the page; kept between 40 and 100, where lines still read well
 * @param colour true where the reader's terminal shows colours
 */
public record Look(int columns, boolean colour) {

    /** For files and pipes. */
    public static final Look PLAIN = new Look(80, false);

    public Look {
        columns = Math.clamp(columns, 40, 100);
    }
}
