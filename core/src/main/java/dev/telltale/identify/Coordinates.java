package dev.telltale.identify;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Notations of a place beside decimal degrees. */
final class Coordinates {
    private static final String GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz";
    private static final String PLUS = "23456789CFGHJMPQRVWX";

    private Coordinates() {}

    /** Minutes and seconds as people and EXIF readers write them: {@code 19°04'33.5"N}. */
    static void degreesMinutesSeconds(
            List<NormalForm> forms, BigDecimal lat, BigDecimal lon, int latKnown, int lonKnown) {
        for (int d = 0; d <= 3; d++) {
            // A second is 1/3600 of a degree: 3.6 decimals.
            double bits = Location.bits(latKnown, lonKnown, 3 + d);
            for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN))
                for (String[] m :
                        new String[][] {
                            {"\u00b0", "'", "\""}, {"\u00b0 ", "' ", "\" "}, {"-", "-", ""}
                        }) {
                    String a = dms(lat, d, mode, 2, m) + (lat.signum() < 0 ? "S" : "N");
                    String o2 = dms(lon, d, mode, 2, m) + (lon.signum() < 0 ? "W" : "E");
                    String o3 = dms(lon, d, mode, 3, m) + (lon.signum() < 0 ? "W" : "E");
                    for (String o : List.of(o2, o3))
                        for (String s : List.of(" ", ",", ", "))
                            forms.add(
                                    NormalForm.of(
                                            "degrees, minutes, seconds",
                                            a + s + o,
                                            Token.WORD,
                                            bits));
                }
        }
    }

    private static String dms(
            BigDecimal x, int decimals, RoundingMode mode, int width, String[] marks) {
        BigDecimal seconds = x.abs().multiply(BigDecimal.valueOf(3600));
        BigDecimal rounded = seconds.setScale(decimals, mode);
        long whole = rounded.longValue();
        BigDecimal rest =
                rounded.subtract(BigDecimal.valueOf(whole / 60 * 60))
                        .setScale(decimals, RoundingMode.UNNECESSARY);
        String s = rest.toPlainString();
        if (rest.compareTo(BigDecimal.TEN) < 0) s = "0" + s;
        String format = "%0" + width + "d%s%02d%s%s%s";
        return String.format(
                format, whole / 3600, marks[0], whole / 60 % 60, marks[1], s, marks[2]);
    }

    /** NMEA 0183: {@code ddmm.mmmm,N,dddmm.mmmm,E}. */
    static void nmea(
            List<NormalForm> forms, BigDecimal lat, BigDecimal lon, int latKnown, int lonKnown) {
        for (int d = 2; d <= 6; d++)
            for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN)) {
                String a = minutes(lat, d, mode, 2);
                String o = minutes(lon, d, mode, 3);
                String text =
                        a
                                + (lat.signum() < 0 ? ",S," : ",N,")
                                + o
                                + (lon.signum() < 0 ? ",W" : ",E");
                double bits = Location.bits(latKnown, lonKnown, 1 + d);
                forms.add(NormalForm.of("NMEA", text, Token.WORD, bits));
            }
    }

    private static String minutes(BigDecimal x, int decimals, RoundingMode mode, int width) {
        BigDecimal all = x.abs().multiply(BigDecimal.valueOf(60)).setScale(decimals, mode);
        long degrees = all.longValue() / 60;
        BigDecimal rest = all.subtract(BigDecimal.valueOf(degrees * 60));
        String s = rest.setScale(decimals, RoundingMode.UNNECESSARY).toPlainString();
        if (rest.compareTo(BigDecimal.TEN) < 0) s = "0" + s;
        return String.format("%0" + width + "d%s", degrees, s);
    }

    /**
     * Geohash: the bits of longitude and latitude in turn, five a letter. From 8 letters (38 m by
     * 19 m); its first letters are a prefix of those of any finer one.
     */
    static void geohash(List<NormalForm> forms, double lat, double lon, int known) {
        double[] a = {-90, 90};
        double[] o = {-180, 180};
        StringBuilder s = new StringBuilder();
        boolean even = true;
        int value = 0;
        for (int bit = 0; bit < 60; bit++) {
            double[] range = even ? o : a;
            double middle = (range[0] + range[1]) / 2;
            boolean upper = (even ? lon : lat) >= middle;
            range[upper ? 0 : 1] = middle;
            value = value << 1 | (upper ? 1 : 0);
            even = !even;
            if (bit % 5 != 4) continue;
            s.append(GEOHASH.charAt(value));
            value = 0;
        }
        // Letters that say no more than the decimals that are known.
        int most = known >= 5 ? 12 : 9;
        for (int n = most; n >= 6; n--)
            forms.add(
                    NormalForm.of(
                            "geohash, " + n + " letters",
                            s.substring(0, n),
                            Token.WORD,
                            n < 8
                                    ? Math.min(12, 5 * n)
                                    : Math.min(5 * n, Location.bits(known, known, 8))));
    }

    /** Open Location Code of 10 and 11 letters (14 m, 3 m). */
    static void plusCode(List<NormalForm> forms, double lat, double lon, int known) {
        if (lat >= 90) return;
        long a = (long) Math.floor((lat + 90) * 8000 * 5 + 1e-6);
        long o = (long) Math.floor((lon + 180) * 8000 * 4 + 1e-6);
        char eleventh = PLUS.charAt((int) (a % 5 * 4 + o % 4));
        a /= 5;
        o /= 4;
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            s.insert(0, PLUS.charAt((int) (o % 20)));
            s.insert(0, PLUS.charAt((int) (a % 20)));
            a /= 20;
            o /= 20;
        }
        s.insert(8, '+');
        double bits = Math.min(43, Location.bits(known, known, 8));
        forms.add(NormalForm.of("plus code", s.toString(), Token.WORD, bits));
        forms.add(NormalForm.of("plus code", s.toString() + eleventh, Token.WORD, bits));
        // As maps show it beside a town's name.
        forms.add(NormalForm.of("plus code", s.substring(4), Token.WORD, Math.min(12, bits)));
    }

    /** Two numbers of IEEE 754 side by side, in both byte orders and axis orders. */
    static void binary(List<NormalForm> forms, double lat, double lon, double bits) {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            String name = order == ByteOrder.BIG_ENDIAN ? "" : ", little-endian";
            for (double[] p : new double[][] {{lat, lon}, {lon, lat}}) {
                String axes = p[0] == lat ? "lat lon" : "lon lat";
                forms.add(
                        NormalForm.raw(
                                axes + " as doubles" + name,
                                ByteBuffer.allocate(16)
                                        .order(order)
                                        .putDouble(p[0])
                                        .putDouble(p[1])
                                        .array(),
                                bits));
                forms.add(
                        NormalForm.raw(
                                axes + " as floats" + name,
                                ByteBuffer.allocate(8)
                                        .order(order)
                                        .putFloat((float) p[0])
                                        .putFloat((float) p[1])
                                        .array(),
                                Math.min(46, bits)));
            }
        }
    }
}
