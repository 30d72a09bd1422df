package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Entries of a ZIP file, found by its directory (PKWARE APPNOTE.TXT 4.3). Positions: local header
 * 30 bytes and name, then the data; directory header 46 bytes and name; end of directory 22 bytes
 * at the end of the file.
 */
final class ZipFile {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;

    /**
     * The end of the directory, the longest comment behind it, and the locator of the 64-bit one
     * before it.
     */
    private static final int TAIL = 22 + 65_535 + 20;

    private static final int CHUNK = 64 << 10;

    private final ByteSource content;

    ZipFile(ByteSource content) {
        this.content = content;
    }

    /**
     * @param method 0 stored, 8 deflated
     * @param at of the local header
     */
    record Entry(String name, int method, boolean encrypted, long packed, long size, long at) {}

    /** Takes entries in the order of the directory. */
    interface Entries {
        void entry(Entry entry);
    }

    /** Takes an entry's bytes. */
    interface Bytes {
        /** False to stop. */
        boolean bytes(byte[] b, int from, int length);
    }

    static boolean recognizes(byte[] head) {
        return head.length >= 30 && i32(head, 0) == LOCAL;
    }

    /** Lists the entries; returns what is wrong, empty where nothing. */
    String list(Entries entries) {
        long length = content.length();
        if (length < 0) return "it can be read from a plain file only";
        int tail = (int) Math.min(length, TAIL);
        byte[] b = at(length - tail, tail);
        int end = b.length - 22;
        while (end >= 0 && i32(b, end) != END) end--;
        if (end < 0) return "its directory is missing";
        long count = u16(b, end + 10);
        long at = u32(b, end + 16);
        if (end >= 20 && i32(b, end - 20) == LOCATOR64) {
            byte[] e = at(i64(b, end - 12), 56);
            if (e.length < 56 || i32(e, 0) != END64) return "its directory is damaged";
            count = i64(e, 32);
            at = i64(e, 48);
        }
        if (at < 0 || at > length) return "its directory is damaged";
        return directory(at, count, entries);
    }

    private String directory(long from, long count, Entries entries) {
        Optional<ByteSource> again = content.again(from);
        if (again.isEmpty()) return "it can be read from a plain file only";
        try (ByteSource source = again.get()) {
            byte[] h = new byte[46];
            for (long i = 0; i < count; i++) {
                if (fill(source, h, 46) < 46 || i32(h, 0) != CENTRAL)
                    return "its directory is damaged";
                byte[] rest = new byte[u16(h, 28) + u16(h, 30) + u16(h, 32)];
                if (fill(source, rest, rest.length) < rest.length)
                    return "its directory is damaged";
                entries.entry(entry(h, rest));
            }
        }
        return "";
    }

    private static Entry entry(byte[] h, byte[] rest) {
        int name = u16(h, 28);
        long packed = u32(h, 20);
        long size = u32(h, 24);
        long at = u32(h, 42);
        int i = name;
        int end = name + u16(h, 30);
        while (i + 4 <= end) {
            int field = i + 4;
            int next = field + u16(rest, i + 2);
            if (u16(rest, i) == 1) {
                // 64-bit values of those that do not fit, in this order.
                if (size == 0xffffffffL && field + 8 <= Math.min(next, end)) {
                    size = i64(rest, field);
                    field += 8;
                }
                if (packed == 0xffffffffL && field + 8 <= Math.min(next, end)) {
                    packed = i64(rest, field);
                    field += 8;
                }
                if (at == 0xffffffffL && field + 8 <= Math.min(next, end)) at = i64(rest, field);
            }
            i = next;
        }
        String text = new String(rest, 0, name, StandardCharsets.UTF_8);
        return new Entry(
                text, u16(h, 10), (u16(h, 8) & 1) != 0, Math.max(0, packed), Math.max(0, size), at);
    }

    /** Gives the bytes of an entry; returns what is wrong, empty where nothing. */
    String read(Entry e, Bytes to) {
        if (e.encrypted) return "it is encrypted";
        if (e.method != 0 && e.method != 8) return "it is compressed by method " + e.method;
        byte[] h = e.at < 0 ? new byte[0] : at(e.at, 30);
        if (h.length < 30 || i32(h, 0) != LOCAL) return "it is not where the directory says";
        Optional<ByteSource> again = content.again(e.at + 30 + u16(h, 26) + u16(h, 28));
        if (again.isEmpty()) return "it can be read from a plain file only";
        try (ByteSource source = again.get()) {
            return e.method == 0 ? stored(source, e.packed, to) : inflate(source, e.packed, to);
        }
    }

    private static String stored(ByteSource source, long packed, Bytes to) {
        byte[] b = new byte[CHUNK];
        long left = packed;
        while (left > 0) {
            int n = source.read(b, 0, (int) Math.min(left, b.length));
            if (n < 0) return "it is cut";
            if (!to.bytes(b, 0, n)) return "";
            left -= n;
        }
        return "";
    }

    private static String inflate(ByteSource source, long packed, Bytes to) {
        Inflater inflater = new Inflater(true);
        byte[] in = new byte[CHUNK];
        byte[] out = new byte[CHUNK];
        long left = packed;
        try {
            while (!inflater.finished()) {
                int n = inflater.inflate(out);
                if (n > 0 && !to.bytes(out, 0, n)) return "";
                if (n > 0 || inflater.finished()) continue;
                if (inflater.needsDictionary()) return "its data is damaged";
                int got = left == 0 ? -1 : source.read(in, 0, (int) Math.min(left, in.length));
                if (got < 0) return "it is cut";
                left -= got;
                inflater.setInput(in, 0, got);
            }
            return "";
        } catch (DataFormatException ex) {
            return "its data is damaged";
        } finally {
            inflater.end();
        }
    }

    private byte[] at(long at, int length) {
        if (at < 0) return new byte[0];
        Optional<ByteSource> again = content.again(at);
        if (again.isEmpty()) return new byte[0];
        try (ByteSource source = again.get()) {
            byte[] b = new byte[length];
            int n = fill(source, b, length);
            return n == length ? b : Arrays.copyOf(b, n);
        }
    }

    private static int fill(ByteSource source, byte[] b, int length) {
        int have = 0;
        while (have < length) {
            int n = source.read(b, have, length - have);
            if (n < 0) break;
            have += n;
        }
        return have;
    }

    static int u16(byte[] b, int i) {
        return b[i] & 0xff | (b[i + 1] & 0xff) << 8;
    }

    static int i32(byte[] b, int i) {
        return u16(b, i) | u16(b, i + 2) << 16;
    }

    private static long u32(byte[] b, int i) {
        return i32(b, i) & 0xffffffffL;
    }

    private static long i64(byte[] b, int i) {
        return u32(b, i) | u32(b, i + 4) << 32;
    }
}
