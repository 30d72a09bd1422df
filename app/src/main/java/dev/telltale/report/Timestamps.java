package dev.telltale.report;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Instants as {@link Instant#toString} writes them, to the microsecond. An audit holds some hundred
 * thousand, nearly all of one day, and the general formatter looks its rules up for each.
 */
final class Timestamps {
    private static final int DAY = 86_400;

    private long day = Long.MIN_VALUE;
    private String date = "";

    String micros(Instant at) {
        long second = at.getEpochSecond();
        long d = Math.floorDiv(second, DAY);
        if (d != day) {
            LocalDate calendar =
                    Instant.ofEpochSecond(d * DAY).atOffset(ZoneOffset.UTC).toLocalDate();
            // Beyond four digits a year has a sign.
            if (calendar.getYear() < 0 || calendar.getYear() > 9999)
                return at.truncatedTo(ChronoUnit.MICROS).toString();
            day = d;
            date = calendar + "T";
        }
        int s = (int) Math.floorMod(second, DAY);
        int micros = at.getNano() / 1000;
        StringBuilder out = new StringBuilder(27).append(date);
        two(out, s / 3600).append(':');
        two(out, s / 60 % 60).append(':');
        two(out, s % 60);
        if (micros % 1000 != 0) digits(out.append('.'), micros, 100_000);
        else if (micros != 0) digits(out.append('.'), micros / 1000, 100);
        return out.append('Z').toString();
    }

    private static StringBuilder two(StringBuilder out, int n) {
        return out.append((char) ('0' + n / 10)).append((char) ('0' + n % 10));
    }

    private static void digits(StringBuilder out, int n, int first) {
        for (int unit = first; unit > 0; unit /= 10) out.append((char) ('0' + n / unit % 10));
    }
}
