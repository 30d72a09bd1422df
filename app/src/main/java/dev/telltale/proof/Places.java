package dev.telltale.proof;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A place, written in every notation that is looked for. */
final class Places {
    private static final String GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz";
    private static final String PLUS = "23456789CFGHJMPQRVWX";

    private Places() {}

    static void write(String value, Set<String> texts, List<byte[]> raw) {
        String[] two = value.split(",", 2);
        if (two.length < 2) return;
        String la = two[0].strip();
        String lo = two[1].strip();
        BigDecimal lat;
        BigDecimal lon;
        try {
            lat = new BigDecimal(la);
            lon = new BigDecimal(lo);
        } catch (NumberFormatException e) {
            return;
        }
        List<String[]> pairs = new ArrayList<>();
        pairs.add(new String[] {la, lo});
        for (RoundingMode mode : List.of(RoundingMode.HALF_UP, RoundingMode.DOWN)) {
            for (int d = 2; d <= 8; d++) {
                BigDecimal a = lat.setScale(d, mode);
                BigDecimal o = lon.setScale(d, mode);
                pairs.add(new String[] {a.toPlainString(), o.toPlainString()});
                pairs.add(new String[] {bare(a), bare(o)});
            }
            for (int e = 5; e <= 7; e++)
                pairs.add(
                        new String[] {
                            lat.movePointRight(e).setScale(0, mode).toPlainString(),
                            lon.movePointRight(e).setScale(0, mode).toPlainString()
                        });
            for (int d = 0; d <= 3; d++) sexagesimal(texts, lat, lon, d, mode);
            for (int d = 2; d <= 6; d++)
                texts.add(
                        minutes(lat, d, mode, 2)
                                + (lat.signum() < 0 ? ",S," : ",N,")
                                + minutes(lon, d, mode, 3)
                                + (lon.signum() < 0 ? ",W" : ",E"));
        }
        for (String[] p : pairs) {
            texts.addAll(List.of(p));
            for (String s : List.of(",", ", ", ";", "; ", " ", "|", "/", "_")) {
                texts.add(p[0] + s + p[1]);
                texts.add(p[1] + s + p[0]);
            }
        }
        double a = lat.doubleValue();
        double o = lon.doubleValue();
        String hash = geohash(a, o);
        for (int n = 6; n <= hash.length(); n++) texts.add(hash.substring(0, n));
        plusCode(lat, lon, texts);
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN))
            for (double[] p : new double[][] {{a, o}, {o, a}}) {
                raw.add(
                        ByteBuffer.allocate(16)
                                .order(order)
                                .putDouble(p[0])
                                .putDouble(p[1])
                                .array());
                raw.add(
                        ByteBuffer.allocate(8)
                                .order(order)
                                .putFloat((float) p[0])
                                .putFloat((float) p[1])
                                .array());
            }
    }

    private static String bare(BigDecimal x) {
        BigDecimal s = x.stripTrailingZeros();
        return s.setScale(Math.max(1, s.scale())).toPlainString();
    }

    private static void sexagesimal(
            Set<String> texts, BigDecimal lat, BigDecimal lon, int decimals, RoundingMode mode) {
        String[][] marks = {{"°", "'", "\""}, {"° ", "' ", "\" "}, {"-", "-", ""}};
        for (String[] m : marks) {
            String a = seconds(lat, decimals, mode, 2, m) + (lat.signum() < 0 ? "S" : "N");
            for (int width : new int[] {2, 3}) {
                String o = seconds(lon, decimals, mode, width, m) + (lon.signum() < 0 ? "W" : "E");
                for (String s : List.of(" ", ",", ", ")) texts.add(a + s + o);
            }
        }
    }

    private static String seconds(
            BigDecimal x, int decimals, RoundingMode mode, int width, String[] m) {
        BigDecimal all = x.abs().multiply(BigDecimal.valueOf(3600)).setScale(decimals, mode);
        BigDecimal[] d = all.divideAndRemainder(BigDecimal.valueOf(3600));
        BigDecimal[] s = d[1].divideAndRemainder(BigDecimal.valueOf(60));
        return wide(d[0].intValue(), width)
                + m[0]
                + wide(s[0].intValue(), 2)
                + m[1]
                + wide(s[1].setScale(decimals, mode))
                + m[2];
    }

    private static String minutes(BigDecimal x, int decimals, RoundingMode mode, int width) {
        BigDecimal all = x.abs().multiply(BigDecimal.valueOf(60)).setScale(decimals, mode);
        BigDecimal[] d = all.divideAndRemainder(BigDecimal.valueOf(60));
        return wide(d[0].intValue(), width) + wide(d[1].setScale(decimals, mode));
    }

    private static String wide(int n, int width) {
        return String.format(Locale.ROOT, "%0" + width + "d", n);
    }

    private static String wide(BigDecimal n) {
        return (n.compareTo(BigDecimal.TEN) < 0 ? "0" : "") + n.toPlainString();
    }

    private static String geohash(double lat, double lon) {
        double[][] box = {{-180, 180}, {-90, 90}};
        double[] at = {lon, lat};
        StringBuilder s = new StringBuilder();
        int letter = 0;
        for (int bit = 0; bit < 60; bit++) {
            double[] r = box[bit % 2];
            double half = (r[0] + r[1]) / 2;
            int up = at[bit % 2] >= half ? 1 : 0;
            r[1 - up] = half;
            letter = letter << 1 | up;
            if (bit % 5 != 4) continue;
            s.append(GEOHASH.charAt(letter));
            letter = 0;
        }
        return s.toString();
    }

    /** Open Location Code: pairs of letters to the base of 20, then one of a grid of 5 by 4. */
    private static void plusCode(BigDecimal lat, BigDecimal lon, Set<String> texts) {
        double a = lat.doubleValue() + 90 + 1e-10;
        double o = lon.doubleValue() + 180 + 1e-10;
        StringBuilder s = new StringBuilder();
        double step = 20;
        for (int i = 0; i < 5; i++) {
            int x = (int) (a / step);
            int y = (int) (o / step);
            if (x > 19 || y > 19) return;
            s.append(PLUS.charAt(x)).append(PLUS.charAt(y));
            a -= x * step;
            o -= y * step;
            step /= 20;
        }
        step *= 20;
        int row = Math.min(4, (int) (a / (step / 5)));
        int column = Math.min(3, (int) (o / (step / 4)));
        s.insert(8, '+');
        for (String code : List.of(s.toString(), s.toString() + PLUS.charAt(row * 4 + column))) {
            texts.add(code);
            texts.add(code.replace("+", "%2B"));
        }
    }
}
