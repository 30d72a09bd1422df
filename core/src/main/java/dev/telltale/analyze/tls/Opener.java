package dev.telltale.analyze.tls;

/**
 * Opens the records of one side under one key. {@link #open} tries and changes nothing; {@link
 * #opened} and {@link #lost} move on.
 */
abstract class Opener {
    /** Number of the next record under this key. */
    long sequence;

    /** Wire bytes, record headers among them, since the last record that was opened. */
    long dark;

    /**
     * Opens a record as number {@code at}.
     *
     * @param type outer content type; {@code version} as in the record header
     * @param b holds the fragment in {@code [from, from + length)}
     * @param out takes the plaintext from 0 on, has room for {@code length} bytes
     * @return plaintext length, -1 where the record is not of this key and number
     */
    abstract int open(long at, int type, int version, byte[] b, int from, int length, byte[] out);

    /** Bytes of a fragment before the first that carries plaintext. */
    abstract int head();

    /** Bytes that a fragment has more than its plaintext, at least. */
    abstract int overhead();

    /**
     * A better guess than the next number, what number a record has that comes after a loss; -1 for
     * none.
     */
    long guess(byte[] b, int from, int length) {
        return -1;
    }

    /** The record was opened as number {@code at}. */
    void opened(long at, byte[] b, int from, int length) {
        sequence = at + 1;
        dark = 0;
    }

    /** A record was seen and not opened. */
    void lost(byte[] b, int from, int length) {
        dark += length + 5;
    }

    /** Bytes were not seen at all. */
    void missed(long bytes) {
        dark += bytes;
    }

    /**
     * Where a record is looked for: {@code b[from, end)} are the wire bytes just before its header.
     */
    void before(byte[] b, int from, int end) {}

    static long int64(byte[] b, int i) {
        long v = 0;
        for (int k = 0; k < 8; k++) v = v << 8 | b[i + k] & 0xff;
        return v;
    }

    static void put64(byte[] b, int i, long v) {
        for (int k = 7; k >= 0; k--) {
            b[i + k] = (byte) v;
            v >>>= 8;
        }
    }
}
