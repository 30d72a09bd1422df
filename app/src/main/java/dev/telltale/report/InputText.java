package dev.telltale.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** Times and fingerprints of inputs, as all reports write them. */
final class InputText {

    private static final String DAY = "uuuu-MM-dd ";

    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern(DAY + "HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private InputText() {}

    /** {@code 2014-08-07 10:00:02 – 10:19:41 UTC}, empty where there is no time. */
    static String span(Optional<Instant> start, Optional<Instant> end) {
        if (start.isEmpty() || end.isEmpty()) return "";
        String from = DAY_AND_TIME.format(start.get());
        String to = DAY_AND_TIME.format(end.get());
        boolean sameDay = from.regionMatches(0, to, 0, DAY.length());
        return from + " – " + (sameDay ? to.substring(DAY.length()) : to) + " UTC";
    }

    /** Both addresses of a device; on a loopback interface the lower one is all zeros: none. */
    static String addresses(String ip, String mac, String between) {
        return mac.equals("00:00:00:00:00:00") ? ip : (ip + between + mac).strip();
    }

    static String fingerprint(String sha256) {
        return sha256.length() < 16 ? "" : "sha256 " + sha256.substring(0, 16) + "…";
    }
}
