package dev.telltale.record.tape;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When connections go to a new file.
 *
 * @param bytes of a file
 * @param time since a file was begun
 */
public record Rotation(Optional<Long> bytes, Optional<Duration> time) {
    public static final Rotation NEVER = new Rotation(Optional.empty(), Optional.empty());

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,9})(k|m|g|s|min|h|d)b?");

    /**
     * @param text a size like {@code 500MB} or a time like {@code 30min}
     * @throws IllegalArgumentException where it is neither
     */
    public static Rotation of(String text) {
        Matcher m = AMOUNT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!m.matches() || Long.parseLong(m.group(1)) == 0)
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a size like 500MB nor a time like 30min, 6h or 1d");
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "k" -> size(n << 10);
            case "m" -> size(n << 20);
            case "g" -> size(n << 30);
            case "s" -> time(Duration.ofSeconds(n));
            case "min" -> time(Duration.ofMinutes(n));
            case "h" -> time(Duration.ofHours(n));
            default -> time(Duration.ofDays(n));
        };
    }

    private static Rotation size(long bytes) {
        return new Rotation(Optional.of(bytes), Optional.empty());
    }

    private static Rotation time(Duration time) {
        return new Rotation(Optional.empty(), Optional.of(time));
    }

    boolean due(long size, Duration age) {
        return bytes.isPresent() && size >= bytes.get()
                || time.isPresent() && age.compareTo(time.get()) >= 0;
    }
}
