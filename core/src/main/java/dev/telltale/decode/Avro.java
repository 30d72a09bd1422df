package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A container file of <a href="https://avro.apache.org/docs/1.12.0/specification/">Avro</a>:
 * records are told apart by the schema that the file begins with, fields are called by their names.
 *
 * <pre>
 * "Obj" 1, metadata: a map of bytes (avro.schema, avro.codec), mark (16 bytes); blocks: records,
 *     bytes of them (each zigzag in a varint), records, packed as avro.codec says, mark
 * </pre>
 */
final class Avro extends Kept {
    private static final int LONGEST = 1 << 22;
    private static final int MARK = 16;

    /** The type of what a block holds, by which {@link Records} knows it. */
    private static final String BLOCK = "avro/block";

    private static final ObjectMapper JSON = new ObjectMapper();

    private int at;
    private String codec = "";

    Avro(Layer layer) {
        super(layer, "avro", LONGEST);
    }

    static boolean begins(byte[] b, int s, int e) {
        return e - s >= 4 && b[s] == 'O' && b[s + 1] == 'b' && b[s + 2] == 'j' && b[s + 3] == 1;
    }

    @Override
    public boolean named(String type) {
        // The magic is announcement enough.
        return true;
    }

    @Override
    String takeApart() {
        at = 4;
        JsonNode schema = metadata();
        if (schema == null || length - at < MARK) return "no schema";
        mark();
        JsonNode around = layer.u.schema;
        layer.u.schema = schema;
        try {
            return blocks();
        } finally {
            layer.u.schema = around;
        }
    }

    private @Nullable JsonNode metadata() {
        JsonNode schema = null;
        codec = "null";
        while (true) {
            long n = number();
            if (at < 0) return null;
            if (n == 0) return schema;
            if (n < 0) number();
            for (long k = Math.abs(n); k > 0; k--) {
                String key = text();
                String value = text();
                if (at < 0) return null;
                if (key.equals("avro.codec")) codec = value;
                if (key.equals("avro.schema")) {
                    try {
                        schema = JSON.readTree(value);
                    } catch (JacksonException e) {
                        return null;
                    }
                }
            }
            if (at < 0) return null;
        }
    }

    private String blocks() {
        while (at < length) {
            int head = at;
            long records = number();
            long n = number();
            if (at < 0 || records < 0 || n < 0) return "no block begins so";
            int from = at;
            boolean whole = n <= length - from - MARK;
            int to = whole ? (int) (from + n) : length;
            tell(head, from);
            // Behind what Snappy packed there is a checksum.
            int end = codec.equals("snappy") && to - from > 4 ? to - 4 : to;
            List<String> coding =
                    switch (codec) {
                        case "null" -> List.of();
                        case "zstandard" -> List.of("zstd");
                        default -> List.of(codec);
                    };
            tell(from, end);
            layer.wholePart("avro", b, from, end, offset(from), this, BLOCK, coding);
            if (!whole) return "ends inside a block";
            at = to;
            mark();
        }
        return "";
    }

    /** Random, so that nobody asks what it means; it is searched all the same. */
    private void mark() {
        layer.aside(b, at, at + MARK, offset(at));
        tell(at, at + MARK);
        at += MARK;
    }

    private String text() {
        long n = number();
        if (at < 0 || n < 0 || n > length - at) {
            at = -1;
            return "";
        }
        String s = new String(b, at, (int) n, UTF_8);
        at += (int) n;
        return s;
    }

    /** Zigzag in a varint; 0, and {@link #at} below zero, where it is cut. */
    private long number() {
        long v = 0;
        for (int shift = 0; at >= 0 && at < length && shift < 64; shift += 7) {
            int c = b[at++];
            v |= (long) (c & 0x7f) << shift;
            if (c >= 0) return v >>> 1 ^ -(v & 1);
        }
        at = -1;
        return 0;
    }

    /** The records of a block, one after the other. */
    static final class Records extends Kept {
        /** Values of a block that take no bytes, such as null, are not counted out beyond this. */
        private static final int MOST = 1 << 20;

        private final Map<String, JsonNode> named = new HashMap<>();
        private int at;
        private int values;

        Records(Layer layer) {
            super(layer, "avro", LONGEST);
        }

        static boolean begins(String type) {
            return type.equals(BLOCK);
        }

        @Override
        public boolean named(String type) {
            return true;
        }

        @Override
        String takeApart() {
            JsonNode schema = layer.u.schema;
            if (schema == null) return "no schema";
            named.clear();
            values = 0;
            at = 0;
            while (at < length) {
                int before = at;
                if (!value(schema, 0) || at == before) return "a record that is none";
            }
            return "";
        }

        private long number() {
            long v = 0;
            for (int shift = 0; at < length && shift < 64; shift += 7) {
                int c = b[at++];
                v |= (long) (c & 0x7f) << shift;
                if (c >= 0) return v >>> 1 ^ -(v & 1);
            }
            at = length + 1;
            return 0;
        }

        /** Reads a value of a type; false where it breaks off. */
        private boolean value(JsonNode schema, int depth) {
            if (depth == NESTING || ++values > MOST) return false;
            if (schema.isArray()) {
                int from = at;
                long k = number();
                if (at > length || k < 0 || k >= schema.size()) return false;
                tell(from, at);
                return value(schema.get((int) k), depth);
            }
            String type =
                    schema.isObject() ? schema.path("type").asString("") : schema.asString("");
            if (schema.isObject() && !schema.path("type").isString())
                return value(schema.path("type"), depth + 1);
            if (schema.isObject() && schema.has("name"))
                named.put(schema.path("name").asString(""), schema);
            switch (type) {
                case "null" -> numbers.none();
                case "boolean" -> {
                    numbers.none();
                    at++;
                }
                case "int", "long", "enum" -> {
                    int from = at;
                    long v = number();
                    if (at > length) return false;
                    integer("-zigzag", v, false, from, at - from);
                }
                case "float", "double" -> {
                    int n = type.equals("float") ? 4 : 8;
                    if (length - at < n) return false;
                    long bits = little(b, at, n);
                    double d =
                            n == 4
                                    ? Float.intBitsToFloat((int) bits)
                                    : Double.longBitsToDouble(bits);
                    real("-le", d, at, n);
                    at += n;
                }
                case "bytes", "string" -> {
                    int from = at;
                    long n = number();
                    if (at > length || n < 0) return false;
                    tell(from, at);
                    int end = (int) Math.min(length, at + n);
                    bytes(at, end);
                    boolean whole = n <= length - at;
                    at = end;
                    return whole;
                }
                case "fixed" -> {
                    int n = schema.path("size").asInt(0);
                    if (n < 0 || n > length - at) return false;
                    bytes(at, at + n);
                    at += n;
                }
                case "record", "error" -> {
                    for (JsonNode field : schema.path("fields")) {
                        int before = enter(field.path("name").asString(""));
                        boolean good = value(field.path("type"), depth + 1);
                        leave(before);
                        if (!good) return false;
                    }
                }
                case "array" -> {
                    return many(schema.path("items"), false, depth);
                }
                case "map" -> {
                    return many(schema.path("values"), true, depth);
                }
                default -> {
                    JsonNode known = named.get(type.substring(type.lastIndexOf('.') + 1));
                    return known != null && known != schema && value(known, depth + 1);
                }
            }
            return at <= length;
        }

        private boolean many(JsonNode type, boolean map, int depth) {
            while (true) {
                int from = at;
                long n = number();
                if (n < 0) number();
                if (at > length) return false;
                tell(from, at);
                numbers.none();
                if (n == 0) return true;
                for (long k = Math.abs(n); k > 0; k--) {
                    int before = pathTo(map);
                    boolean good = before >= 0 && value(type, depth + 1);
                    if (before >= 0) leave(before);
                    if (!good) return false;
                }
            }
        }

        /** Enters what the next value is called. */
        private int pathTo(boolean map) {
            if (!map) return enter("[]");
            long n = number();
            if (at > length || n < 0 || n > length - at) return -1;
            int from = at;
            at += (int) n;
            return enter(from, at);
        }
    }
}
