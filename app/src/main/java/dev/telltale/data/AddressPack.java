package dev.telltale.data;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Countries and AS numbers of addresses, merged into sorted intervals and packed: the layout is
 * described where it is read, in core's {@code IpTable}.
 */
final class AddressPack {
    private static final int BLOCK = 4096;

    private final List<String> countries = new ArrayList<>();
    private final Map<String, Integer> codes = new HashMap<>();

    private record Intervals(long[] start, int[] country, int[] as) {}

    /** The number a country has in this pack, 1-based; 0 for what is no ISO alpha-2 code. */
    int code(String country) {
        if (!country.matches("[A-Z]{2}")) return 0;
        return codes.computeIfAbsent(
                country,
                c -> {
                    countries.add(c);
                    return countries.size();
                });
    }

    byte[] pack(AddressRanges.Both country, AddressRanges.Both as) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBytes("TTIP1\n");
        out.writeShort(countries.size());
        for (String c : countries) out.writeBytes(c);
        blocks(merged(country.four(), as.four()), out);
        blocks(merged(country.six(), as.six()), out);
        out.flush();
        return bytes.toByteArray();
    }

    /** Every address where the country or the AS changes begins an interval. */
    private static Intervals merged(AddressRanges c, AddressRanges a) {
        long[] cuts = new long[2 * (c.size() + a.size())];
        int n = 0;
        for (AddressRanges r : List.of(c, a)) {
            for (int i = 0; i < r.size(); i++) {
                cuts[n++] = r.start(i);
                // Behind the last address of all begins nothing.
                if (r.end(i) != -1) cuts[n++] = r.end(i) + 1;
            }
        }
        for (int i = 0; i < n; i++) cuts[i] ^= Long.MIN_VALUE; // unsigned order
        Arrays.sort(cuts, 0, n);
        long[] start = new long[n];
        int[] country = new int[n];
        int[] as = new int[n];
        int size = 0;
        int ci = 0;
        int ai = 0;
        for (int k = 0; k < n; k++) {
            if (k > 0 && cuts[k] == cuts[k - 1]) continue;
            long at = cuts[k] ^ Long.MIN_VALUE;
            while (ci < c.size() && Long.compareUnsigned(c.end(ci), at) < 0) ci++;
            while (ai < a.size() && Long.compareUnsigned(a.end(ai), at) < 0) ai++;
            int cc = ci < c.size() && Long.compareUnsigned(c.start(ci), at) <= 0 ? c.value(ci) : 0;
            int aa = ai < a.size() && Long.compareUnsigned(a.start(ai), at) <= 0 ? a.value(ai) : 0;
            if (size > 0 && country[size - 1] == cc && as[size - 1] == aa) continue;
            start[size] = at;
            country[size] = cc;
            as[size++] = aa;
        }
        return new Intervals(
                Arrays.copyOf(start, size), Arrays.copyOf(country, size), Arrays.copyOf(as, size));
    }

    /** AS numbers by how often they are met: the common ones get small indexes. */
    private static int[] ranked(int[] as) {
        Map<Integer, Integer> count = new HashMap<>();
        for (int a : as) count.merge(a, 1, Integer::sum);
        return count.entrySet().stream()
                .sorted(
                        Map.Entry.<Integer, Integer>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                .mapToInt(Map.Entry::getKey)
                .toArray();
    }

    private static void blocks(Intervals f, DataOutputStream out) throws IOException {
        int[] ranked = ranked(f.as);
        Map<Integer, Integer> rank = new HashMap<>();
        ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
        for (int i = 0; i < ranked.length; i++) {
            rank.put(ranked[i], i);
            varint(dictionary, Integer.toUnsignedLong(ranked[i]));
        }
        byte[] packedDictionary = deflated(dictionary.toByteArray());
        out.writeInt(ranked.length);
        out.writeInt(packedDictionary.length);
        out.write(packedDictionary);
        out.writeInt(f.start.length);
        out.writeInt(BLOCK);
        List<byte[]> packed = new ArrayList<>();
        for (int from = 0; from < f.start.length; from += BLOCK) {
            int to = Math.min(f.start.length, from + BLOCK);
            ByteArrayOutputStream columns = new ByteArrayOutputStream();
            for (int i = from + 1; i < to; i++) length(columns, f.start[i] - f.start[i - 1]);
            for (int i = from; i < to; i++) columns.write(f.country[i]);
            for (int i = from; i < to; i++) varint(columns, rank.getOrDefault(f.as[i], 0));
            byte[] block = deflated(columns.toByteArray());
            packed.add(block);
            out.writeLong(f.start[from]);
            out.writeInt(block.length);
        }
        for (byte[] block : packed) out.write(block);
    }

    /** Most lengths are a small multiple of a power of two: its exponent, then the odd factor. */
    private static void length(OutputStream out, long length) throws IOException {
        int zeros = Long.numberOfTrailingZeros(length);
        out.write(zeros);
        varint(out, length >>> zeros >>> 1);
    }

    private static void varint(OutputStream out, long value) throws IOException {
        long v = value;
        while (v >>> 7 != 0) {
            out.write((int) (v & 0x7f | 0x80));
            v >>>= 7;
        }
        out.write((int) v);
    }

    static byte[] deflated(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater best = new Deflater(Deflater.BEST_COMPRESSION, true);
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, best)) {
            deflate.write(plain);
        } finally {
            best.end();
        }
        return out.toByteArray();
    }
}
