package dev.telltale.capture;

import dev.telltale.bytes.codec.JsonHandler;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Follows the members of a HAR 1.2 file (http://www.softwareishard.com/blog/har-12-spec/) down to
 * the values an audit reads, in whatever order they come; everything else is passed over. Knows the
 * shape only, keeps no value.
 *
 * <pre>
 * {"log": {"entries": [{
 *    "startedDateTime", "serverIPAddress", "_serverPort", "_app",
 *    "_securityState", "_securityDetails": {"protocol"},
 *    "request":  {"method", "url", "httpVersion", "headers": [{"name", "value"}],
 *                 "cookies", "queryString", "bodySize",
 *                 "postData": {"mimeType", "text", "encoding",
 *                              "params": [{"name", "value", "fileName", "contentType"}]},
 *                 "_content": {"text", "size", "encoding"}, "_requestBodyStatus"},
 *    "response": {"status", "httpVersion", "headers", "cookies", "bodySize",
 *                 "content": {"size", "mimeType", "text", "encoding"}},
 *    "_webSocketMessages": [{"type", "opcode", "data"}]}]}}
 * </pre>
 */
final class HarWalk implements JsonHandler {
    /** Takes the values. Arrays are valid during the call only. */
    interface Values {
        /** An element of {@code log.entries} begins, its first byte at {@code at}. */
        default void entry(long at) {}

        default void entryEnd() {}

        /** An element of a list begins. */
        default void item(HarList list) {}

        default void itemEnd(HarList list) {}

        /** A piece of a value, escapes still undone. */
        void value(
                HarLeaf leaf,
                byte[] bytes,
                int from,
                int length,
                boolean escaped,
                boolean first,
                boolean last);

        /** A member is not of the type it should be. */
        default void odd(long at, String what) {}

        /** The text ends or breaks here; nothing more comes. */
        default void broken(long at, String why) {}
    }

    private enum Place {
        TOP,
        ROOT,
        LOG,
        ENTRIES,
        ENTRY,
        REQUEST,
        RESPONSE,
        POST,
        EXTRA,
        CONTENT,
        SECURITY,
        LIST,
        ITEM,
        FRAME,
        /** A list written as an object of name to value, as some tools do. */
        MAP
    }

    // What may come next: 0 nothing of interest, else a leaf, a place or a list, told apart by its
    // range.
    private static final int LEAF = 1;
    private static final int PLACE = 64;
    private static final int LIST = 96;

    private static final int SLOTS = 256;
    private static final byte[][] KEYS = new byte[SLOTS][];
    private static final byte[][] NEXT = new byte[Place.values().length][SLOTS];
    private static final Place[] PLACES = Place.values();
    private static final HarLeaf[] LEAVES = HarLeaf.values();
    private static final HarList[] LISTS = HarList.values();

    static {
        Arrays.fill(KEYS, new byte[0]);
        rule(Place.ROOT, Place.LOG, "log");
        rule(Place.LOG, Place.ENTRIES, "entries");
        rule(Place.ENTRY, HarLeaf.STARTED, "startedDateTime");
        rule(Place.ENTRY, HarLeaf.SERVER_IP, "serverIPAddress");
        rule(Place.ENTRY, HarLeaf.SERVER_PORT, "_serverPort");
        rule(Place.ENTRY, HarLeaf.APP, "_app", "_appId", "_packageName");
        rule(Place.ENTRY, HarLeaf.SECURITY_STATE, "_securityState");
        rule(Place.ENTRY, Place.SECURITY, "_securityDetails");
        rule(Place.ENTRY, Place.REQUEST, "request");
        rule(Place.ENTRY, Place.RESPONSE, "response");
        rule(Place.ENTRY, HarList.FRAMES, "_webSocketMessages");
        rule(Place.SECURITY, HarLeaf.TLS_PROTOCOL, "protocol");
        rule(Place.REQUEST, HarLeaf.METHOD, "method");
        rule(Place.REQUEST, HarLeaf.URL, "url");
        rule(Place.REQUEST, HarLeaf.SENT_VERSION, "httpVersion");
        rule(Place.REQUEST, HarLeaf.SENT_BODY_SIZE, "bodySize");
        rule(Place.REQUEST, HarLeaf.SENT_BODY_STATUS, "_requestBodyStatus");
        rule(Place.REQUEST, HarList.SENT_HEADERS, "headers", "_trailers");
        rule(Place.REQUEST, HarList.SENT_COOKIES, "cookies");
        rule(Place.REQUEST, HarList.QUERY, "queryString");
        rule(Place.REQUEST, Place.POST, "postData");
        rule(Place.REQUEST, Place.EXTRA, "_content");
        rule(Place.POST, HarLeaf.POST_MIME, "mimeType");
        rule(Place.POST, HarLeaf.POST_TEXT, "text");
        rule(Place.POST, HarLeaf.POST_ENCODING, "encoding", "_encoding");
        rule(Place.POST, HarLeaf.POST_COMMENT, "comment");
        rule(Place.POST, HarList.PARAMS, "params");
        rule(Place.EXTRA, HarLeaf.EXTRA_TEXT, "text");
        rule(Place.EXTRA, HarLeaf.EXTRA_SIZE, "size");
        rule(Place.EXTRA, HarLeaf.EXTRA_ENCODING, "encoding", "_encoding");
        rule(Place.RESPONSE, HarLeaf.STATUS, "status");
        rule(Place.RESPONSE, HarLeaf.ANSWER_VERSION, "httpVersion");
        rule(Place.RESPONSE, HarLeaf.ANSWER_BODY_SIZE, "bodySize");
        rule(Place.RESPONSE, HarList.ANSWER_HEADERS, "headers", "_trailers");
        rule(Place.RESPONSE, HarList.ANSWER_COOKIES, "cookies");
        rule(Place.RESPONSE, Place.CONTENT, "content");
        rule(Place.RESPONSE, Place.SECURITY, "_securityDetails");
        rule(Place.CONTENT, HarLeaf.ANSWER_SIZE, "size");
        rule(Place.CONTENT, HarLeaf.ANSWER_MIME, "mimeType");
        rule(Place.CONTENT, HarLeaf.ANSWER_TEXT, "text");
        rule(Place.CONTENT, HarLeaf.ANSWER_ENCODING, "encoding", "_encoding");
        rule(Place.CONTENT, HarLeaf.ANSWER_COMMENT, "comment");
        rule(Place.ITEM, HarLeaf.ITEM_NAME, "name");
        rule(Place.ITEM, HarLeaf.ITEM_VALUE, "value");
        rule(Place.ITEM, HarLeaf.ITEM_FILE, "fileName");
        rule(Place.ITEM, HarLeaf.ITEM_TYPE, "contentType");
        rule(Place.FRAME, HarLeaf.ITEM_NAME, "type");
        rule(Place.FRAME, HarLeaf.ITEM_FILE, "opcode");
        rule(Place.FRAME, HarLeaf.ITEM_VALUE, "data");
    }

    // The codes are ordinals: tables of bytes, since they are asked for every member of the file.

    private static int code(HarLeaf leaf) {
        return LEAF + leaf.ordinal();
    }

    private static int code(Place place) {
        return PLACE + place.ordinal();
    }

    private static int code(HarList list) {
        return LIST + list.ordinal();
    }

    private static void rule(Place in, HarLeaf leaf, String... keys) {
        rule(in, code(leaf), keys);
    }

    private static void rule(Place in, Place child, String... keys) {
        rule(in, code(child), keys);
    }

    private static void rule(Place in, HarList list, String... keys) {
        rule(in, code(list), keys);
    }

    private static void rule(Place in, int next, String... keys) {
        for (String key : keys) {
            byte[] k = key.getBytes(StandardCharsets.US_ASCII);
            int slot = hash(k, 0, k.length);
            while (KEYS[slot].length > 0 && !Arrays.equals(KEYS[slot], k))
                slot = (slot + 1) & (SLOTS - 1);
            KEYS[slot] = k;
            NEXT[in.ordinal()][slot] = (byte) next;
        }
    }

    private static int hash(byte[] b, int from, int length) {
        return (length * 37 + b[from] * 7 + b[from + length / 2] * 31 + b[from + length - 1] * 101)
                & (SLOTS - 1);
    }

    /** What {@code key} leads to from {@code in}, 0 where nowhere. */
    private static int next(Place in, byte[] b, int from, int length) {
        if (length == 0 || length > 32) return 0;
        int slot = hash(b, from, length);
        while (true) {
            byte[] k = KEYS[slot];
            if (k.length == 0) return 0;
            if (k.length == length && Arrays.equals(k, 0, length, b, from, from + length)) {
                return NEXT[in.ordinal()][slot];
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }

    private final Values values;
    private final boolean oneEntry;
    private final byte[] keyBytes = new byte[64];
    private final JsonText keyText = new JsonText();
    private final Place[] stack = new Place[16];
    private int depth;
    private Place place;
    private HarList list = HarList.SENT_HEADERS;
    private int next;

    /** Containers open below the last place of interest. */
    private int skip;

    private boolean inPieces;

    /** The body whose last piece was the token before this one, else none. */
    private HarLeaf justEnded = HarLeaf.ITEM_NAME;

    private boolean done;
    private boolean sawEntries;
    private long brokenAt;

    /**
     * @param oneEntry true where the text begins with an entry; the walk is {@link #done} after it
     */
    HarWalk(Values values, boolean oneEntry) {
        this.values = values;
        this.oneEntry = oneEntry;
        this.place = oneEntry ? Place.ENTRIES : Place.TOP;
        this.next = after(place);
    }

    /** The list whose element is being read. */
    HarList list() {
        return list;
    }

    /** True where the next token would be a value of interest. */
    boolean atValue() {
        return !done && skip == 0 && !inPieces && next != 0 && next < PLACE;
    }

    /**
     * A body whose end the text broke off at: the tokenizer ends a long string where the text ends.
     */
    Optional<HarLeaf> brokenBody() {
        return justEnded.kind == HarLeaf.Kind.BODY ? Optional.of(justEnded) : Optional.empty();
    }

    /** Where the text broke off. */
    long brokenAt() {
        return brokenAt;
    }

    /** The text ended inside a string at {@link #atValue}: {@code size} bytes of it. */
    void rest(byte[] bytes, int size) {
        HarLeaf leaf = LEAVES[next - LEAF];
        values.value(leaf, bytes, 0, size, true, true, false);
    }

    boolean done() {
        return done;
    }

    /** True once {@code log.entries} was there. */
    boolean sawEntries() {
        return sawEntries;
    }

    boolean inEntry() {
        if (place == Place.ENTRY) return true;
        for (int i = 0; i < depth; i++) if (stack[i] == Place.ENTRY) return true;
        return false;
    }

    /** What an element of {@code in} is where that is an array. */
    private static int after(Place in) {
        return switch (in) {
            case TOP -> code(Place.ROOT);
            case ENTRIES -> code(Place.ENTRY);
            case LIST -> code(Place.ITEM);
            default -> 0;
        };
    }

    private void enter(Place child) {
        stack[depth++] = place;
        place = child;
        next = after(child);
    }

    private void leave() {
        justEnded = HarLeaf.ITEM_NAME;
        if (skip > 0) {
            skip--;
            return;
        }
        if (depth == 0) return;
        switch (place) {
            case ENTRY -> {
                values.entryEnd();
                done = oneEntry;
            }
            case ITEM, FRAME -> values.itemEnd(list);
            default -> {}
        }
        place = stack[--depth];
        next = after(place);
    }

    /**
     * Passes over a container that is not of interest, and says so where something else was
     * expected.
     */
    private void passOver(long at, String what) {
        if (next != 0) strange(at, what);
        else if (place == Place.MAP) values.itemEnd(list);
        skip = 1;
        next = after(place);
    }

    /** A value of a wrong type stands where something of interest was expected. */
    private void strange(long at, String what) {
        if (place == Place.ENTRIES) {
            values.entry(at);
            values.entryEnd();
            values.odd(at, "an entry is " + what);
        } else {
            values.odd(at, name(next) + " is " + what);
            if (place == Place.MAP) values.itemEnd(list);
        }
    }

    private String name(int code) {
        Enum<?> named =
                code >= LIST
                        ? LISTS[code - LIST]
                        : code >= PLACE ? PLACES[code - PLACE] : LEAVES[code - LEAF];
        return named.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public void startObject(long at) {
        if (done) return;
        if (skip > 0) {
            skip++;
            return;
        }
        if (next >= LIST) {
            values.odd(at, name(next) + " is an object");
            list = LISTS[next - LIST];
            enter(Place.MAP);
            next = 0;
            return;
        }
        if (next < PLACE) {
            passOver(at, "an object");
            return;
        }
        Place child = PLACES[next - PLACE];
        switch (child) {
            case ENTRIES -> passOver(at, "an object");
            case ENTRY -> {
                values.entry(at);
                enter(child);
            }
            case ITEM -> {
                values.item(list);
                enter(list == HarList.FRAMES ? Place.FRAME : Place.ITEM);
            }
            default -> enter(child);
        }
    }

    @Override
    public void endObject(long at) {
        if (!done) leave();
    }

    @Override
    public void startArray(long at) {
        if (done) return;
        if (skip > 0) {
            skip++;
            return;
        }
        if (next >= LIST) {
            list = LISTS[next - LIST];
            enter(Place.LIST);
        } else if (next == code(Place.ENTRIES)) {
            sawEntries = true;
            enter(Place.ENTRIES);
        } else {
            passOver(at, "an array");
        }
    }

    @Override
    public void endArray(long at) {
        if (!done) leave();
    }

    @Override
    public void key(byte[] bytes, int from, int length, boolean escaped, long at) {
        justEnded = HarLeaf.ITEM_NAME;
        if (done || skip > 0) return;
        if (place == Place.MAP) {
            values.item(list);
            values.value(HarLeaf.ITEM_NAME, bytes, from, length, escaped, true, true);
            next = code(HarLeaf.ITEM_VALUE);
        } else if (!escaped) {
            next = next(place, bytes, from, length);
        } else if (length > keyBytes.length - JsonText.ROOM) {
            next = 0;
        } else {
            int n = keyText.undo(bytes, from, length, true, keyBytes, 0);
            n = keyText.flush(keyBytes, n);
            next = next(place, keyBytes, 0, n);
        }
    }

    @Override
    public void string(byte[] bytes, int from, int length, boolean escaped, long at) {
        if (done || skip > 0) return;
        if (next >= PLACE) {
            strange(at, "a string");
        } else if (next != 0) {
            HarLeaf leaf = LEAVES[next - LEAF];
            if (leaf.kind == HarLeaf.Kind.NUMBER) values.odd(at, name(next) + " is a string");
            values.value(leaf, bytes, from, length, escaped, true, true);
            if (place == Place.MAP) values.itemEnd(list);
        }
        next = after(place);
    }

    @Override
    public void stringPiece(
            byte[] bytes, int from, int length, boolean escaped, long at, boolean last) {
        if (done || skip > 0) return;
        if (next >= PLACE) {
            if (last) strange(at, "a string");
        } else if (next != 0) {
            HarLeaf leaf = LEAVES[next - LEAF];
            values.value(leaf, bytes, from, length, escaped, !inPieces, last);
            if (last) justEnded = leaf;
            if (last && place == Place.MAP) values.itemEnd(list);
        }
        inPieces = !last;
        if (last) next = after(place);
    }

    @Override
    public void literal(byte[] bytes, int from, int length, long at) {
        if (done || skip > 0) return;
        boolean none = length > 0 && bytes[from] == 'n';
        if (next >= PLACE && place == Place.ENTRIES) {
            strange(at, "no object");
        } else if (next >= PLACE) {
            if (!none) strange(at, "a literal");
        } else if (next != 0) {
            HarLeaf leaf = LEAVES[next - LEAF];
            // Numbers for strings are taken as they are written; null stands for an absent value.
            if (!none) {
                if (leaf.kind == HarLeaf.Kind.TEXT || leaf.kind == HarLeaf.Kind.BODY) {
                    values.odd(at, name(next) + " is no string");
                }
                values.value(leaf, bytes, from, length, false, true, true);
            }
            if (place == Place.MAP) values.itemEnd(list);
        }
        next = after(place);
    }

    @Override
    public void malformed(long at, String why) {
        brokenAt = at;
        if (!done) values.broken(at, why);
    }
}
