package dev.telltale.report;

import java.util.Locale;

/**
 * How text is laid out, and in which language a report is written.
 *
 * @param columns width of the page; kept between 40 and 100, where lines still read well
 * @param colour true where the reader's terminal shows colours
 * @param language one of {@link Words#LANGUAGES}
 */
public record Look(int columns, boolean colour, Locale language) {

    /** For files and pipes. */
    public static final Look PLAIN = new Look(80, false);

    public Look {
        columns = Math.clamp(columns, 40, 100);
    }

    /** In English. */
    public Look(int columns, boolean colour) {
        this(columns, colour, Locale.ENGLISH);
    }

    public Look in(Locale other) {
        return new Look(columns, colour, other);
    }
}
