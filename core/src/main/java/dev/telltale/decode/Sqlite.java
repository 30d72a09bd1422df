package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A database of SQLite, by its <a href="https://www.sqlite.org/fileformat2.html">file format</a>:
 * values of all tables, called by table and column. What no row holds (indexes, what was deleted
 * and not written over) is searched as it stands.
 *
 * <pre>
 * page 1: "SQLite format 3" 00, size of a page (16) ... bytes not used of each (8, at 20) ... text
 *     encoding (32, at 56); then, and at the front of any other page of a tree:
 * page: 5 of pages, 13 of rows (8), free (16), cells (16), content (16), free bytes (8), last page (32,
 *     of 5 only); where each cell stands (16 each)
 * row: length (varint), number (varint), header: its length, a type for each column (varints); values;
 *     what is too long goes on in pages of their own: next (32), bytes
 * </pre>
 */
final class Sqlite extends Kept {
    private static final int LONGEST = 1 << 22;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(UTF_8);

    /** Columns of a table that have a name. */
    private static final int COLUMNS = 256;

    private static final int TREE = 20;

    private int pageSize;
    private int usable;
    private Charset charset = UTF_8;
    private final BitSet seen = new BitSet();

    /** Rows of the schema: type, name, root page and statement of each. */
    private final List<String[]> schema = new ArrayList<>();

    /** The varint just read ends here. */
    private int at;

    private boolean good;

    /** Bytes of rows so far: rows that overlap each other would never end. */
    private long work;

    Sqlite(Layer layer) {
        super(layer, "sqlite", LONGEST);
    }

    static boolean begins(byte[] b, int s, int e) {
        return e - s >= 100 && Arrays.equals(b, s, s + MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    @Override
    public boolean named(String type) {
        // The magic is announcement enough.
        return true;
    }

    @Override
    String takeApart() {
        pageSize = (int) big(b, 16, 2);
        if (pageSize == 1) pageSize = 1 << 16;
        usable = pageSize - (b[20] & 0xff);
        if (Integer.bitCount(pageSize) != 1 || pageSize < 512 || usable < 480)
            return "pages of no size";
        charset = b[59] == 2 ? UTF_16LE : b[59] == 3 ? UTF_16BE : UTF_8;
        seen.clear();
        schema.clear();
        good = true;
        work = 0;
        int before = enter("sqlite_schema");
        tree(1, List.of("type", "name", "tbl_name", "rootpage", "sql"), true, 0);
        leave(before);
        for (String[] row : List.copyOf(schema)) {
            if (!row[0].equals("table")) continue;
            before = enter(row[1]);
            tree(page(row[2]), columns(row[3]), false, 0);
            leave(before);
        }
        return good ? "" : "pages that are missing or none";
    }

    private static int page(String number) {
        return number.matches("\\d{1,9}") ? Integer.parseInt(number) : 0;
    }

    /** Names of a table's columns, as its statement has them between its brackets. */
    private static List<String> columns(String sql) {
        List<String> names = new ArrayList<>();
        int depth = 0;
        int from = -1;
        for (int i = 0; i < sql.length() && names.size() < COLUMNS; i++) {
            char c = sql.charAt(i);
            if (c == '(' && depth++ == 0) from = i + 1;
            boolean ends = c == ')' && --depth == 0 || c == ',' && depth == 1;
            if (!ends || from < 0) continue;
            String name = sql.substring(from, i).strip();
            int end = 0;
            char quote = name.isEmpty() ? ' ' : name.charAt(0);
            if (quote == '"' || quote == '`' || quote == '[' || quote == '\'') {
                end = name.indexOf(quote == '[' ? ']' : quote, 1);
                names.add(end < 0 ? name : name.substring(1, end));
            } else {
                while (end < name.length() && !Character.isWhitespace(name.charAt(end))) end++;
                names.add(name.substring(0, end));
            }
            from = i + 1;
            if (depth == 0) break;
        }
        return names;
    }

    private void tree(int page, List<String> columns, boolean isSchema, int depth) {
        long start = (page - 1L) * pageSize;
        if (page < 1 || start + usable > length || seen.get(page) || depth == TREE) {
            good = false;
            return;
        }
        seen.set(page);
        int p = (int) start;
        int head = p + (page == 1 ? 100 : 0);
        int type = b[head];
        int cells = (int) big(b, head + 3, 2);
        int pointers = head + (type == 13 || type == 10 ? 8 : 12);
        // Rows of a table without row numbers stand in an index: they are searched as they stand.
        if (type != 13 && type != 5 || pointers + 2 * cells > p + usable) {
            good &= type == 10 || type == 2;
            return;
        }
        if (page == 1) tell(0, 24);
        tell(head, pointers + 2 * cells);
        for (int k = 0; k < cells; k++) {
            int cell = (int) big(b, pointers + 2 * k, 2);
            if (cell < 8 || cell > usable - 4) {
                good = false;
                continue;
            }
            if (type == 5) tree((int) big(b, p + cell, 4), columns, isSchema, depth + 1);
            else row(p + cell, p + usable, columns, isSchema);
        }
        if (type == 5) tree((int) big(b, head + 8, 4), columns, isSchema, depth + 1);
    }

    /** Seven bits a byte, the highest first; all of the ninth; -1 where it is cut. */
    private long varint(byte[] in, int p, int to) {
        long v = 0;
        for (int k = 0; k < 9 && p + k < to; k++) {
            int c = in[p + k];
            v = k == 8 ? v << 8 | c & 0xff : v << 7 | c & 0x7f;
            if (c >= 0 || k == 8) {
                at = p + k + 1;
                return v;
            }
        }
        return -1;
    }

    private void row(int p, int to, List<String> columns, boolean isSchema) {
        long size = varint(b, p, to);
        work += size;
        if (size < 1 || size > LONGEST || work > 2L * length) {
            good = false;
            return;
        }
        int number = at;
        long rowid = varint(b, at, to);
        int payload = at;
        tell(p, payload);
        int before = enter("rowid");
        integer("-varint", rowid, false, number, payload - number);
        leave(before);
        int most = usable - 35;
        int least = (usable - 12) * 32 / 255 - 23;
        int more = (int) (least + (size - least) % (usable - 4));
        int local = (int) (size <= most ? size : more <= most ? more : least);
        if (local > to - payload) {
            good = false;
            return;
        }
        if (local == size) {
            record(b, payload, payload + local, true, columns, isSchema);
            return;
        }
        byte[] all = Arrays.copyOfRange(b, payload, payload + (int) size);
        if (collect(all, local, (int) big(b, payload + local, 4))) {
            tell(payload, payload + local + 4);
            record(all, 0, all.length, false, columns, isSchema);
        } else {
            good = false;
        }
    }

    /** Puts what stands in pages of its own behind the first {@code n} bytes of {@code all}. */
    private boolean collect(byte[] all, int n, int page) {
        while (n < all.length) {
            long start = (page - 1L) * pageSize;
            if (page < 1 || start + usable > length || seen.get(page)) return false;
            seen.set(page);
            int p = (int) start;
            int m = Math.min(all.length - n, usable - 4);
            System.arraycopy(b, p + 4, all, n, m);
            tell(p, p + 4 + m);
            n += m;
            page = (int) big(b, p, 4);
        }
        return true;
    }

    /**
     * @param here the bytes are those of the file; else they were put together
     */
    private void record(
            byte[] in, int p, int to, boolean here, List<String> columns, boolean isSchema) {
        long header = varint(in, p, to);
        if (header < 1 || header > to - p) {
            good = false;
            return;
        }
        int types = at;
        int typesEnd = (int) (p + header);
        int v = typesEnd;
        if (here) tell(p, typesEnd);
        String[] row = {"", "", "", ""};
        numbers.none();
        for (int k = 0; types < typesEnd; k++) {
            long type = varint(in, types, typesEnd);
            types = at;
            long n = type < 12 ? width((int) type) : (type - 12) / 2;
            if (type < 0 || n > to - v) {
                good = false;
                return;
            }
            int end = (int) (v + n);
            int before = enter(k < columns.size() ? columns.get(k) : "#" + k);
            if (here) value(type < 12 ? (int) type : 12 + (int) (type & 1), v, end);
            else if (end > v) moved(type < 12 ? (int) type : 12 + (int) (type & 1), in, v, end);
            leave(before);
            if (isSchema && k < 5 && k != 2) {
                int field = k < 2 ? k : k - 1;
                row[field] =
                        type < 12
                                ? Long.toString(type == 9 ? 1 : signed(in, v, (int) n))
                                : new String(in, v, (int) n, charset);
            }
            v = end;
        }
        if (isSchema) schema.add(row);
    }

    private static int width(int type) {
        return switch (type) {
            case 1, 2, 3, 4 -> type;
            case 5 -> 6;
            case 6, 7 -> 8;
            default -> 0;
        };
    }

    private void value(int type, int from, int to) {
        int n = to - from;
        if (n == 0) {
            numbers.none();
        } else if (type < 7) {
            integer("-be", signed(b, from, n), false, from, n);
        } else if (type == 7) {
            real("-be", Double.longBitsToDouble(big(b, from, 8)), from, n);
        } else if (type == 13 && charset != UTF_8) {
            tell(from, to);
            text(b, from, to, offset(from), n);
        } else {
            bytes(from, to);
        }
    }

    private void text(byte[] in, int from, int to, long offset, int n) {
        byte[] plain = new String(in, from, to - from, charset).getBytes(UTF_8);
        String as = charset == UTF_16LE ? "utf-16le" : "utf-16be";
        layer.recoded("sqlite", as, plain, offset, n, this);
    }

    /** A value of a row whose bytes are not together in the file: all of it is where they are. */
    private void moved(int type, byte[] in, int from, int to) {
        numbers.none();
        if (type == 13 && charset != UTF_8) {
            text(in, from, to, offset(0), length);
            return;
        }
        layer.openJoined("sqlite", offset(0), this);
        layer.feedPart(in, from, to);
        layer.closePart(offset(length));
    }
}
