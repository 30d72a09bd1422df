package dev.telltale.attribute;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Address to country and AS, by binary search in sorted intervals. An interval reaches to the start
 * of the next one. Only the blocks that are asked for are unpacked, so a capture with a dozen
 * addresses costs a dozen small blocks.
 *
 * <pre>
 * "TTIP1" LF
 * u16     countries, then 2 letters each; 1-based below, 0 is none
 * twice, for IPv4 (32 bits) and for the upper 64 bits of IPv6:
 *   u32   AS numbers; u32 packed length; deflate(varint each, the commonest first; 0 is none)
 *   u32   intervals; u32 intervals a block
 *   each block: u64 first address; u32 packed length
 *   each block: deflate(columns)
 *     lengths of all intervals but the last: u8 trailing zero bits, varint rest without its last 1
 *     countries: u8 each
 *     AS: varint index each
 * </pre>
 *
 * All integers big-endian; varint as in LEB128; deflate without header (RFC 1951).
 */
final class IpTable {
    private static final String MAGIC = "TTIP1\n";

    /** A block holds 3 columns of at most 10 bytes an interval. */
    private static final int WIDEST = 30;

    /** Of one table, far above what all of the Internet needs. */
    private static final int MOST = 1 << 24;

    /**
     * @param country ISO alpha-2, empty where unknown
     * @param asn 0 where unknown
     */
    record Place(String country, long asn) {}

    private record Block(long[] start, int[] country, int[] as) {}

    private final byte[] file;
    private final String[] countries;
    private final Family four;
    private final Family six;

    private IpTable(byte[] file, String[] countries, Family four, Family six) {
        this.file = file;
        this.countries = countries;
        this.four = four;
        this.six = six;
    }

    /**
     * @throws IOException where it is not such a file; the rest shows when a block is unpacked
     */
    static IpTable of(byte[] file) throws IOException {
        ByteArrayInputStream bytes = new ByteArrayInputStream(file);
        DataInputStream in = new DataInputStream(bytes);
        if (!new String(in.readNBytes(6), StandardCharsets.US_ASCII).equals(MAGIC))
            throw new IOException("not an address table");
        String[] countries = new String[in.readUnsignedShort()];
        for (int i = 0; i < countries.length; i++)
            countries[i] = new String(in.readNBytes(2), StandardCharsets.US_ASCII);
        Family four = new Family(file, bytes, in);
        Family six = new Family(file, bytes, in);
        return new IpTable(file, countries, four, six);
    }

    /** IPv4 of 4 bytes or IPv6 of 16; empty where neither country nor AS is known. */
    Optional<Place> find(byte[] address) {
        if (address.length == 4) return place(four, bits(address, 4));
        return address.length == 16 ? place(six, bits(address, 8)) : Optional.empty();
    }

    private static long bits(byte[] address, int bytes) {
        long v = 0;
        for (int i = 0; i < bytes; i++) v = v << 8 | address[i] & 0xff;
        return v;
    }

    private Optional<Place> place(Family family, long address) {
        int b = family.block(address);
        if (b < 0) return Optional.empty();
        Block block = family.unpacked(file, b);
        int i = floor(block.start(), address);
        if (i < 0) return Optional.empty();
        int c = block.country()[i];
        int a = block.as()[i];
        String country = c == 0 || c > countries.length ? "" : countries[c - 1];
        long asn = a >= family.asns().length ? 0 : family.asns()[a];
        return country.isEmpty() && asn == 0
                ? Optional.empty()
                : Optional.of(new Place(country, asn));
    }

    /** Index of the last start that is not above, in unsigned order; -1 where there is none. */
    private static int floor(long[] starts, long address) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int mid = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[mid], address) <= 0) low = mid + 1;
            else high = mid - 1;
        }
        return high;
    }

    /** IPv4 or IPv6. */
    private static final class Family {
        private final int dictionaryAt;
        private final int dictionaryLength;
        private long[] asns = {};
        private final int intervals;
        private final int perBlock;
        private final long[] first;
        private final int[] at;
        private final int[] length;
        private final Map<Integer, Block> unpacked = new HashMap<>();
        private final byte[] file;
        private final int asCount;

        Family(byte[] file, ByteArrayInputStream bytes, DataInputStream in) throws IOException {
            this.file = file;
            asCount = bounded(in.readInt());
            dictionaryLength = bounded(in.readInt());
            dictionaryAt = file.length - bytes.available();
            in.skipNBytes(dictionaryLength);
            intervals = bounded(in.readInt());
            perBlock = in.readInt();
            if (perBlock < 1 || perBlock > 1 << 16) throw new IOException("damaged address table");
            int blocks = (intervals + perBlock - 1) / perBlock;
            first = new long[blocks];
            at = new int[blocks];
            length = new int[blocks];
            for (int i = 0; i < blocks; i++) {
                first[i] = in.readLong();
                length[i] = bounded(in.readInt());
            }
            int offset = file.length - bytes.available();
            for (int i = 0; i < blocks; i++) {
                at[i] = offset;
                in.skipNBytes(length[i]);
                offset += length[i];
            }
        }

        private static int bounded(int n) throws IOException {
            if (n < 0 || n > MOST) throw new IOException("damaged address table");
            return n;
        }

        int block(long address) {
            return floor(first, address);
        }

        long[] asns() {
            if (asns.length == 0 && asCount > 0) {
                byte[] plain = inflated(file, dictionaryAt, dictionaryLength, asCount * 10);
                Cursor in = new Cursor(plain);
                asns = new long[asCount];
                for (int i = 0; i < asCount; i++) asns[i] = in.varint();
            }
            return asns;
        }

        Block unpacked(byte[] file, int b) {
            return unpacked.computeIfAbsent(b, k -> unpack(file, k));
        }

        private Block unpack(byte[] file, int b) {
            int n = Math.min(perBlock, intervals - b * perBlock);
            Cursor in = new Cursor(inflated(file, at[b], length[b], n * WIDEST));
            long[] start = new long[n];
            start[0] = first[b];
            for (int i = 1; i < n; i++) {
                int zeros = in.next();
                start[i] = start[i - 1] + ((in.varint() << 1 | 1) << zeros);
            }
            int[] country = new int[n];
            for (int i = 0; i < n; i++) country[i] = in.next();
            int[] as = new int[n];
            for (int i = 0; i < n; i++) as[i] = (int) in.varint();
            return new Block(start, country, as);
        }
    }

    private static byte[] inflated(byte[] file, int at, int length, int most) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(file, at, length);
            byte[] plain = new byte[most];
            int n = 0;
            while (!inflater.finished() && n < most) {
                int more = inflater.inflate(plain, n, most - n);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) break;
                n += more;
            }
            return Arrays.copyOf(plain, n);
        } catch (DataFormatException e) {
            // Like a block that ends early: what is missing reads as unknown.
            return new byte[0];
        } finally {
            inflater.end();
        }
    }

    /** Past the end there are zeros. */
    private static final class Cursor {
        private final byte[] bytes;
        private int at;

        Cursor(byte[] bytes) {
            this.bytes = bytes;
        }

        int next() {
            return at < bytes.length ? bytes[at++] & 0xff : 0;
        }

        long varint() {
            long v = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int b = next();
                v |= (long) (b & 0x7f) << shift;
                if (b < 0x80) break;
            }
            return v;
        }
    }
}
