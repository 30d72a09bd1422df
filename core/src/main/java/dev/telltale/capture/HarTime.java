package dev.telltale.capture;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * {@code startedDateTime}: {@code YYYY-MM-DDThh:mm:ss.sTZD} (ISO 8601), any number of fractional
 * digits; without an offset it is UTC.
 */
final class HarTime {
    /** No readable time. */
    static final long NONE = Long.MIN_VALUE;

    private HarTime() {}

    /** Nanoseconds since the epoch, or {@link #NONE}. */
    static long nanos(byte[] b, int from, int length) {
        if (length < 16 || length > 64) return NONE;
        int end = from + length;
        int year = digits(b, from, 4);
        int month = digits(b, from + 5, 2);
        int day = digits(b, from + 8, 2);
        int hour = digits(b, from + 11, 2);
        int minute = digits(b, from + 14, 2);
        if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 24 || minute < 0 || minute > 59)
            return NONE;
        if (b[from + 4] != '-' || b[from + 7] != '-' || b[from + 13] != ':') return NONE;
        if (b[from + 10] != 'T' && b[from + 10] != 't' && b[from + 10] != ' ') return NONE;
        int i = from + 16;
        int second = 0;
        long fraction = 0;
        if (i < end && b[i] == ':') {
            if (i + 3 > end) return NONE;
            second = digits(b, i + 1, 2);
            if (second < 0 || second > 60) return NONE;
            i += 3;
            if (i < end && (b[i] == '.' || b[i] == ',')) {
                i++;
                long unit = 100_000_000;
                for (; i < end && b[i] >= '0' && b[i] <= '9'; i++) {
                    fraction += unit * (b[i] - '0');
                    unit /= 10;
                }
            }
        }
        int offset = offset(b, i, end);
        if (offset == Integer.MIN_VALUE) return NONE;
        try {
            long days = LocalDate.of(year, month, day).toEpochDay();
            long seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
            return Math.addExact(Math.multiplyExact(seconds, 1_000_000_000L), fraction);
        } catch (DateTimeException | ArithmeticException e) {
            return NONE;
        }
    }

    /** {@code Z}, {@code +hh:mm}, {@code +hhmm}, {@code +hh} or nothing, in seconds east of UTC. */
    private static int offset(byte[] b, int from, int end) {
        int n = end - from;
        if (n == 0 || n == 1 && (b[from] == 'Z' || b[from] == 'z')) return 0;
        int sign = b[from] == '+' ? 1 : b[from] == '-' ? -1 : 0;
        boolean colon = n == 6 && b[from + 3] == ':';
        if (sign == 0 || n != 3 && n != 5 && !colon) return Integer.MIN_VALUE;
        int hours = digits(b, from + 1, 2);
        int minutes = n == 3 ? 0 : digits(b, from + (colon ? 4 : 3), 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return Integer.MIN_VALUE;
        return sign * (hours * 3600 + minutes * 60);
    }

    private static int digits(byte[] b, int from, int n) {
        int v = 0;
        for (int i = from; i < from + n; i++) {
            if (b[i] < '0' || b[i] > '9') return -1;
            v = v * 10 + (b[i] - '0');
        }
        return v;
    }
}
