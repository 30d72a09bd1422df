package dev.telltale.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Ranges of addresses of one family with a value each (a country or an AS number), as they are
 * collected. IPv6 is cut to its upper 64 bits, the smallest network that is given to anyone.
 */
final class AddressRanges {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,39}");
    private static final BigInteger FOUR = BigInteger.ONE.shiftLeft(32);

    private final boolean six;
    private long[] start = new long[1024];
    private long[] end = new long[1024];
    private int[] value = new int[1024];
    private int size;

    AddressRanges(boolean six) {
        this.six = six;
    }

    int size() {
        return size;
    }

    long start(int i) {
        return start[i];
    }

    long end(int i) {
        return end[i];
    }

    int value(int i) {
        return value[i];
    }

    void add(BigInteger from, BigInteger to, int v) {
        add(
                (six ? from.shiftRight(64) : from).longValue(),
                (six ? to.shiftRight(64) : to).longValue(),
                v);
    }

    void add(long from, long to, int v) {
        if (size == start.length) {
            start = Arrays.copyOf(start, 2 * size);
            end = Arrays.copyOf(end, 2 * size);
            value = Arrays.copyOf(value, 2 * size);
        }
        start[size] = from;
        end[size] = to;
        value[size++] = v;
    }

    /** Sorted and without overlap: where two ranges meet, the one that begins first has it. */
    AddressRanges tidy() {
        Integer[] order = new Integer[size];
        boolean sorted = true;
        for (int i = 0; i < size; i++) {
            order[i] = i;
            sorted &= i == 0 || Long.compareUnsigned(start[i - 1], start[i]) <= 0;
        }
        if (!sorted)
            Arrays.sort(
                    order,
                    Comparator.comparing((Integer i) -> start[i] ^ Long.MIN_VALUE)
                            .thenComparing(i -> -(end[i] ^ Long.MIN_VALUE)));
        AddressRanges out = new AddressRanges(six);
        for (int i : order) {
            long from = start[i];
            if (out.size > 0 && Long.compareUnsigned(from, out.end[out.size - 1]) <= 0) {
                if (out.end[out.size - 1] == -1) break;
                from = out.end[out.size - 1] + 1;
            }
            if (Long.compareUnsigned(from, end[i]) <= 0) out.add(from, end[i], value[i]);
        }
        return out;
    }

    /** IPv4 and IPv6 of a table. */
    record Both(AddressRanges four, AddressRanges six) {
        Both() {
            this(new AddressRanges(false), new AddressRanges(true));
        }

        Both tidy() {
            return new Both(four.tidy(), six.tidy());
        }
    }

    interface Value {
        /** Of one row's columns behind the two addresses. */
        int of(List<String> columns);
    }

    /**
     * A CSV of first address, last address, value...: addresses as text or as numbers; numbers from
     * 2^32 on are IPv6. A first column with a slash is a network, the value follows it at once.
     *
     * @throws IOException naming the line that is none
     */
    static Both csv(BufferedReader in, Value value) throws IOException {
        Both both = new Both();
        int number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) continue;
            List<String> c = columns(line);
            if (number == 1 && !c.getFirst().matches("[0-9A-Fa-f:./]+")) continue; // a heading
            try {
                row(c, value, both);
            } catch (IllegalArgumentException | UncheckedIOException e) {
                throw new IOException("line " + number + ": " + e.getMessage(), e);
            }
        }
        return both.tidy();
    }

    private static void row(List<String> c, Value value, Both both) {
        BigInteger from;
        BigInteger to;
        boolean six;
        int used = 2;
        int slash = c.getFirst().indexOf('/');
        if (slash > 0) {
            String ip = c.getFirst().substring(0, slash);
            six = ip.indexOf(':') >= 0;
            int bits = Integer.parseInt(c.getFirst().substring(slash + 1));
            int width = six ? 128 : 32;
            if (bits < 0 || bits > width)
                throw new IllegalArgumentException("no network: " + c.getFirst());
            BigInteger rest = BigInteger.ONE.shiftLeft(width - bits).subtract(BigInteger.ONE);
            from = number(ip).andNot(rest);
            to = from.or(rest);
            used = 1;
        } else {
            if (c.size() < 3) throw new IllegalArgumentException("fewer than three columns");
            from = number(c.getFirst());
            to = number(c.get(1));
            six = c.getFirst().indexOf(':') >= 0 || to.compareTo(FOUR) >= 0;
        }
        if (to.compareTo(from) < 0)
            throw new IllegalArgumentException("the last address is before the first");
        if (c.size() <= used) throw new IllegalArgumentException("no value");
        (six ? both.six : both.four).add(from, to, value.of(c.subList(used, c.size())));
    }

    /** An address without asking anybody: only literals. */
    static BigInteger number(String address) {
        String a = address.strip();
        if (NUMBER.matcher(a).matches()) return new BigInteger(a);
        if (!IPV4.matcher(a).matches() && !IPV6.matcher(a).matches())
            throw new IllegalArgumentException("not an address: " + a);
        try {
            return new BigInteger(1, InetAddress.ofLiteral(a).getAddress());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an address: " + a, e);
        }
    }

    /** RFC 4180, without line breaks inside quotes. */
    static List<String> columns(String line) {
        List<String> out = new ArrayList<>();
        StringBuilder column = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char ch = line.charAt(i);
            if (ch == '"') {
                if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"')
                    column.append(line.charAt(i++));
                else quoted = !quoted;
            } else if (ch == ',' && !quoted) {
                out.add(column.toString().strip());
                column.setLength(0);
            } else column.append(ch);
        }
        out.add(column.toString().strip());
        return out;
    }
}
