package dev.telltale.matrix;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A place in the notations of maps, receivers and grids. */
final class PlaceWritings {
    private final Writings w;
    private final BigDecimal lat;
    private final BigDecimal lon;

    private PlaceWritings(Writings w, String v) {
        this.w = w;
        lat = new BigDecimal(v.substring(0, v.indexOf(',')));
        lon = new BigDecimal(v.substring(v.indexOf(',') + 1));
    }

    static void of(Writings w, String v) {
        PlaceWritings p = new PlaceWritings(w, v);
        p.degrees();
        p.integers();
        for (int d = 0; d <= 3; d++) p.sexagesimal(d);
        for (int d = 2; d <= 6; d++) p.nmea(d);
        p.grids();
        p.binary();
    }

    private void degrees() {
        for (int d : new int[] {6, 1, 2, 3, 4, 5, 7, 8})
            for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN)) {
                String a = lat.setScale(d, mode).toPlainString();
                String o = lon.setScale(d, mode).toPlainString();
                for (String s : List.of(",", ", ", ";", " ", "|", "/", "_")) {
                    String between = s.strip() + (s.isBlank() ? " " : "");
                    w.add(named("lat" + between + "lon", d, a, o), a + s + o, d >= 4, d <= 6);
                    w.add(named("lon" + between + "lat", d, a, o), o + s + a, d >= 4, d <= 6);
                }
                if (d < 4) continue;
                w.add(named("lat", d, a, a), a, false, false);
                w.add(named("lon", d, o, o), o, false, false);
            }
    }

    /**
     * With all its decimals it is as written; and zeros at the end may be those of a coarser one.
     */
    private Set<String> named(String form, int decimals, String a, String o) {
        Set<String> names = new TreeSet<>();
        if (decimals >= lat.scale()) names.add(form);
        for (int d = decimals; d > 0 && d >= decimals - 2; d--) {
            names.add(form + " " + d + " decimals");
            if (!a.endsWith("0") && !o.endsWith("0")) break;
        }
        // A finer one may end in a zero that nobody writes.
        for (int d = decimals + 1; d <= decimals + 2; d++)
            if (isFiner(d, a) || isFiner(d, o)) names.add(form + " " + d + " decimals");
        return names;
    }

    private boolean isFiner(int decimals, String text) {
        BigDecimal x = new BigDecimal(text);
        return List.of(lat, lon).stream()
                .anyMatch(c ->
                        c.setScale(decimals, RoundingMode.HALF_UP).compareTo(x) == 0
                                || c.setScale(decimals, RoundingMode.DOWN).compareTo(x) == 0);
    }

    private void integers() {
        for (int e : new int[] {5, 6, 7})
            for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN)) {
                String a = lat.movePointRight(e).setScale(0, mode).toPlainString();
                String o = lon.movePointRight(e).setScale(0, mode).toPlainString();
                w.add(Set.of("lat,lon E" + e), a + "," + o, true, true);
                w.add(Set.of("lon,lat E" + e), o + "," + a, true, true);
                w.weak("lat E" + e, a);
                w.weak("lon E" + e, o);
            }
    }

    private void sexagesimal(int decimals) {
        String a = dms(lat, decimals, 2);
        String o = dms(lon, decimals, 3);
        w.hashed(
                "degrees, minutes, seconds",
                a + (lat.signum() < 0 ? "S " : "N ") + o + (lon.signum() < 0 ? "W" : "E"));
        w.hashed(
                "degrees, minutes, seconds",
                (a + (lat.signum() < 0 ? "S," : "N,") + o + (lon.signum() < 0 ? "W" : "E"))
                        .replaceAll("[\u00b0']", "-")
                        .replace("\"", ""));
    }

    private static String dms(BigDecimal x, int decimals, int width) {
        BigDecimal all =
                x.abs().multiply(BigDecimal.valueOf(3600)).setScale(decimals, RoundingMode.HALF_UP);
        BigDecimal[] hours = all.divideAndRemainder(BigDecimal.valueOf(3600));
        BigDecimal[] minutes = hours[1].divideAndRemainder(BigDecimal.valueOf(60));
        String seconds = minutes[1].setScale(decimals).toPlainString();
        if (minutes[1].compareTo(BigDecimal.TEN) < 0) seconds = "0" + seconds;
        return String.format(
                "%0" + width + "d\u00b0%02d'%s\"",
                hours[0].intValue(),
                minutes[0].intValue(),
                seconds);
    }

    /** NMEA 0183: ddmm.mmmm,N,dddmm.mmmm,E. */
    private void nmea(int decimals) {
        w.hashed(
                "NMEA",
                minutes(lat, decimals, 2)
                        + (lat.signum() < 0 ? ",S," : ",N,")
                        + minutes(lon, decimals, 3)
                        + (lon.signum() < 0 ? ",W" : ",E"));
    }

    private static String minutes(BigDecimal x, int decimals, int width) {
        BigDecimal[] d =
                x.abs()
                        .multiply(BigDecimal.valueOf(60))
                        .setScale(decimals, RoundingMode.HALF_UP)
                        .divideAndRemainder(BigDecimal.valueOf(60));
        return String.format("%0" + width + "d", d[0].intValue())
                + (d[1].compareTo(BigDecimal.TEN) < 0 ? "0" : "")
                + d[1].setScale(decimals).toPlainString();
    }

    private void grids() {
        String hash = geohash(12);
        for (int n = 6; n <= 12; n++) {
            if (n < 8) w.weak("geohash, " + n + " letters", hash.substring(0, n));
            else w.hashed("geohash, " + n + " letters", hash.substring(0, n));
        }
        String plus = plusCode();
        w.hashed("plus code", plus.substring(0, 11));
        w.hashed("plus code", plus);
        w.weak("plus code", plus.substring(4, 11));
    }

    /** Interleaves the bits of two integers; the product halves intervals. */
    private String geohash(int letters) {
        int bits = 5 * letters;
        BigDecimal steps = BigDecimal.valueOf(1L << bits / 2);
        long a =
                lat.add(BigDecimal.valueOf(90))
                        .multiply(steps)
                        .divide(BigDecimal.valueOf(180), MathContext.DECIMAL128)
                        .longValue();
        long o =
                lon.add(BigDecimal.valueOf(180))
                        .multiply(steps)
                        .divide(BigDecimal.valueOf(360), MathContext.DECIMAL128)
                        .longValue();
        StringBuilder s = new StringBuilder();
        int value = 0;
        for (int i = 0; i < bits; i++) {
            value = value << 1 | (int) ((i % 2 == 0 ? o : a) >> bits / 2 - 1 - i / 2 & 1);
            if (i % 5 < 4) continue;
            s.append("0123456789bcdefghjkmnpqrstuvwxyz".charAt(value));
            value = 0;
        }
        return s.toString();
    }

    /**
     * Open Location Code of 11 letters, by its specification: five pairs in base 20, then a 4 by 5
     * grid.
     */
    private String plusCode() {
        String digits = "23456789CFGHJMPQRVWX";
        long a =
                lat.add(BigDecimal.valueOf(90))
                        .movePointRight(4)
                        .multiply(BigDecimal.valueOf(4))
                        .longValue();
        long o =
                lon.add(BigDecimal.valueOf(180))
                        .movePointRight(3)
                        .multiply(BigDecimal.valueOf(32))
                        .longValue();
        int grid = (int) (a % 5) * 4 + (int) (o % 4);
        long pairA = a / 5;
        long pairO = o / 4;
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            s.insert(0, "" + digits.charAt((int) (pairA % 20)) + digits.charAt((int) (pairO % 20)));
            pairA /= 20;
            pairO /= 20;
        }
        return s.insert(8, '+').append(digits.charAt(grid)).toString();
    }

    private void binary() {
        double a = lat.doubleValue();
        double o = lon.doubleValue();
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            String end = order == ByteOrder.BIG_ENDIAN ? "" : ", little-endian";
            w.raw("lat lon as doubles" + end, doubles(order, a, o));
            w.raw("lon lat as doubles" + end, doubles(order, o, a));
            w.raw("lat lon as floats" + end, floats(order, a, o));
            w.raw("lon lat as floats" + end, floats(order, o, a));
        }
    }

    private static byte[] doubles(ByteOrder order, double x, double y) {
        return ByteBuffer.allocate(16).order(order).putDouble(x).putDouble(y).array();
    }

    private static byte[] floats(ByteOrder order, double x, double y) {
        return ByteBuffer.allocate(8).order(order).putFloat((float) x).putFloat((float) y).array();
    }
}
