package dev.telltale.report;

import java.time.Duration;
import java.util.Locale;

/** Numbers in the one way all reports of a language write them. */
final class Amounts {

    private final Locale locale;

    Amounts(Locale locale) {
        this.locale = locale;
    }

    /** {@code 1,842}. */
    String number(long n) {
        return String.format(locale, "%,d", n);
    }

    /** {@code 112 B}, {@code 9.0 kB}, {@code 1.2 GB}: powers of ten. */
    String bytes(long n) {
        if (n < 1000) return n + " B";
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        double value = n;
        int unit = -1;
        // 999.95 would be written as 1000.0
        while (value >= 999.95) {
            value /= 1000;
            unit++;
        }
        if (unit < 0) return "1.0 kB";
        return String.format(locale, value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /** Never 100 where a byte is missing and never 0 where there is one. */
    String percent(long part, long whole) {
        if (part == whole) return "100 %";
        if (part == 0 || whole == 0) return "0 %";
        double percent = 100.0 * part / whole;
        if (percent < 0.1) return "<0.1 %";
        if (percent > 99.9) return ">99.9 %";
        return percent < 10 || percent > 90
                ? String.format(locale, "%.1f %%", percent)
                : String.format(locale, "%.0f %%", percent);
    }

    /** Two units at most: {@code 2 h 5 min}, {@code 12 min}, {@code 45 s}. */
    String duration(Duration d) {
        long s = Math.max(0, d.toSeconds());
        if (s >= 3600)
            return s / 3600 + " h" + (s / 60 % 60 == 0 ? "" : " " + s / 60 % 60 + " min");
        if (s >= 600) return s / 60 + " min";
        if (s >= 60) return s / 60 + " min" + (s % 60 == 0 ? "" : " " + s % 60 + " s");
        return s + " s";
    }

    /** {@code 3e-13}, {@code 0.002}. */
    String small(double d) {
        if (d != 0 && (d < 1e-3 || d >= 1e6))
            return String.format(locale, "%.0e", d)
                    .replaceAll("e([+-])0*", "e$1")
                    .replace("e+", "e");
        int decimals = d >= 1 ? 1 : d >= 0.1 ? 2 : d >= 0.01 ? 3 : 4;
        return String.format(locale, "%." + decimals + "f", d).replaceAll("[.,]?0+$", "");
    }
}
