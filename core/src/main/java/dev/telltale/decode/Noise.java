package dev.telltale.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells what looks random from what looks written. */
final class Noise {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long K = 0x9E3779B97F4A7C15L;

    private Noise() {}

    /**
     * True for bytes as even as encrypted or packed ones: the chance that two of them are equal (index of coincidence) is at
     * most 1.5 times that of random bytes, 1/256, plus three standard deviations of it at this length. English text has 17
     * times that of random bytes, executable code about 4.
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
     * True for what generators make: hex numbers with letters in them (UUIDs, keys, digests), and texts that change between
     * capitals, small letters and digits too often for words, versions or dates.
     */
    static boolean looksRandom(byte[] b, int from, int to) {
        int letters = 0;
        int digits = 0;
        int hex = 0;
        int changes = 0;
        int before = 0;
        int capitals = 0;
        for (int i = from; i < to; i++) {
            int c = b[i];
            int kind;
            if (c >= '0' && c <= '9') {
                kind = 1;
                digits++;
                hex++;
            } else if (c >= 'a' && c <= 'z') {
                kind = 2;
                letters++;
                if (c <= 'f') hex++;
            } else if (c >= 'A' && c <= 'Z') {
                kind = 3;
                letters++;
                capitals++;
                if (c <= 'F') hex++;
            } else {
                kind = 0;
            }
            if (kind != 0 && before != 0 && kind != before) changes++;
            before = kind;
        }
        int n = letters + digits;
        if (n < 12 || letters == 0) return false;
        if (hex == n && n >= 16) return digits > 0 && (capitals == 0 || capitals == letters || changes * 3 >= n);
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
