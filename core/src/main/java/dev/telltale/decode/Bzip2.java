package dev.telltale.decode;

import java.util.Arrays;

/**
 * bzip2: blocks of up to 900 kB, sorted by what follows each byte (Burrows and Wheeler), moved to
 * the front and coded by Huffman. Of a block nothing is known before its end; it is read bit by bit
 * as its bytes come.
 *
 * <pre>
 * "BZh", size of blocks (8: "1" to "9"); blocks, end; all bit by bit, the highest first
 * block: 314159265359 (48), CRC-32 (32), 0 (1), row of the text (24), which bytes occur (16, and 16
 *     each), tables (3), selectors (15, and each in unary), tables (5, and each by difference), data
 * end: 177245385090 (48), CRC-32 (32), up to a whole byte; another such stream may follow
 * </pre>
 */
final class Bzip2 extends Codec {
    private static final int GROUP = 50;
    private static final int LONGEST_CODE = 20;
    private static final int SELECTORS = 18_002;

    private enum Phase {
        MAGIC,
        BLOCK,
        CHECK,
        ROW,
        USED,
        USED_16,
        TABLES,
        SELECTOR_COUNT,
        SELECTOR,
        LENGTH,
        LENGTHS,
        SYMBOLS,
        TEXT,
        END
    }

    private Phase phase = Phase.MAGIC;
    private boolean any;

    // Bits read and not used: fewer than eight stay, so that no byte behind the end is taken.
    private long bits;
    private int bitCount;

    private int limit;
    private int magic;
    private int row;
    private int used;
    private int chunk;
    private final byte[] symbols = new byte[256];
    private int symbolCount;
    private int tables;
    private int selectorCount;
    private int selectorAt;
    private int unary;
    private final byte[] selectors = new byte[SELECTORS];
    private final byte[] front = new byte[256];
    private int table;
    private int symbolAt;
    private int length;
    private final byte[] lengths = new byte[258];

    // Per table: codes of each length end below limit; base leads from a code to its symbol.
    private final int[][] codeLimit = new int[6][LONGEST_CODE + 2];
    private final int[][] codeBase = new int[6][LONGEST_CODE + 2];
    private final short[][] codeSymbol = new short[6][258];

    // Symbols.
    private int group;
    private int inGroup;
    private int code;
    private int codeLength;
    private long run;
    private long runBit;

    private int[] chain = new int[1 << 12];
    private int count;
    private final int[] counts = new int[256];

    // What is left to write.
    private int at2;
    private int written;
    private int before;
    private int same;
    private int repeat;

    static boolean begins(byte[] b, int s, int e) {
        return e - s >= 10
                && b[s] == 'B'
                && b[s + 1] == 'Z'
                && b[s + 2] == 'h'
                && b[s + 3] >= '1'
                && b[s + 3] <= '9'
                && (b[s + 4] == 0x31 && b[s + 5] == 0x41 && b[s + 6] == 0x59
                        || b[s + 4] == 0x17 && b[s + 5] == 0x72 && b[s + 6] == 0x45);
    }

    @Override
    void begin() {
        super.begin();
        phase = Phase.MAGIC;
        any = false;
        bits = 0;
        bitCount = 0;
        magic = 0;
    }

    /** Whether {@code n} bits, at most 32, are there. */
    private boolean has(int n) {
        while (bitCount < n) {
            if (at == to) return false;
            bits = bits << 8 | in[at++] & 0xff;
            bitCount += 8;
        }
        return true;
    }

    private int bits(int n) {
        bitCount -= n;
        return (int) (bits >>> bitCount & (1L << n) - 1);
    }

    @Override
    int output(byte[] out, int offset, int n) {
        while (!done() && broken().isEmpty()) {
            if (phase == Phase.TEXT) {
                int o = text(out, offset, n);
                if (o > 0) return o;
                phase = Phase.BLOCK;
            } else if (!step()) {
                return 0;
            }
        }
        return 0;
    }

    /** Reads on; false where more must come, at the end, or where it is broken. */
    private boolean step() {
        switch (phase) {
            case MAGIC -> {
                if (any && at == to && last) return ends();
                if (to - at < 10 && !last) return false;
                if (!begins(in, at, to)) return any ? ends() : fails("no header");
                limit = (in[at + 3] - '0') * 100_000;
                at += 4;
                any = true;
                phase = Phase.BLOCK;
            }
            case BLOCK -> {
                if (magic == 0) {
                    if (!has(24)) return false;
                    magic = bits(24);
                    if (magic != 0x314159 && magic != 0x177245) return fails("no block");
                }
                if (!has(24)) return false;
                int rest = bits(24);
                boolean end = magic == 0x177245;
                if (rest != (end ? 0x385090 : 0x265359)) return fails("no block");
                magic = 0;
                phase = end ? Phase.END : Phase.CHECK;
            }
            case CHECK -> {
                if (!has(32)) return false;
                bits(32);
                phase = Phase.ROW;
            }
            case ROW -> {
                if (!has(25)) return false;
                if (bits(1) != 0) return fails("of a version long gone");
                row = bits(24);
                phase = Phase.USED;
            }
            case USED -> {
                if (!has(16)) return false;
                used = bits(16);
                chunk = 0;
                symbolCount = 0;
                phase = Phase.USED_16;
            }
            case USED_16 -> {
                while (chunk < 16) {
                    if ((used & 0x8000 >> chunk) != 0) {
                        if (!has(16)) return false;
                        int some = bits(16);
                        for (int i = 0; i < 16; i++)
                            if ((some & 0x8000 >> i) != 0)
                                symbols[symbolCount++] = (byte) (chunk * 16 + i);
                    }
                    chunk++;
                }
                if (symbolCount == 0) return fails("a block of nothing");
                phase = Phase.TABLES;
            }
            case TABLES -> {
                if (!has(3)) return false;
                tables = bits(3);
                if (tables < 2 || tables > 6) return fails("a wrong number of tables");
                phase = Phase.SELECTOR_COUNT;
            }
            case SELECTOR_COUNT -> {
                if (!has(15)) return false;
                selectorCount = bits(15);
                if (selectorCount == 0) return fails("no selectors");
                selectorAt = 0;
                unary = 0;
                for (int i = 0; i < tables; i++) front[i] = (byte) i;
                phase = Phase.SELECTOR;
            }
            case SELECTOR -> {
                while (selectorAt < selectorCount) {
                    if (!has(1)) return false;
                    if (bits(1) == 1) {
                        if (++unary >= tables) return fails("a selector of no table");
                        continue;
                    }
                    byte t = front[unary];
                    System.arraycopy(front, 0, front, 1, unary);
                    front[0] = t;
                    // Some encoders write more than there can be.
                    if (selectorAt < SELECTORS) selectors[selectorAt] = t;
                    selectorAt++;
                    unary = 0;
                }
                selectorCount = Math.min(selectorCount, SELECTORS);
                table = 0;
                phase = Phase.LENGTH;
            }
            case LENGTH -> {
                if (!has(5)) return false;
                length = bits(5);
                symbolAt = 0;
                phase = Phase.LENGTHS;
            }
            case LENGTHS -> {
                return lengths();
            }
            case SYMBOLS -> {
                return symbols();
            }
            case END -> {
                if (!has(32)) return false;
                bits(32);
                bitCount = 0;
                bits = 0;
                phase = Phase.MAGIC;
            }
            case TEXT -> throw new IllegalStateException();
        }
        return true;
    }

    private boolean ends() {
        finish();
        return false;
    }

    private boolean fails(String why) {
        fail(why);
        return false;
    }

    private boolean lengths() {
        while (symbolAt < symbolCount + 2) {
            if (length < 1 || length > LONGEST_CODE) return fails("a code that is too long");
            // 0 where it is the length, 10 where it is more, 11 less.
            if (!has(2)) {
                if (bitCount < 1 || (bits >>> bitCount - 1 & 1) == 1) return false;
            }
            if (bits(1) == 0) lengths[symbolAt++] = (byte) length;
            else length += bits(1) == 0 ? 1 : -1;
        }
        codes(codeLimit[table], codeBase[table], codeSymbol[table]);
        if (++table < tables) {
            phase = Phase.LENGTH;
            return true;
        }
        phase = Phase.SYMBOLS;
        group = -1;
        inGroup = 0;
        code = codeLength = 0;
        run = 0;
        runBit = 1;
        count = 0;
        for (int i = 0; i < symbolCount; i++) front[i] = symbols[i];
        Arrays.fill(counts, 0);
        return true;
    }

    private void codes(int[] limits, int[] bases, short[] ordered) {
        int n = 0;
        int next = 0;
        for (int l = 1; l <= LONGEST_CODE; l++) {
            bases[l] = n - next;
            for (int s = 0; s < symbolCount + 2; s++) {
                if (lengths[s] != l) continue;
                ordered[n++] = (short) s;
                next++;
            }
            limits[l] = next;
            next <<= 1;
        }
    }

    private boolean symbols() {
        while (true) {
            if (inGroup == 0) {
                if (++group >= selectorCount) return fails("more than its selectors");
                inGroup = GROUP;
            }
            int t = selectors[group];
            int[] limits = codeLimit[t];
            do {
                if (codeLength == LONGEST_CODE) return fails("no code");
                if (!has(1)) return false;
                code = code << 1 | bits(1);
                codeLength++;
            } while (code >= limits[codeLength]);
            int index = code + codeBase[t][codeLength];
            if (index < 0 || index >= symbolCount + 2) return fails("no code");
            int symbol = codeSymbol[t][index];
            code = codeLength = 0;
            inGroup--;
            if (symbol < 2) {
                if (runBit > limit) return fails("more than a block");
                run += runBit << symbol;
                runBit <<= 1;
                continue;
            }
            if (run > 0 && !put(front[0], run)) return false;
            run = 0;
            runBit = 1;
            if (symbol == symbolCount + 1) break;
            byte b = front[symbol - 1];
            System.arraycopy(front, 0, front, 1, symbol - 1);
            front[0] = b;
            if (!put(b, 1)) return false;
        }
        if (row >= count) return fails("a row that is none");
        sort();
        return true;
    }

    private boolean put(byte b, long n) {
        if (n > limit - count) return fails("more than a block");
        if (count + n > chain.length)
            chain =
                    Arrays.copyOf(
                            chain, (int) Math.min(limit, Math.max(2L * chain.length, count + n)));
        Arrays.fill(chain, count, count + (int) n, b & 0xff);
        count += (int) n;
        counts[b & 0xff] += (int) n;
        return true;
    }

    /** Makes of each byte a link to the one that follows it, above the byte itself. */
    private void sort() {
        int sum = 0;
        for (int i = 0; i < 256; i++) {
            int n = counts[i];
            counts[i] = sum;
            sum += n;
        }
        for (int i = 0; i < count; i++) chain[counts[chain[i] & 0xff]++] |= i << 8;
        at2 = chain[row] >>> 8;
        written = 0;
        before = -1;
        same = 0;
        repeat = 0;
        phase = Phase.TEXT;
    }

    /** Four equal bytes are followed by how many more there are. */
    private int text(byte[] out, int offset, int n) {
        int o = offset;
        int end = offset + n;
        while (o < end) {
            if (repeat > 0) {
                int m = Math.min(repeat, end - o);
                Arrays.fill(out, o, o + m, (byte) before);
                o += m;
                repeat -= m;
                continue;
            }
            if (written == count) break;
            int x = chain[at2];
            at2 = x >>> 8;
            int b = x & 0xff;
            written++;
            if (same == 4) {
                repeat = b;
                same = 0;
                continue;
            }
            same = b == before ? same + 1 : 1;
            before = b;
            out[o++] = (byte) b;
        }
        return o - offset;
    }
}
