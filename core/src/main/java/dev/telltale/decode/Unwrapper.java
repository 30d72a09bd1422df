package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.bytes.Budget;
import dev.telltale.bytes.Limits;
import dev.telltale.decode.Decoders.Decoder;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Hint;
import dev.telltale.model.Hits;
import dev.telltale.model.LayerSink;
import dev.telltale.model.LayerStep;
import dev.telltale.model.Matcher;
import dev.telltale.model.PartKind;
import dev.telltale.model.Persona;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Takes parts apart, layer by layer, and tells where each form of the persona stood. For one
 * thread; one part at a time; reused for all.
 */
public final class Unwrapper {
    /** Told at once beyond this many, though the end of a layer around them is not known yet. */
    private static final int WAITING = 1 << 16;

    final Matcher matcher;
    final int reach;
    final Budget budget;
    final KeyPaths paths = new KeyPaths();
    final Guesses guesses = new Guesses(this);
    final KnownKeys knownKeys;
    private final Splits splits;

    /** Of a form in several pieces. */
    private static final int LONGEST_PIECE = 64;

    /** For one call of the matcher; emptied before the next. */
    final Hits found = new Hits();

    final int[] counts = new int[256];
    private long held;
    private final int[] identifiers;
    private Layer[] layers = {};
    private final IdentityHashMap<Decoder, ArrayDeque<Codec>> codecs = new IdentityHashMap<>();
    private final Piecewise piecewise = new Piecewise();

    // The part at hand.
    private PartKind kind = PartKind.BODY;
    private String name = "";
    private byte[] nameBytes = {};
    private int nameFrom;
    private int nameTo = -1;
    private long partAt;
    boolean received;
    private LayerSink sink = new Nowhere();
    private boolean toldDepth;

    /** Of the Avro container whose blocks are being taken apart. */
    @Nullable JsonNode schema;

    /** Bytes that were not read are told. */
    boolean counting = true;

    /** Who takes the part wants each of its values. */
    private boolean collecting;

    /** Something was told of the part, and how many bytes were searched in it. */
    private boolean told;

    private long scanned;
    private final QuietFields quietFields = new QuietFields();
    private final List<Told> waiting = new ArrayList<>();

    public Unwrapper(Matcher matcher, Limits limits) {
        this(matcher, limits, List.of());
    }

    /** As above, with keys that open payloads. */
    public Unwrapper(Matcher matcher, Limits limits, List<Persona.PayloadKey> keys) {
        knownKeys = new KnownKeys(keys);
        this.matcher = matcher;
        splits = new Splits(matcher);
        reach = matcher.reach();
        budget = new Budget(limits);
        identifiers = new int[matcher.forms()];
        for (int i = 0; i < identifiers.length; i++) identifiers[i] = matcher.form(i).identifier();
    }

    /** A part being fed. */
    public interface Part {
        /** The next bytes; the array is the caller's. */
        void feed(byte[] b, int from, int length);

        /** {@code length} bytes are missing here. */
        void gap(long length, ReasonCode reason);

        void end();
    }

    /** Opens a part that comes in pieces. The one before must have ended. */
    public Part open(
            PartKind partKind, String partName, Hint hint, boolean isReceived, LayerSink to) {
        begin(partKind, partName, isReceived, to);
        layer(0).begin(hint);
        return piecewise;
    }

    /** A part that is there as a whole: target, header, name, frame. */
    public void whole(
            PartKind partKind,
            String partName,
            byte[] b,
            int from,
            int length,
            boolean isReceived,
            LayerSink to) {
        begin(partKind, partName, isReceived, to);
        budget.fed(length);
        if (partKind == PartKind.HEADER && collecting)
            sink.value(kind, name, List::of, b, from, from + length);
        else if (partKind == PartKind.HEADER) {
            long before = quietFields.scanned(partName, b, from, length, isReceived);
            if (before >= 0) {
                sink.scanned(before);
                return;
            }
        }
        switch (partKind) {
            case TARGET -> target(b, from, from + length);
            case HEADER -> header(b, from, from + length);
            case PATH, QUERY, COOKIE, NAME ->
                    value(b, from, from + length, partKind == PartKind.QUERY);
            case BODY, FRAME -> {
                layer(0).begin("", List.of());
                layer(0).all(b, from, from + length);
            }
        }
        done();
        if (partKind == PartKind.HEADER && !told && !collecting)
            quietFields.quiet(partName, b, from, length, isReceived, scanned);
    }

    /** Bytes of the windows it has made. */
    public long held() {
        return held;
    }

    /** A window has grown by so many bytes. */
    void grown(int bytes) {
        held += bytes;
    }

    /** Gives back what decoders hold outside the heap; the next part takes it anew. */
    public void close() {
        codecs.values().forEach(free -> free.forEach(Codec::close));
        codecs.clear();
    }

    private void begin(PartKind partKind, String partName, boolean isReceived, LayerSink to) {
        kind = partKind;
        name = partName;
        nameTo = -1;
        partAt = 0;
        received = isReceived;
        sink = to;
        collecting = to.wantsValues();
        toldDepth = false;
        told = false;
        scanned = 0;
        budget.reset();
        guesses.reset();
        splits.reset();
    }

    private void done() {
        if (!waiting.isEmpty()) tellWaiting();
    }

    private final class Piecewise implements Part {
        @Override
        public void feed(byte[] b, int from, int length) {
            budget.fed(length);
            layer(0).feed(b, from, length);
        }

        @Override
        public void gap(long length, ReasonCode reason) {
            if (length > 0) layer(0).gap(length);
        }

        @Override
        public void end() {
            layer(0).end();
            done();
        }
    }

    // ------------------------------------------------------------------------------------------------ splitting

    /** The whole part as one value. */
    private void value(byte[] b, int from, int to, boolean plus) {
        scan(b, from, to);
        piece(b, from, from, to, plus, true);
        rest(from);
    }

    private final Spots raw = new Spots();

    private void scan(byte[] b, int from, int to) {
        found.clear();
        matcher.scan(b, from, to, from, to, found);
        scanned(to - from);
        raw.clear();
        for (int i = 0; i < found.size(); i++) raw.add(found.form(i), found.start(i), found.end(i));
    }

    /**
     * {@code [s, e)} of the part that begins at {@code from}, which is told as {@link #kind} and
     * name say.
     */
    private void piece(byte[] b, int from, int s, int e, boolean plus, boolean whole) {
        Layer l = layer(0);
        l.begin("", List.of());
        partAt = s - from;
        for (int i = 0; i < raw.size; i++) {
            if (raw.form[i] == Spots.DROPPED || raw.start[i] < s || raw.end[i] > e) continue;
            l.hits().add(raw.form[i], raw.start[i] - s, raw.end[i] - s);
            raw.form[i] = Spots.DROPPED;
        }
        l.allValue(b, s, e, plus, whole);
    }

    /** What no piece holds. */
    private void rest(int from) {
        if (raw.isEmpty()) return;
        Layer l = layer(0);
        l.begin("", List.of());
        partAt = 0;
        for (int i = 0; i < raw.size; i++) {
            if (raw.form[i] != Spots.DROPPED)
                l.hits().add(raw.form[i], raw.start[i] - from, raw.end[i] - from);
        }
        l.tellBefore(Long.MAX_VALUE);
    }

    /**
     * A request target, <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2">RFC 9112
     * section 3.2</a>: its path, segment by segment, and the parameters of its query. A parameter's
     * name is decoded and so is its value.
     */
    private void target(byte[] b, int from, int to) {
        scan(b, from, to);
        int path = from;
        int scheme = authority(b, from, to);
        if (scheme > from) {
            path = scheme;
            while (path < to && b[path] != '/' && b[path] != '?') path++;
        }
        int query = FormData.indexOf(b, path, to, (byte) '?');
        kind = PartKind.PATH;
        name = "";
        int p = path;
        // Hits within the path belong to it wherever slashes cut them; only what needs decoding is
        // looked at by segment.
        Layer l = layer(0);
        l.begin("", List.of());
        partAt = path - from;
        for (int i = 0; i < raw.size; i++) {
            if (raw.start[i] < path || raw.end[i] > query) continue;
            l.hits().add(raw.form[i], raw.start[i] - path, raw.end[i] - path);
            raw.form[i] = Spots.DROPPED;
        }
        while (p < query) {
            if (b[p] == '/') {
                p++;
                continue;
            }
            int e = FormData.indexOf(b, p, query, (byte) '/');
            l.segment(b, p, e, path);
            p = e;
        }
        l.tellBefore(Long.MAX_VALUE);
        int q = query + 1;
        while (q < to) {
            int amp = FormData.indexOf(b, q, to, (byte) '&');
            int eq = FormData.indexOf(b, q, amp, (byte) '=');
            kind = PartKind.QUERY;
            nameBytes = b;
            nameFrom = q;
            nameTo = eq;
            if (eq < amp) {
                if (hitIn(q, eq) || (Chars.of(b, q, eq) & (Chars.PERCENT | Chars.PLUS)) != 0)
                    piece(b, from, q, eq, true, false);
                if (eq + 1 < amp) piece(b, from, eq + 1, amp, true, true);
            } else if (eq > q) {
                // A parameter without a name, or a whole query that is one value.
                nameTo = -1;
                name = "";
                piece(b, from, q, amp, true, true);
            }
            q = amp + 1;
        }
        kind = PartKind.TARGET;
        nameTo = -1;
        name = "";
        rest(from);
    }

    private boolean hitIn(int s, int e) {
        for (int i = 0; i < raw.size; i++) {
            if (raw.form[i] != Spots.DROPPED && raw.start[i] >= s && raw.end[i] <= e) return true;
        }
        return false;
    }

    /** Index after {@code scheme://} of the absolute form, or {@code from}. */
    private static int authority(byte[] b, int from, int to) {
        int p = from;
        while (p < to
                && (Chars.of(b[p]) & (Chars.LETTER | Chars.HEX_LETTER | Chars.DIGIT | Chars.PLUS))
                        != 0) p++;
        return p > from && p + 2 < to && b[p] == ':' && b[p + 1] == '/' && b[p + 2] == '/'
                ? p + 3
                : from;
    }

    private void header(byte[] b, int from, int to) {
        String field = name;
        if (field.equalsIgnoreCase("Cookie")) {
            scan(b, from, to);
            int p = from;
            while (p < to) {
                int e = FormData.indexOf(b, p, to, (byte) ';');
                cookie(b, from, p, e);
                p = e + 1;
            }
        } else if (field.equalsIgnoreCase("Set-Cookie")) {
            scan(b, from, to);
            cookie(b, from, from, FormData.indexOf(b, from, to, (byte) ';'));
        } else {
            scan(b, from, to);
            list(b, from, to);
        }
        kind = PartKind.HEADER;
        name = field;
        nameTo = -1;
        rest(from);
    }

    /**
     * {@code name=value}, <a href="https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1">RFC 6265
     * section 4.1.1</a>.
     */
    private void cookie(byte[] b, int from, int s, int e) {
        while (s < e && b[s] == ' ') s++;
        while (e > s && b[e - 1] == ' ') e--;
        int eq = FormData.indexOf(b, s, e, (byte) '=');
        kind = PartKind.COOKIE;
        nameBytes = b;
        nameFrom = s;
        nameTo = eq < e ? eq : s;
        int v = eq < e ? eq + 1 : s;
        if (e - v >= 2 && b[v] == '"' && b[e - 1] == '"') {
            v++;
            e--;
        }
        if (v < e) piece(b, from, v, e, false, true);
        if (eq < e && hitIn(s, eq)) piece(b, from, s, eq, false, false);
    }

    /**
     * Any other field: as one value, and where it is a list ({@code Basic token}, {@code k=v;
     * k="v"}), each word of it too, so that short tokens are tried as well.
     */
    private void list(byte[] b, int from, int to) {
        int flags = Chars.of(b, from, to);
        boolean structured =
                to > from && (b[from] == '{' || b[from] == '[' || b[from] == '"')
                        || (flags & Chars.AMPERSAND) != 0
                        || (flags & Chars.SPACE) == 0 && isUrlWithQuery(b, from, to);
        boolean words =
                (flags & (Chars.SPACE | Chars.OTHER)) != 0
                        && (flags & Chars.PERCENT) == 0
                        && !structured;
        if (!words) {
            piece(b, from, from, to, false, true);
            return;
        }
        int p = from;
        while (p < to) {
            while (p < to && separator(b[p])) p++;
            int s = p;
            while (p < to && !separator(b[p])) p++;
            int eq = FormData.indexOf(b, s, p, (byte) '=');
            int e = p;
            if (eq < e && eq > s && eq + 1 < e && b[eq + 1] != '=') s = eq + 1;
            if (e - s >= 2 && b[s] == '"' && b[e - 1] == '"') {
                s++;
                e--;
            }
            if (!raw.isEmpty() || !Layer.isDull(b, s, e)) piece(b, from, s, e, false, false);
        }
        Layer l = layer(0);
        l.begin("", List.of());
        partAt = 0;
        l.shortForms(b, from, to);
    }

    /** {@code https://host/path?key=value}, as referrers are. */
    private static boolean isUrlWithQuery(byte[] b, int from, int to) {
        int query = authority(b, from, to);
        if (query == from) return false;
        query = FormData.indexOf(b, query, to, (byte) '?');
        return FormData.indexOf(b, query, to, (byte) '=') < to;
    }

    private static boolean separator(byte c) {
        return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '(' || c == ')';
    }

    // ------------------------------------------------------------------------------------------------ for the layers

    Layer layer(int depth) {
        if (depth >= layers.length) deepen(depth);
        return layers[depth];
    }

    private void deepen(int depth) {
        int had = layers.length;
        layers = Arrays.copyOf(layers, depth + 1);
        for (int d = had; d <= depth; d++)
            layers[d] = new Layer(this, d, d == 0 ? null : layers[d - 1]);
    }

    int identifier(int form) {
        return form < identifiers.length ? identifiers[form] : matcher.identifier(form);
    }

    Codec codec(Decoder d) {
        ArrayDeque<Codec> free = codecs.get(d);
        Codec c = free == null ? null : free.poll();
        return c == null ? d.codec().get() : c;
    }

    void release(Decoder d, Codec c) {
        codecs.computeIfAbsent(d, k -> new ArrayDeque<>()).push(c);
    }

    void scanned(long bytes) {
        if (bytes <= 0) return;
        scanned += bytes;
        sink.scanned(bytes);
    }

    void receivedHash(long hash) {
        told = true;
        sink.received(hash);
    }

    void anomaly(Anomaly.Kind what, long offset, String text) {
        told = true;
        sink.anomaly(what, partAt + offset, text);
    }

    void tooDeep(Layer layer, long offset) {
        if (toldDepth) return;
        toldDepth = true;
        anomaly(
                Anomaly.Kind.LIMIT,
                layer.partOffset(offset),
                budget.limits().depth()
                        + " layers within layers, or too many bytes in them: what is deeper was not"
                        + " taken apart");
    }

    private String name() {
        if (nameTo >= 0) {
            name =
                    kind == PartKind.QUERY
                            ? FormData.name(nameBytes, nameFrom, nameTo)
                            : new String(nameBytes, nameFrom, nameTo - nameFrom, ISO_8859_1);
            nameTo = -1;
        }
        return name;
    }

    /** Stands for a step whose end is not known yet. */
    static final class Deferred {
        private LayerStep step;
        private double scale = 1;

        Deferred(LayerStep step) {
            this.step = step;
        }

        void settle(LayerStep s, double share) {
            // Names are those of the time the first was told; they have not changed since, and may
            // have now.
            step = new LayerStep(s.decoder(), s.framing(), s.identity(), s.from(), step.keys());
            scale = share;
        }
    }

    /**
     * A sighting ({@code form >= 0}) or an unread leaf that waits for a step to end; {@code steps}
     * from the part inwards.
     */
    private record Told(
            PartKind kind,
            String name,
            long partAt,
            Object[] steps,
            int form,
            Range range,
            ByteClass byteClass,
            ReasonCode reason,
            long hash) {}

    private static final Object[] NO_STEPS = {};

    /**
     * Steps down to {@code l}: {@link LayerStep}s and, where {@code l} or one around it still
     * streams, {@link Deferred}s.
     */
    private static Object[] steps(Layer l) {
        int n = 0;
        for (Layer x = l; x.parent() != null; x = parentOf(x)) n++;
        if (n == 0) return NO_STEPS;
        Object[] steps = new Object[n];
        for (Layer x = l; x.parent() != null; x = parentOf(x))
            steps[--n] = x.streams() ? x.deferred() : x.step();
        return steps;
    }

    private static Layer parentOf(Layer l) {
        Layer p = l.parent();
        if (p == null) throw new IllegalStateException();
        return p;
    }

    private static boolean streaming(Layer l) {
        for (@Nullable Layer x = l; x != null && x.parent() != null; x = x.parent())
            if (x.streams()) return true;
        return false;
    }

    void sighting(Layer l, int form, long start, long end) {
        told = true;
        Range range = new Range(start, end - start);
        if (streaming(l)) {
            wait(
                    new Told(
                            kind,
                            name(),
                            partAt,
                            steps(l),
                            form,
                            range,
                            ByteClass.READABLE,
                            ReasonCode.NONE,
                            0));
        } else {
            sink.sighting(kind, name(), partAt, trail(steps(l)), form, range);
        }
    }

    /**
     * A value of a structure or part, before it is looked at.
     *
     * @param step name of the structure whose value {@code keys} tell, at {@code offset} of {@code
     *     l}; empty where it is {@code l} itself
     */
    void value(Layer l, String step, KeySource keys, long offset, byte[] b, int from, int to) {
        if (collecting) {
            sink.value(kind, name(), () -> joined(keys(l), keys.keys()), b, from, to);
            return;
        }
        // Words of a field are no values; what is joined there is found as it stands.
        if (to - from > LONGEST_PIECE || kind == PartKind.HEADER) return;
        if (!splits.asks(b, from, to)) return;
        splits.value(b, from, to, () -> piece(l, step, keys, offset, to - from), sink);
    }

    private LayerSink.Piece piece(Layer l, String step, KeySource keys, long offset, int n) {
        List<LayerStep> trail = trail(steps(l));
        if (step.isEmpty())
            return new LayerSink.Piece(kind, name(), partAt, trail, new Range(0, n));
        List<LayerStep> longer = new ArrayList<>(trail);
        longer.add(new LayerStep(step, false, true, List.of(new Range(offset, n)), keys.keys()));
        return new LayerSink.Piece(kind, name(), partAt, List.copyOf(longer), new Range(0, n));
    }

    void unwrapped(byte[] key) {
        sink.unwrapped(key);
    }

    List<byte[]> unwrappedKeys() {
        return sink.unwrappedKeys();
    }

    /**
     * Something of a digest's length that nothing explains.
     *
     * @param counted {@link #unread} is about to be called for it
     */
    void digestShaped(
            Layer l, byte[] b, int from, int to, long offset, boolean raw, boolean counted) {
        if (received || !sink.wantsDigestShaped(kind) || streaming(l)) return;
        Range range = new Range(offset, to - from);
        sink.digestShaped(kind, name(), partAt, trail(steps(l)), range, b, from, to, raw, counted);
    }

    void unread(Layer l, ByteClass byteClass, ReasonCode reason, long bytes, long hash) {
        if (!counting) return;
        if (received && byteClass == ByteClass.READABLE) return;
        told = true;
        if (streaming(l)) {
            double share = bytes;
            for (Layer x = l; x.parent() != null; x = parentOf(x))
                if (!x.streams()) share *= x.scale();
            wait(
                    new Told(
                            kind,
                            name(),
                            partAt,
                            steps(l),
                            -1,
                            new Range(0, Math.round(share)),
                            byteClass,
                            reason,
                            hash));
            return;
        }
        double share = bytes;
        for (Layer x = l; x.parent() != null; x = parentOf(x)) share *= x.scale();
        sink.unread(kind, name(), () -> keys(l), byteClass, reason, Math.round(share), hash);
    }

    private static List<String> keys(Layer l) {
        List<String> keys = List.of();
        for (Layer x = l; x.parent() != null; x = parentOf(x)) keys = joined(x.keys(), keys);
        return keys;
    }

    private void wait(Told t) {
        waiting.add(t);
        if (waiting.size() >= WAITING) tellWaiting();
    }

    private void tellWaiting() {
        for (Told t : waiting) {
            if (t.form >= 0) {
                sink.sighting(t.kind, t.name, t.partAt, trail(t.steps), t.form, t.range);
                continue;
            }
            double share = t.range.length();
            List<String> keys = List.of();
            for (int i = t.steps.length - 1; i >= 0; i--) {
                if (t.steps[i] instanceof Deferred d) {
                    share *= d.scale;
                    keys = joined(d.step.keys(), keys);
                } else if (t.steps[i] instanceof LayerStep s) {
                    keys = joined(s.keys(), keys);
                }
            }
            List<String> all = keys;
            sink.unread(
                    t.kind, t.name, () -> all, t.byteClass, t.reason, Math.round(share), t.hash);
        }
        waiting.clear();
    }

    private static List<String> joined(List<String> outer, List<String> inner) {
        if (inner.isEmpty()) return outer;
        if (outer.isEmpty()) return inner;
        List<String> all = new ArrayList<>(outer);
        all.addAll(inner);
        return List.copyOf(all);
    }

    private static List<LayerStep> trail(Object[] steps) {
        if (steps.length == 0) return List.of();
        LayerStep[] trail = new LayerStep[steps.length];
        for (int i = 0; i < steps.length; i++) {
            trail[i] = steps[i] instanceof Deferred d ? d.step : (LayerStep) steps[i];
        }
        return List.of(trail);
    }

    private static final class Nowhere implements LayerSink {
        @Override
        public void sighting(
                PartKind k, String n, long at, List<LayerStep> trail, int form, Range range) {}

        @Override
        public void unread(
                PartKind k,
                String n,
                KeyPath keys,
                ByteClass c,
                ReasonCode r,
                long bytes,
                long hash) {}

        @Override
        public void received(long hash) {}

        @Override
        public void scanned(long bytes) {}

        @Override
        public void anomaly(Anomaly.Kind k, long offset, String text) {}
    }
}
