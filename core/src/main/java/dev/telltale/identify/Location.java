package dev.telltale.identify;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A place as latitude and longitude in degrees (WGS 84), {@code lat,lon}: rounded or cut to 2 to 8
 * decimals, in either order, with the common separators; as integers; in the other notations of
 * {@link Coordinates}. Both coordinates of a pair are treated alike; one alone says little and
 * counts under a telling key only.
 */
final class Location {
    private static final int FEWEST = 1;
    private static final int MOST = 8;

    /** Fewer decimals alone (7 km or more) are in every weather report. */
    private static final int FEWEST_ALONE = 4;

    /**
     * A coordinate alone may be that of anything near; low enough that no amount of input makes it
     * count without a telling key.
     */
    private static final double ALONE = 12;

    private static final List<String> SEPARATORS =
            List.of(",", ", ", ";", "; ", " ", "|", "/", "_");

    private Location() {}

    static List<NormalForm> forms(String value, String region) {
        List<NormalForm> forms = new ArrayList<>();
        String[] two = value.split(",", 2);
        Optional<BigDecimal> lat = coordinate(two[0], 90);
        Optional<BigDecimal> lon = two.length < 2 ? Optional.empty() : coordinate(two[1], 180);
        if (lat.isEmpty() || lon.isEmpty()) {
            forms.add(NormalForm.of("as written", value, Token.WORD, Bits.word(value)).andHashed());
            return forms;
        }
        String latWritten = two[0].strip();
        String lonWritten = two[1].strip();
        int latKnown = Math.max(0, lat.get().scale());
        int lonKnown = Math.max(0, lon.get().scale());
        double written = bits(180, latKnown) + bits(360, lonKnown);
        forms.add(pair("lat,lon", latWritten + "," + lonWritten, written).andHashed());
        forms.add(pair("lat,lon", latWritten + ", " + lonWritten, written).andHashed());
        forms.add(pair("lon,lat", lonWritten + "," + latWritten, written).andHashed());
        pairs(forms, "", latWritten, lonWritten, written);
        alone(forms, "lat", latWritten, latKnown);
        alone(forms, "lon", lonWritten, lonKnown);
        for (int d = MOST; d >= FEWEST; d--) {
            double bits = bits(180, Math.min(d, latKnown)) + bits(360, Math.min(d, lonKnown));
            String decimals = " " + d + " decimals";
            for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN)) {
                BigDecimal a = lat.get().setScale(d, mode);
                BigDecimal o = lon.get().setScale(d, mode);
                pairs(forms, decimals, a.toPlainString(), o.toPlainString(), bits);
                // As a binary number prints: without the zeros at the end.
                double shown =
                        bits(180, Math.min(decimals(shortest(a)), latKnown))
                                + bits(360, Math.min(decimals(shortest(o)), lonKnown));
                pairs(forms, decimals, shortest(a), shortest(o), shown);
                if (d >= FEWEST_ALONE) {
                    alone(forms, "lat" + decimals, a.toPlainString(), Math.min(d, latKnown));
                    alone(forms, "lon" + decimals, o.toPlainString(), Math.min(d, lonKnown));
                    alone(forms, "lat" + decimals, shortest(a), Math.min(d, latKnown));
                    alone(forms, "lon" + decimals, shortest(o), Math.min(d, lonKnown));
                }
            }
        }
        double a = lat.get().doubleValue();
        double o = lon.get().doubleValue();
        integers(forms, lat.get(), lon.get(), latKnown, lonKnown);
        Coordinates.degreesMinutesSeconds(forms, lat.get(), lon.get(), latKnown, lonKnown);
        Coordinates.nmea(forms, lat.get(), lon.get(), latKnown, lonKnown);
        Coordinates.geohash(forms, a, o, Math.min(latKnown, lonKnown));
        Coordinates.plusCode(forms, a, o, Math.min(latKnown, lonKnown));
        Coordinates.binary(forms, a, o, written);
        return forms;
    }

    /** Degrees times 10^5, 10^6, 10^7, as platforms keep them. */
    private static void integers(
            List<NormalForm> forms, BigDecimal lat, BigDecimal lon, int latKnown, int lonKnown) {
        for (int e : new int[] {5, 6, 7}) {
            double bits = bits(180, Math.min(e, latKnown)) + bits(360, Math.min(e, lonKnown));
            for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN)) {
                String a = lat.movePointRight(e).setScale(0, mode).toPlainString();
                String o = lon.movePointRight(e).setScale(0, mode).toPlainString();
                pairs(forms, " E" + e, a, o, bits);
                forms.add(NormalForm.of("lat E" + e, a, Token.ALONE, Math.min(ALONE, bits)));
                forms.add(NormalForm.of("lon E" + e, o, Token.ALONE, Math.min(ALONE, bits)));
            }
        }
    }

    static Optional<String> complaint(String value, String region) {
        String[] two = value.split(",", 2);
        if (coordinate(two[0], 90).isEmpty())
            return Optional.of("latitude is not a number from -90 to 90");
        if (two.length < 2 || coordinate(two[1], 180).isEmpty())
            return Optional.of("longitude is not a number from -180 to 180");
        return Optional.empty();
    }

    private static void pairs(
            List<NormalForm> forms, String decimals, String lat, String lon, double bits) {
        for (String s : SEPARATORS)
            forms.add(pair(name("lat", s, "lon") + decimals, lat + s + lon, bits));
        for (String s : SEPARATORS)
            forms.add(pair(name("lon", s, "lat") + decimals, lon + s + lat, bits));
    }

    private static String name(String first, String separator, String second) {
        return first + separator.strip() + (separator.isBlank() ? " " : "") + second;
    }

    private static NormalForm pair(String name, String text, double bits) {
        return NormalForm.of(name, text, Token.DECIMAL, bits);
    }

    private static void alone(List<NormalForm> forms, String name, String text, int known) {
        if (decimals(text) < FEWEST_ALONE) return;
        forms.add(NormalForm.of(name, text, Token.ALONE, Math.min(ALONE, bits(180, known))));
    }

    /** Bits of a place that is known to so many decimals. */
    static double bits(int latKnown, int lonKnown, int atMost) {
        return bits(180, Math.min(atMost, latKnown)) + bits(360, Math.min(atMost, lonKnown));
    }

    /** Bits of a coordinate of this range in degrees that is known to so many decimals. */
    private static double bits(int range, int decimals) {
        return Math.log(range) / Math.log(2) + decimals * Bits.DIGIT;
    }

    private static int decimals(String text) {
        int dot = text.indexOf('.');
        return dot < 0 ? 0 : text.length() - dot - 1;
    }

    private static String shortest(BigDecimal x) {
        BigDecimal s = x.stripTrailingZeros();
        return s.setScale(Math.max(1, s.scale())).toPlainString();
    }

    private static Optional<BigDecimal> coordinate(String text, int limit) {
        String s = text.strip();
        if (s.length() > 40 || !s.matches("[+-]?\\d{1,3}(\\.\\d+)?")) return Optional.empty();
        BigDecimal x = new BigDecimal(s);
        return x.abs().compareTo(BigDecimal.valueOf(limit)) <= 0
                ? Optional.of(x)
                : Optional.empty();
    }
}
