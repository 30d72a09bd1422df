package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The evidence bundle: a ZIP (APPNOTE 6.3) that any program unpacks, written in one way only.
 * Entries are stored, have no dates, no extra fields and no comments, so that the same content
 * gives the same bytes, and every byte of the file is either content or follows from it. One that
 * is written otherwise is not read: that leaves no place for what unpacking programs are attacked
 * with.
 */
public final class Bundle {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int LOCAL_SIZE = 30;
    private static final int VERSION = 20;

    /** Names are UTF-8. */
    private static final int FLAGS = 1 << 11;

    /** 1980-01-01, the first day there is. */
    private static final int DATE = 0x21;

    private static final int MOST = 1_000;
    private static final int LONGEST_NAME = 300;
    private static final long LARGEST = 0xffff_fffeL;

    private Bundle() {}

    /** A file and its name in the bundle. */
    public record Entry(String name, Path file) {}

    /** What cannot be taken for a bundle of ours; the message is one line. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * A relative name with forward slashes, no letters that a terminal or a file system could take
     * for something else, and no way out of the folder.
     */
    static boolean isName(String name) {
        if (name.isEmpty() || name.getBytes(UTF_8).length > LONGEST_NAME) return false;
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.startsWith(".") || part.endsWith(".") || part.endsWith(" "))
                return false;
        }
        return name.codePoints()
                .allMatch(c ->
                        c == '/'
                                || (Character.isLetterOrDigit(c)
                                        || "._- ()+@,=&'~#".indexOf(c) >= 0));
    }

    private record Head(byte[] name, int crc, long size, long at) {}

    /** Whole or not at all. */
    public static void write(Path file, List<Entry> entries) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                write(out, entries);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void write(OutputStream out, List<Entry> entries) throws IOException {
        if (entries.size() > MOST) throw new IOException("too many files for one bundle");
        List<Head> heads = new ArrayList<>();
        long at = 0;
        for (Entry e : entries) {
            if (!isName(e.name()))
                throw new IOException("the name " + e.name() + " has no place in a bundle");
            long size = Files.size(e.file());
            Head h = new Head(e.name().getBytes(UTF_8), crc(e.file()), size, at);
            at += LOCAL_SIZE + h.name.length + size;
            if (at > LARGEST)
                throw new IOException(
                        "a bundle holds up to 4 GB; leave the captures out (--without-captures)");
            out.write(local(h));
            copy(e.file(), out, h);
            heads.add(h);
        }
        out.write(central(heads, at));
    }

    private static int crc(Path file) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) crc.update(buffer, 0, n);
        }
        return (int) crc.getValue();
    }

    private static void copy(Path file, OutputStream out, Head h) throws IOException {
        CRC32 crc = new CRC32();
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                crc.update(buffer, 0, n);
                out.write(buffer, 0, n);
                size += n;
            }
        }
        if (size != h.size || (int) crc.getValue() != h.crc)
            throw new IOException(file + " changed while it was read");
    }

    private static byte[] local(Head h) {
        ByteBuffer b =
                ByteBuffer.allocate(LOCAL_SIZE + h.name.length).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(LOCAL);
        shared(b, h);
        return b.put(h.name).array();
    }

    /** From the version needed to the length of the extra field. */
    private static void shared(ByteBuffer b, Head h) {
        b.putShort((short) VERSION);
        b.putShort((short) FLAGS);
        b.putShort((short) 0); // stored
        b.putShort((short) 0); // time
        b.putShort((short) DATE);
        b.putInt(h.crc);
        b.putInt((int) h.size);
        b.putInt((int) h.size);
        b.putShort((short) h.name.length);
        b.putShort((short) 0); // extra
    }

    private static byte[] central(List<Head> heads, long at) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Head h : heads) {
            ByteBuffer b = ByteBuffer.allocate(46 + h.name.length).order(ByteOrder.LITTLE_ENDIAN);
            b.putInt(CENTRAL);
            b.putShort((short) VERSION); // made by
            shared(b, h);
            b.putShort((short) 0); // comment
            b.putShort((short) 0); // disk
            b.putShort((short) 0); // internal attributes
            b.putInt(0); // external attributes
            b.putInt((int) h.at);
            out.writeBytes(b.put(h.name).array());
        }
        ByteBuffer b = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(END);
        b.putInt(0); // disks
        b.putShort((short) heads.size());
        b.putShort((short) heads.size());
        b.putInt(out.size());
        b.putInt((int) at);
        b.putShort((short) 0); // comment
        out.writeBytes(b.array());
        return out.toByteArray();
    }

    static boolean isBundle(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(4);
            return head.length == 4
                    && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() == LOCAL;
        }
    }

    /**
     * Unpacks into an empty folder.
     *
     * @return names, in order
     * @throws Malformed where a byte is not where a bundle of ours has it; the message names the
     *     entry
     */
    static List<String> unpack(Path file, Path into) throws IOException {
        List<Head> heads = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        long left = Files.size(file);
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            long at = 0;
            byte[] head = in.readNBytes(4);
            while (head.length == 4 && little(head, 0, 4) == LOCAL) {
                byte[] rest = exactly(in, LOCAL_SIZE - 4, at);
                int crc = (int) little(rest, 10, 4);
                long size = little(rest, 14, 4);
                int length = (int) little(rest, 22, 2);
                if (length > LONGEST_NAME) throw wrong(at, "an entry's name");
                byte[] name = exactly(in, length, at);
                Head h = new Head(name, crc, size, at);
                String text = new String(name, UTF_8);
                byte[] whole = new byte[LOCAL_SIZE + length];
                System.arraycopy(head, 0, whole, 0, 4);
                System.arraycopy(rest, 0, whole, 4, rest.length);
                System.arraycopy(name, 0, whole, LOCAL_SIZE, length);
                if (!isName(text) || !Arrays.equals(text.getBytes(UTF_8), name))
                    throw wrong(at, "an entry's name");
                if (!Arrays.equals(local(h), whole)) throw wrong(at, "the head of " + text);
                if (!seen.add(text.toLowerCase(Locale.ROOT)) || conflicts(text, seen))
                    throw wrong(at, "a second " + text);
                if (heads.size() == MOST) throw wrong(at, "one entry too many");
                left -= whole.length + size;
                if (left < 0) throw wrong(at, text + ", which is cut,");
                Path to = into.resolve(text).normalize();
                if (!to.startsWith(into)) throw wrong(at, "an entry's name");
                Path parent = to.getParent();
                if (parent != null) Files.createDirectories(parent);
                extract(in, to, h, text);
                heads.add(h);
                names.add(text);
                at += whole.length + size;
                head = in.readNBytes(4);
            }
            byte[] expected = central(heads, at);
            byte[] tail = new byte[expected.length + 1];
            System.arraycopy(head, 0, tail, 0, Math.min(head.length, tail.length));
            int n = head.length + in.readNBytes(tail, head.length, tail.length - head.length);
            int differs = Arrays.mismatch(expected, 0, expected.length, tail, 0, n);
            if (differs >= 0) throw wrong(at + differs, "the directory at its end");
        } catch (EOFException e) {
            throw new Malformed("it is cut");
        }
        return List.copyOf(names);
    }

    /** A file where others have a folder. */
    private static boolean conflicts(String name, Set<String> seen) {
        String n = name.toLowerCase(Locale.ROOT);
        for (String s : seen) if (s.startsWith(n + "/") || n.startsWith(s + "/")) return true;
        return false;
    }

    private static void extract(InputStream in, Path to, Head h, String name) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(to)) {
            for (long left = h.size; left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) throw new EOFException();
                crc.update(buffer, 0, n);
                out.write(buffer, 0, n);
                left -= n;
            }
        }
        if ((int) crc.getValue() != h.crc)
            throw new Malformed(name + " in it was changed: its checksum does not fit");
    }

    private static byte[] exactly(InputStream in, int n, long at) throws IOException {
        byte[] b = in.readNBytes(n);
        if (b.length < n) throw new Malformed("it is cut at byte " + (at + b.length));
        return b;
    }

    private static Malformed wrong(long at, String what) {
        return new Malformed(what + " at byte " + at + " is not as telltale bundle writes it");
    }

    private static long little(byte[] b, int from, int n) {
        long v = 0;
        for (int i = n - 1; i >= 0; i--) v = v << 8 | b[from + i] & 0xff;
        return v;
    }
}
