package dev.telltale.capture;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A value of a tnetstring (<a href="https://tnetstrings.info/">tnetstrings.info</a>), as mitmproxy
 * extends it.
 *
 * <pre>
 * length (1-12 digits) ':' payload type
 *   ',' bytes   ';' UTF-8 text   '#' integer   '^' float   '!' true or false   '~' null
 *   ']' list: values   '}' dictionary: key and value in turn
 * </pre>
 */
sealed interface Tnet {
    /** What stands for an absent value. */
    Tnet NOTHING = new Nothing();

    Chars NO_CHARS = new Chars(new byte[0], 0, 0, 0);
    Fields NO_FIELDS = new Fields(Map.of());

    record Nothing() implements Tnet {}

    /**
     * Bytes or text.
     *
     * @param lost bytes that the file should hold after these and does not
     */
    record Chars(byte[] bytes, int from, int length, long lost) implements Tnet {
        String text() {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
    }

    /** Bytes or a list too long to keep: {@code length} payload bytes at {@code at} of the file. */
    record Far(long at, long length) implements Tnet {}

    /** An integer or float as written. */
    record Number(String written) implements Tnet {}

    record Flag(boolean is) implements Tnet {}

    record Items(List<Tnet> values) implements Tnet {}

    record Fields(Map<String, Tnet> values) implements Tnet {
        Tnet get(String key) {
            Tnet v = values.get(key);
            return v == null ? NOTHING : v;
        }

        /** The first of {@code keys} that has a value: formats rename their fields. */
        Tnet first(String... keys) {
            for (String key : keys) {
                Tnet v = get(key);
                if (!(v instanceof Nothing)) return v;
            }
            return NOTHING;
        }

        Fields fields(String key) {
            return get(key) instanceof Fields f ? f : NO_FIELDS;
        }

        boolean isEmpty() {
            return values.isEmpty();
        }
    }

    /** Text, empty where the value is none. */
    default String string() {
        return this instanceof Chars c ? c.text() : "";
    }

    default List<Tnet> items() {
        return this instanceof Items i ? i.values() : List.of();
    }

    /** An integer, floats rounded towards zero; {@code absent} where the value is none. */
    default long whole(long absent) {
        if (!(this instanceof Number n)) return absent;
        try {
            double d = Double.parseDouble(n.written());
            return Double.isNaN(d) ? absent : (long) d;
        } catch (NumberFormatException e) {
            return absent;
        }
    }

    default boolean truth() {
        return this instanceof Flag f && f.is();
    }

    /** Seconds since the epoch as nanoseconds, 0 where the value is none. */
    default long nanos() {
        return this instanceof Number n ? EpochTime.seconds(n.written()) : 0;
    }
}
