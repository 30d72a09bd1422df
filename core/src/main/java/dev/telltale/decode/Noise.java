package dev.telltale.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells what looks random from what looks written. */
final class Noise {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long K = 0x9E3779B97F4A7C15L;

    /**
     * 0 other, 1 digit, 2 small letter, 3 capital; and one of 16 bits to count each of letters,
     * digits, hex digits, capitals.
     */
    private static final byte[] KIND = new byte[256];

    private static final long[] COUNT = new long[256];

    /**
     * Bit {@code 4 * before + now} is set where both are letters or digits and of different kinds.
     */
    private static final int CHANGE =
            1 << 4 + 2 | 1 << 4 + 3 | 1 << 8 + 1 | 1 << 8 + 3 | 1 << 12 + 1 | 1 << 12 + 2;

    static {
        for (int c = 0; c < 256; c++) {
            boolean digit = c >= '0' && c <= '9';
            boolean small = c >= 'a' && c <= 'z';
            boolean capital = c >= 'A' && c <= 'Z';
            KIND[c] = (byte) (digit ? 1 : small ? 2 : capital ? 3 : 0);
            COUNT[c] =
                    (small || capital ? 1 : 0)
                            + (digit ? 1L << 16 : 0)
                            + (Hex.value((byte) c) >= 0 ? 1L << 32 : 0)
                            + (capital ? 1L << 48 : 0);
        }
    }

    /** As much of a token tells what it is as all of it; and the counters hold so many. */
    private static final int ENOUGH = 1 << 12;

    private Noise() {}

    /**
     * True for bytes as even as encrypted or packed ones: the chance that two of them are equal
     * (index of coincidence) is at most 1.5 times that of random bytes, 1/256, plus three standard
     * deviations of it at this length. English text has 17 times that of random bytes, executable
     * code about 4.
     *
     * @param counts 256 zeros, left dirty
     */
    static boolean highEntropy(byte[] b, int from, int to, int[] counts) {
        long n = to - from;
        for (int i = from; i < to; i++) counts[b[i] & 0xff]++;
        long pairs = 0;
        for (int c : counts) pairs += (long) c * (c - 1);
        double random = n * (n - 1) / 256.0;
        return pairs <= 1.5 * random + 3 * Math.sqrt(2 * random);
    }

    /**
     * True for what generators make: hex numbers with letters in them (UUIDs, keys, digests), and
     * texts that change between capitals, small letters and digits too often for words, versions or
     * dates.
     */
    static boolean looksRandom(byte[] b, int from, int to) {
        long sums = 0;
        int changes = 0;
        int before = 0;
        for (int i = from; i < Math.min(to, from + ENOUGH); i++) {
            int c = b[i] & 0xff;
            sums += COUNT[c];
            int kind = KIND[c];
            changes += CHANGE >>> before + kind & 1;
            before = kind << 2;
        }
        int letters = (int) (sums & 0xffff);
        int digits = (int) (sums >>> 16 & 0xffff);
        int hex = (int) (sums >>> 32 & 0xffff);
        int capitals = (int) (sums >>> 48);
        int n = letters + digits;
        if (n < 12 || letters == 0) return false;
        if (hex == n && n >= 16)
            return digits > 0 && (capitals == 0 || capitals == letters || changes * 3 >= n);
        if (digits > 0) return changes * 100 >= n * 36;
        return capitals > 0 && changes * 100 >= n * 45;
    }

    /** 8-4-4-4-12 hex digits, RFC 9562 section 4. */
    static boolean isUuid(byte[] b, int from, int to) {
        if (to - from != 36) return false;
        for (int i = 0; i < 36; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? b[from + i] != '-' : Hex.value(b[from + i]) < 0) return false;
        }
        return true;
    }

    /** 64 bits, well mixed; not meant against forgers. */
    static long hash(byte[] b, int from, int to) {
        long h = (to - from) * K;
        int p = from;
        for (; to - p >= 8; p += 8) h = mix(h ^ (long) LONG.get(b, p));
        long tail = 0;
        for (; p < to; p++) tail = tail << 8 | b[p] & 0xff;
        return mix(h ^ tail ^ K);
    }

    private static long mix(long x) {
        x = (x ^ x >>> 32) * 0xD6E8FEB86659FD93L;
        return x ^ x >>> 32;
    }
}
