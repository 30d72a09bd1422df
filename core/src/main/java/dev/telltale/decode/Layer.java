package dev.telltale.decode;

import dev.telltale.bytes.codec.JsonTokens;
import dev.telltale.decode.Decoders.Decoder;
import dev.telltale.decode.Decoders.Trust;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Disguise;
import dev.telltale.model.Form;
import dev.telltale.model.Hint;
import dev.telltale.model.Hits;
import dev.telltale.model.LayerStep;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One layer of the unwrap tree: the bytes that one decoder made of the layer around it. There is
 * one object a depth, used over and over; the child in use is always the next deeper one.
 *
 * <p>Bytes stand in a window: the caller's array where the layer comes whole, else a buffer that
 * slides. A window is first scanned for forms, then taken apart up to where the hits are known;
 * each leaf claims the hits that lie in it, what no leaf claims is the layer's own. All offsets are
 * the layer's, as {@code long}; index = offset - {@link #base}.
 */
final class Layer {
    /**
     * Text is looked at in stretches of at most this many bytes; a value longer than it becomes a
     * streamed layer.
     */
    static final int SEGMENT = 1 << 16;

    /** A layer's format is told by so many of its first bytes. */
    private static final int SNIFF = 1024;

    /** Bytes kept before the scan's place, for what must not stand before a form. */
    private static final int BEHIND = 16;

    /** Longest value asked about as a whole. */
    static final int WHOLE_VALUE = 32;

    /**
     * Tokens shorter than this are too many and too telling of nothing to be listed as unexplained.
     */
    static final int UNEXPLAINED = 16;

    /** Unread leaves from here on are opaque if they are noise. */
    static final int OPAQUE = 64;

    /**
     * Hits of one long leaf that wait for what is found inside it; of more, only the first of each
     * form.
     */
    private static final int HELD = 1 << 16;

    /** Noise in long binary leaves is measured a block at a time. */
    private static final int BLOCK = 4096;

    /** Encodings at the edge of a leaf: none; JSON escapes; plus for space. */
    static final int PLAIN = 0;

    static final int ESCAPED = 1;
    static final int PLUS = 2;

    private enum Mode {
        SNIFF,
        CODEC,
        MULTIPART,
        /** Binary framing, whose pieces are searched and not it. */
        APART,
        JSON,
        /** Taken apart in place, as form data is. */
        IN_PLACE,
        TEXT,
        /** Recognised, scanned raw. */
        MEDIA,
        /** Not recognised, scanned raw, measured. */
        BINARY,
        /** What is left of a coding that broke or lost bytes: scanned raw, counted as not read. */
        LOST
    }

    final Unwrapper u;
    private final int depth;
    private final @Nullable Layer parent;

    // The step that led here.
    private String decoder = "";
    private boolean framing;
    private boolean identity;
    private long fromStart;

    /** -1 while the layer streams and its end is not known. */
    private long fromLength;

    private KeySource keySource = KeySource.NONE;

    /** Stands for the step in what is told before the step's end is known. */
    private Unwrapper.@Nullable Deferred deferred;

    // What is claimed of the bytes.
    private List<String> codings = List.of();
    private String mediaType = "";
    private String messageCoding = "";
    private ReasonCode ifOpaque = ReasonCode.OPAQUE_PAYLOAD;
    boolean plus;

    /** Decoded from a text token: who tried it judges what was not recognised. */
    boolean token;

    /** Text, whatever bytes are in it. */
    private boolean textual;

    boolean shortFormsCount;

    // The window.
    private byte[] own = {};
    private int ownFrom;
    private int ownTo;
    long base;
    long scanAt;
    long at;

    private Mode mode = Mode.SNIFF;

    /** A structure or coding ended before: what follows is text or binary. */
    boolean rest;

    /** Bytes of the whole layer, once known. */
    private long length;

    boolean recognised;
    private final Spots hits = new Spots();
    final Explained explained = new Explained();

    private final Text text = new Text(this);
    private @Nullable Json json;
    private @Nullable FormData form;
    private @Nullable Exif exif;
    private @Nullable Xml xml;
    private @Nullable Csv csv;
    private @Nullable InPlace inPlace;
    private @Nullable Multipart multipart;
    private final Map<Decoder, Apart> aparts = new IdentityHashMap<>(2);
    private @Nullable Apart apart;

    // Mode CODEC.
    private @Nullable Codec codec;
    private Decoder coding = Decoders.GZIP;
    private byte[] out = {};
    private long codedFrom;
    private long produced;
    private @Nullable Layer inner;

    // Modes BINARY and LOST.
    private long leafBytes;
    long opaque;
    private long leafHash;
    private ReasonCode lost = ReasonCode.UNDECODABLE;

    // A long leaf in pieces.
    private @Nullable Layer longLeaf;
    private final Spots held = new Spots();

    /** A set of identifiers, almost always empty. */
    static final class Explained {
        private int[] ids = new int[4];
        int size;

        void add(int id) {
            if (has(id)) return;
            if (size == ids.length) ids = Arrays.copyOf(ids, size * 2);
            ids[size++] = id;
        }

        boolean has(int id) {
            for (int i = 0; i < size; i++) if (ids[i] == id) return true;
            return false;
        }

        void addAll(Explained o) {
            for (int i = 0; i < o.size; i++) add(o.ids[i]);
        }
    }

    Layer(Unwrapper u, int depth, @Nullable Layer parent) {
        this.u = u;
        this.depth = depth;
        this.parent = parent;
    }

    /** The part itself. */
    void begin(String mediaType, List<String> codings) {
        begin("", true, 0, 0, KeySource.NONE);
        this.mediaType = mediaType;
        this.codings = codings;
    }

    void begin(Hint hint) {
        begin(hint.mediaType(), hint.codings());
        messageCoding = hint.messageCoding();
        ifOpaque = hint.ifOpaque();
    }

    private void begin(String name, boolean sameBytes, long start, long n, KeySource keys) {
        decoder = name;
        framing = false;
        identity = sameBytes;
        fromStart = start;
        fromLength = n;
        keySource = keys;
        deferred = null;
        if (!codings.isEmpty()) codings = List.of();
        mediaType = "";
        messageCoding = "";
        ifOpaque = ReasonCode.OPAQUE_PAYLOAD;
        plus = false;
        token = false;
        textual = false;
        shortFormsCount = true;
        ownFrom = ownTo = 0;
        base = scanAt = at = 0;
        mode = Mode.SNIFF;
        rest = false;
        recognised = false;
        hits.clear();
        explained.size = 0;
        opaque = leafBytes = 0;
        length = 0;
        inner = null;
        longLeaf = null;
    }

    String decoder() {
        return decoder;
    }

    @Nullable Layer parent() {
        return parent;
    }

    boolean streams() {
        return fromLength < 0;
    }

    LayerStep step() {
        return new LayerStep(
                decoder, framing, identity, List.of(new Range(fromStart, fromLength)), keys());
    }

    List<String> keys() {
        return keySource.keys();
    }

    /** Stands for the step until {@link #settleStep}. */
    Unwrapper.Deferred deferred() {
        Unwrapper.Deferred d = deferred;
        if (d == null) {
            deferred = d = new Unwrapper.Deferred(step());
        }
        return d;
    }

    /** Bytes of the enclosing layer for each of this one. */
    double scale() {
        return identity || length == 0 ? 1 : fromLength / (double) length;
    }

    /** Offset in the part of this layer's offset {@code p}, as near as the decoders can tell. */
    long partOffset(long p) {
        Layer l = this;
        while (l.parent != null) {
            p = l.identity ? l.fromStart + p : l.fromStart;
            l = l.parent;
        }
        return p;
    }

    /** The layer's end is known now. */
    private void settleStep(long from, long to) {
        fromLength = to - from;
        if (deferred != null) deferred.settle(step(), scale());
    }

    boolean deeper() {
        return u.budget.admits(depth + 1);
    }

    /** True where some form stands in the first {@code n} of {@code b}. */
    boolean holdsForm(byte[] b, int n) {
        u.found.clear();
        u.matcher.scan(b, 0, n, 0, n, u.found);
        if (u.found.isEmpty() && n <= WHOLE_VALUE) u.matcher.whole(b, 0, n, u.found);
        return !u.found.isEmpty();
    }

    /**
     * The layer object below, as it is, so that nothing of its last use may be asked of it but that
     * it explains nothing.
     */
    Layer below() {
        Layer c = u.layer(depth + 1);
        c.explained.size = 0;
        return c;
    }

    /** A child that is a leaf: only what {@link #value} needs is made ready. */
    private Layer leafChild(String name, long start, long n, KeySource keys) {
        Layer c = u.layer(depth + 1);
        c.decoder = name;
        c.framing = false;
        c.identity = true;
        c.fromStart = start;
        c.fromLength = n;
        c.keySource = keys;
        c.deferred = null;
        c.plus = false;
        c.hits.clear();
        c.explained.size = 0;
        return c;
    }

    Layer child(String name, boolean sameBytes, long start, long length, KeySource keys) {
        Layer c = u.layer(depth + 1);
        c.begin(name, sameBytes, start, length, keys);
        return c;
    }

    // ------------------------------------------------------------------------------------------------ bytes in

    /** All bytes at once. */
    void all(byte[] b, int from, int to) {
        base = -(long) from;
        length = to - from;
        process(b, from, to, true);
        wholeBinary(b, from, to);
        finish();
    }

    /** The whole layer, whose hits the caller has put in place, as one text value. */
    private void value(byte[] b, int from, int to, boolean whole, int flags) {
        base = -(long) from;
        length = to - from;
        text.look(b, from, to, 0, true, whole, flags);
    }

    /** The next bytes. */
    void feed(byte[] b, int from, int n) {
        int trigger = trigger();
        int room = room();
        while (n > 0) {
            if (own.length < room && own.length - ownTo < n) {
                long wanted = Math.max(2L * own.length, ownTo + (long) Math.max(n, 2048));
                int before = own.length;
                own = Arrays.copyOf(own, (int) Math.min(room, wanted));
                u.grown(own.length - before);
            }
            int m = Math.min(n, own.length - ownTo);
            System.arraycopy(b, from, own, ownTo, m);
            ownTo += m;
            from += m;
            n -= m;
            if (ownTo == room || base + ownTo - at >= 2L * trigger) {
                process(own, ownFrom, ownTo, false);
                slide();
            }
        }
    }

    private int trigger() {
        return SEGMENT + u.reach + BEHIND + 1;
    }

    /** Bytes that a window of the layer's own may hold. */
    private int room() {
        return 4 * trigger();
    }

    void end() {
        length = base + ownTo;
        process(own, ownFrom, ownTo, true);
        if (length == ownTo && ownFrom == 0) wholeBinary(own, 0, ownTo);
        finish();
    }

    /** All bytes of the layer, which may be nothing that is recognised. */
    private void wholeBinary(byte[] b, int from, int to) {
        if (mode != Mode.BINARY || rest || explained.size > 0) return;
        digestBytes(b, from, to);
        if (!hits.isEmpty()) return;
        if (!u.knownKeys.isEmpty() && u.knownKeys.open(this, b, from, to)
                || u.guesses.xor(this, b, from, to)) {
            recognised = true;
            mode = Mode.MEDIA;
            return;
        }
        if (!token && DigestShape.bytes(to - from))
            u.digestShaped(this, b, from, to, 0, true, length < OPAQUE || opaque > 0);
    }

    private void slide() {
        long keep = Math.min(at, scans() ? scanAt : at) - BEHIND;
        if (mode == Mode.JSON && json != null) keep = Math.min(keep, json.keptFrom());
        int k = (int) Math.max(ownFrom, keep - base);
        System.arraycopy(own, k, own, 0, ownTo - k);
        base += k;
        ownTo -= k;
        ownFrom = 0;
    }

    private boolean scans() {
        return mode != Mode.CODEC && mode != Mode.MULTIPART && mode != Mode.APART;
    }

    /** {@code missing} bytes are missing before what is fed next. */
    void gap(long missing) {
        boolean started = base + ownTo > 0;
        boolean coded = !codings.isEmpty() && (mode == Mode.SNIFF || mode == Mode.CODEC);
        while (mode == Mode.SNIFF && base + ownTo > at)
            decide(own, (int) (at - base), ownTo, false);
        if (mode == Mode.MULTIPART && multipart != null) {
            process(own, ownFrom, ownTo, false);
            if (mode == Mode.MULTIPART) {
                int i = (int) (at - base);
                multipart.flush(own, i, ownTo, base);
                multipart.gap(missing);
            } else {
                process(own, ownFrom, ownTo, true);
            }
        } else if (mode == Mode.APART && apart != null) {
            process(own, ownFrom, ownTo, false);
            if (mode == Mode.APART && !apart.gap(own, (int) (at - base), ownTo, base, missing)) {
                mode = Mode.SNIFF;
                rest = true;
            }
            if (mode != Mode.APART) process(own, ownFrom, ownTo, true);
        } else {
            if (started) process(own, ownFrom, ownTo, true);
        }
        base += ownTo + missing;
        ownFrom = ownTo = 0;
        at = scanAt = base;
        switch (mode) {
            case SNIFF -> {
                if (coded) lose(ReasonCode.GAP);
                rest = true;
            }
            case CODEC -> throw new IllegalStateException("a coding goes on beyond its last byte");
            case JSON, IN_PLACE -> {
                mode = Mode.SNIFF;
                rest = true;
            }
            case LOST -> lost = lost == ReasonCode.UNDECODABLE ? ReasonCode.GAP : lost;
            case MEDIA -> exif().end();
            case MULTIPART, APART, TEXT, BINARY -> {}
        }
    }

    // ------------------------------------------------------------------------------------------------ the window

    private void process(byte[] b, int lo, int hi, boolean last) {
        while (true) {
            Mode before = mode;
            switch (mode) {
                case SNIFF -> {
                    int i = (int) (at - base);
                    if (i >= hi || !last && hi - i < SNIFF) return;
                    decide(b, i, hi, last);
                }
                case CODEC -> {
                    pump(b, hi, last);
                    if (mode == before) return;
                }
                case MULTIPART -> {
                    takeApart(b, lo, hi, last);
                    if (mode == before) return;
                }
                case APART -> {
                    takeFrames(b, hi, last);
                    if (mode == before) return;
                }
                default -> {
                    if (!scan(b, lo, hi, last)) return;
                    long from = at;
                    structure(b, (int) (scanAt - base), last);
                    // Text counts its own, because it may hand a long token to a coding in between.
                    if (before != Mode.TEXT) u.scanned(at - from);
                    settle(before, last);
                    if (mode == before) return;
                }
            }
        }
    }

    /** Tells what no leaf has claimed, once all that may overlap it is known. */
    private void settle(Mode was, boolean last) {
        if (longLeaf != null) return;
        long known = last ? at : Math.min(at, scanAt - u.reach);
        if (was == Mode.JSON && mode == Mode.JSON) known = Math.min(known, json().keptFrom());
        tellBefore(known);
    }

    /** Looks for forms as far as the window allows; false where that is no further than before. */
    private boolean scan(byte[] b, int lo, int hi, boolean last) {
        int from = (int) (scanAt - base);
        int to = last ? hi : hi - u.reach - 1;
        if (to <= from) return last;
        Hits found = u.found;
        found.clear();
        u.matcher.scan(b, lo, hi, from, to, found);
        for (int i = 0; i < found.size(); i++)
            hits.add(found.form(i), base + found.start(i), base + found.end(i));
        scanAt = base + to;
        return true;
    }

    private void decide(byte[] b, int i, int hi, boolean last) {
        int q = Math.min(hi, i + SNIFF);
        boolean complete = last && q == hi;
        boolean text = false;
        boolean told = false;
        if (!rest) {
            if (!codings.isEmpty()) {
                declared(b, i, hi, last);
                return;
            }
            if (Grpc.inText(mediaType)) {
                mediaType = Grpc.outOfText(mediaType);
                codings = List.of("base64");
                if (start(Decoders.BASE64_JOINED, true, b, i, hi, last)) return;
                codings = List.of();
            }
            // In a long value what needs decoding may come late.
            if (plus
                    && (hi - i > SEGMENT
                            || (Chars.of(b, i, hi) & (Chars.PERCENT | Chars.PLUS)) != 0)) {
                plus = false;
                if (start(Decoders.PERCENT_PLUS, false, b, i, hi, last)) return;
            }
            boolean small = complete && hi - i <= OPAQUE;
            if (!(token && hi - i < OPAQUE)
                    && Media.begins(b, i, q)
                    && !(small && isForm(b, i, q))) {
                mode = Mode.MEDIA;
                exif().begin();
                recognised = true;
                return;
            }
            // Most of what tokens are decoded to is rubbish: no structure begins with that.
            text = Chars.isText(b, i, q, complete);
            told = true;
            boolean rubbish = token && b[i] != '-' && !text;
            for (Decoder d : Decoders.sniffed(b[i])) {
                if (rubbish && d.trust() == Trust.TEXT) continue;
                if (!d.sniff().begins(b, i, q, complete, mediaType, depth == 0)) continue;
                // A few letters, or a small message, may read as packed without being it.
                boolean tried = d.kind() == Decoders.Kind.CODEC && d.trust() == Trust.TRIED;
                if (small && tried && (text || isStructure(b, i, q))) continue;
                // A digest may begin like anything; one that the persona knows is no structure.
                if (small && !text && isForm(b, i, q)) break;
                if (d.kind() == Decoders.Kind.CODEC) {
                    if (start(d, false, b, i, hi, last)) return;
                } else if (structured(d, b, i, q)) {
                    return;
                }
            }
        }
        leafBytes = opaque = 0;
        if (textual || (told ? text : Chars.isText(b, i, q, complete))) {
            mode = Mode.TEXT;
            recognised = true;
        } else {
            boolean begins = q - i == SNIFF && (!complete || hi - i > Guesses.SHORT);
            if (begins && !token && !rest && !u.received && Guesses.textKey(b, i, q) != 0) {
                if (start(Guesses.XOR, false, b, i, hi, last)) return;
            }
            if (!complete && !token && !rest && !u.knownKeys.isEmpty()) {
                Decoder known = u.knownKeys.begins(this, b, i, q);
                if (known != null && start(known, false, b, i, hi, last)) return;
            }
            mode = Mode.BINARY;
        }
    }

    private boolean structured(Decoder d, byte[] b, int i, int q) {
        if (!deeper()) {
            u.tooDeep(this, at);
            return false;
        }
        if (d == Decoders.JSON) {
            mode = Mode.JSON;
            json().begin(at);
        } else if (d == Decoders.FORM) {
            mode = Mode.IN_PLACE;
            inPlace = form();
            inPlace.begin();
        } else if (d == Decoders.XML) {
            mode = Mode.IN_PLACE;
            inPlace = xml();
            inPlace.begin();
        } else if (d == Decoders.CSV) {
            mode = Mode.IN_PLACE;
            inPlace = csv();
            inPlace.begin();
        } else if (d.apart() != null) {
            Apart a = aparts.get(d);
            if (a == null) aparts.put(d, a = d.apart().apply(this));
            a.begin(mediaType, messageCoding);
            frames(a);
        } else {
            String boundary = Multipart.boundary(mediaType);
            if (boundary.isEmpty()) boundary = Multipart.sniff(b, i, q);
            mode = Mode.MULTIPART;
            if (multipart == null) multipart = new Multipart(this);
            multipart.begin(boundary);
        }
        return true;
    }

    void frames(Apart a) {
        mode = Mode.APART;
        apart = a;
    }

    Json json() {
        Json j = json;
        if (j == null) json = j = new Json(this);
        return j;
    }

    FormData form() {
        FormData f = form;
        if (f == null) form = f = new FormData(this);
        return f;
    }

    private Csv csv() {
        Csv c = csv;
        if (c == null) csv = c = new Csv(this);
        return c;
    }

    private Exif exif() {
        Exif e = exif;
        if (e == null) exif = e = new Exif(this);
        return e;
    }

    Xml xml() {
        Xml x = xml;
        if (x == null) xml = x = new Xml(this);
        return x;
    }

    /** Takes what it can of the scanned bytes up to index {@code to}. */
    private void structure(byte[] b, int to, boolean last) {
        int i = (int) (at - base);
        switch (mode) {
            case JSON -> {
                Json j = json();
                j.feed(b, i, to - i);
                at = base + to;
                if (last) j.end();
                if (j.failedAt() >= 0) {
                    recognised = true;
                    at = j.failedAt();
                    mode = Mode.TEXT;
                    rest = true;
                    if (Json.named(mediaType)) {
                        u.anomaly(
                                Anomaly.Kind.DECODE_ERROR,
                                partOffset(at),
                                "JSON text breaks off: " + j.why());
                    }
                } else if (last) {
                    recognised = true;
                }
            }
            case IN_PLACE -> {
                if (inPlace == null) throw new IllegalStateException();
                i = inPlace.feed(b, i, to, base, last);
                at = base + i;
                recognised = true;
            }
            case TEXT -> text.stretches(b, i, last ? to : Math.max(i, to - u.reach), last);
            case MEDIA -> {
                exif().feed(b, i, to, base + i);
                at = base + to;
            }
            case BINARY -> measure(b, i, to, last);
            case LOST -> {
                leafBytes += to - i;
                at = base + to;
            }
            case SNIFF, CODEC, MULTIPART, APART -> throw new IllegalStateException(mode.toString());
        }
    }

    private void measure(byte[] b, int i, int to, boolean last) {
        while (i < to) {
            int n = Math.min(BLOCK, to - i);
            if (n < BLOCK && !last) break;
            if (leafBytes == 0 && !token) leafHash = Noise.hash(b, i, i + n);
            if (leafBytes == 0 && OwnFraming.begins(b, i, i + n, last && i + n == to))
                ifOpaque = ReasonCode.PROPRIETARY;
            if (n >= OPAQUE) {
                Arrays.fill(u.counts, 0);
                if (Noise.highEntropy(b, i, i + n, u.counts)) opaque += n;
            } else if (opaque > 0 && opaque == leafBytes) {
                opaque += n;
            }
            leafBytes += n;
            i += n;
        }
        at = base + i;
    }

    /** All bytes have passed. */
    private void finish() {
        if (mode == Mode.MEDIA) exif().end();
        if (longLeaf != null) closeLong(at);
        if (mode == Mode.LOST) {
            if (leafBytes > 0) u.unread(this, ByteClass.OPAQUE, lost, leafBytes, 0);
        } else if (mode == Mode.BINARY && !token) {
            if (u.received && leafBytes >= UNEXPLAINED) u.receivedHash(leafHash);
            if (opaque > 0) {
                // also of what was received: the phone may be the one that was called
                u.unread(this, ByteClass.OPAQUE, ifOpaque, opaque, leafHash);
            } else if (leafBytes >= UNEXPLAINED && leafBytes < OPAQUE && explained.size == 0) {
                u.unread(this, ByteClass.READABLE, ReasonCode.UNEXPLAINED, leafBytes, leafHash);
            }
        }
        tellBefore(Long.MAX_VALUE);
    }

    private void lose(ReasonCode why) {
        mode = Mode.LOST;
        lost = why;
        leafBytes = 0;
    }

    // ------------------------------------------------------------------------------------------------ codings

    /** Undoes the coding that the protocol names, or says that the bytes do not follow it. */
    private void declared(byte[] b, int i, int hi, boolean last) {
        String claim = codings.getLast();
        if (claim.equals("identity") || claim.isEmpty() || claim.equals("none")) {
            codings = codings.subList(0, codings.size() - 1);
            return;
        }
        boolean known = false;
        for (Decoder d : Decoders.LIST) {
            if (!d.codings().contains(claim)) continue;
            known = true;
            if (d.sniff() != Decoders.NEVER && !d.sniff().begins(b, i, hi, last, mediaType, false))
                continue;
            if (start(d, true, b, i, hi, last)) return;
        }
        if (known) {
            u.anomaly(
                    Anomaly.Kind.LYING_METADATA,
                    partOffset(at),
                    "said to be coded as " + claim + ", but the bytes are not");
        }
        codings = List.of();
    }

    /**
     * Begins to decode at index {@code i}; false where the first bytes show that it is not that
     * coding after all.
     */
    boolean start(Decoder d, boolean asDeclared, byte[] b, int i, int hi, boolean last) {
        if (!deeper()) {
            u.tooDeep(this, at);
            if (d.trust() == Trust.TEXT) return false;
            lose(ReasonCode.BUDGET);
            return true;
        }
        Codec c = u.codec(d);
        c.begin();
        c.input(b, i, hi, last);
        decodedRoom();
        int n = 0;
        while (n < out.length) {
            int m = c.output(out, n, out.length - n);
            if (m == 0) break;
            n += m;
        }
        boolean broken = !c.broken().isEmpty();
        boolean over = n < out.length && (broken || c.done() || last);
        boolean unsure = d.trust() == Trust.TRIED || d.trust() == Trust.DECLARED;
        if (unsure && over && !c.done() && (n < 64 || token)) {
            u.release(d, c);
            return false;
        }
        codec = c;
        coding = d;
        codedFrom = at;
        produced = 0;
        recognised = true;
        mode = Mode.CODEC;
        long consumed = base + c.consumedTo() - at;
        Layer l = child(d.name(), false, at, over ? consumed : -1, KeySource.NONE);
        inner = l;
        l.framing = asDeclared;
        if (asDeclared) {
            l.codings = codings.subList(0, codings.size() - 1);
            l.mediaType = mediaType;
            l.messageCoding = messageCoding;
        }
        if (!afford(n, consumed)) return true;
        at += consumed;
        if (over) {
            l.all(out, 0, n);
            closed(last);
        } else {
            l.feed(out, 0, n);
            pump(b, hi, last);
        }
        return true;
    }

    private void pump(byte[] b, int hi, boolean last) {
        Codec c = codec;
        Layer l = inner;
        if (c == null || l == null) return;
        c.input(b, (int) (at - base), hi, last);
        while (true) {
            int n = c.output(out, 0, out.length);
            if (n == 0) break;
            at = base + c.consumedTo();
            if (!afford(n, at - codedFrom)) return;
            l.feed(out, 0, n);
        }
        at = base + c.consumedTo();
        if (!last && !c.done() && c.broken().isEmpty()) return;
        l.settleLater(codedFrom, at);
        l.end();
        l.settleStep(codedFrom, at);
        closed(last);
    }

    /** Its end is about to be known, though its last bytes are still in the window. */
    private void settleLater(long from, long to) {
        length = base + ownTo;
        fromLength = to - from;
    }

    /** Pays for {@code n} bytes; where they are too many, the coding ends here. */
    private boolean afford(int n, long consumed) {
        produced += n;
        if (u.budget.take(n) && u.budget.plausible(consumed, produced)) return true;
        Layer l = inner;
        at = codedFrom + consumed;
        u.anomaly(
                Anomaly.Kind.LIMIT,
                partOffset(codedFrom),
                coding.name()
                        + " holds more than is looked at ("
                        + produced
                        + " bytes of "
                        + consumed
                        + ")");
        if (l != null) {
            l.settleLater(codedFrom, at);
            // All of the coding counts as not looked at, and so what is in it has nothing to add.
            u.counting = false;
            l.end();
            u.counting = true;
            l.settleStep(codedFrom, at);
            explained.addAll(l.explained);
        }
        release();
        scanAt = Math.max(scanAt, at);
        lose(ReasonCode.BUDGET);
        // Which of the coded bytes hold what was not looked at, a decoder with a buffer of its own
        // does not say: so all.
        leafBytes = at - codedFrom;
        return false;
    }

    private void release() {
        if (codec != null) u.release(coding, codec);
        codec = null;
        inner = null;
    }

    /** The coding is over, for one reason or another; {@code at} is behind its last byte. */
    private void closed(boolean last) {
        Codec c = codec;
        Layer l = inner;
        if (c == null || l == null) return;
        absorb(l, codedFrom, at);
        boolean text = coding.trust() == Trust.TEXT;
        String why = c.broken();
        if (why.isEmpty() && last && !c.done() && !text) why = "ends early";
        boolean broken = !c.broken().isEmpty();
        if (!why.isEmpty())
            u.anomaly(Anomaly.Kind.DECODE_ERROR, partOffset(at), coding.name() + ": " + why);
        release();
        scanAt = Math.max(scanAt, at);
        if (!why.isEmpty() && produced == 0) {
            lose(ReasonCode.UNDECODABLE);
            leafBytes = at - codedFrom;
        } else if (broken) {
            lose(ReasonCode.UNDECODABLE);
        } else if (text) {
            mode = Mode.TEXT;
            rest = true;
        } else if (!why.isEmpty()) {
            lose(ReasonCode.GAP);
        } else {
            mode = Mode.SNIFF;
            rest = true;
        }
    }

    // ------------------------------------------------------------------------------------------------ multipart

    private void takeApart(byte[] b, int lo, int hi, boolean last) {
        Multipart m = multipart;
        if (m == null) return;
        int i = m.feed(b, lo, (int) (at - base), hi, base, last);
        if (i < 0) {
            // No delimiter line: whatever it is, it is not what its type says.
            u.anomaly(
                    Anomaly.Kind.LYING_METADATA,
                    partOffset(at),
                    "a multipart body without its boundary");
            mode = Mode.SNIFF;
            mediaType = "";
            rest = Multipart.sniff(b, (int) (at - base), hi).isEmpty() ? rest : true;
            return;
        }
        recognised = true;
        at = base + i;
        scanAt = at;
    }

    private void takeFrames(byte[] b, int hi, boolean last) {
        Apart a = apart;
        if (a == null) return;
        recognised = true;
        int i = (int) (at - base);
        int next = a.feed(b, i, hi, base, last);
        at = base + next;
        scanAt = at;
        String why = a.broken();
        // What waits for more than there is room for would wait for ever.
        boolean full = !a.over() && next == i && i <= BEHIND && hi >= room();
        if (why.isEmpty() && (last ? next < hi && !a.over() : full))
            why = "waits for more than is kept";
        if (why.isEmpty() && !a.over()) return;
        if (!why.isEmpty() && a.named(mediaType))
            u.anomaly(Anomaly.Kind.DECODE_ERROR, partOffset(at), a.name() + ": " + why);
        mode = Mode.SNIFF;
        rest = true;
    }

    /**
     * A number as it would be printed, and whether a form is in it; its {@code n} bytes stand at
     * {@code offset}.
     */
    boolean shown(String name, String as, String text, long offset, int n, KeySource keys) {
        if (!u.budget.admits(depth + 2)) {
            u.tooDeep(this, offset);
            return false;
        }
        Layer l = child(name, true, offset, n, keys);
        l.length = n;
        Layer printed = l.child(as, false, 0, n, KeySource.NONE);
        int m = text.length();
        printed.length = m;
        byte[] b = printed.room(m);
        for (int i = 0; i < m; i++) b[i] = (byte) text.charAt(i);
        u.value(l, "", KeySource.NONE, 0, b, 0, m);
        u.found.clear();
        u.matcher.scan(b, 0, m, 0, m, u.found);
        u.scanned(m);
        for (int i = 0; i < u.found.size(); i++)
            printed.hits.add(u.found.form(i), u.found.start(i), u.found.end(i));
        if (m <= WHOLE_VALUE) printed.wholeForms(b, 0, m, 0);
        printed.tellBefore(Long.MAX_VALUE);
        explained.addAll(printed.explained);
        return printed.explained.size > 0;
    }

    /**
     * A text in another character set, its {@code n} bytes at {@code offset}, written anew as
     * {@code utf8}.
     */
    void recoded(String name, String as, byte[] utf8, long offset, int n, KeySource keys) {
        if (n == 0) return;
        if (!u.budget.admits(depth + 2) || !u.budget.take(utf8.length)) {
            u.tooDeep(this, offset);
            return;
        }
        Layer l = child(name, true, offset, n, keys);
        l.length = n;
        Layer plain = l.child(as, false, 0, n, KeySource.NONE);
        plain.textual = true;
        plain.all(utf8, 0, utf8.length);
        explained.addAll(plain.explained);
    }

    /** Bytes between the parts: heads, preamble, epilogue. */
    void aside(byte[] b, int from, int to, long offset) {
        if (from == to) return;
        Hits found = u.found;
        found.clear();
        u.matcher.scan(b, from, to, from, to, found);
        u.scanned(to - from);
        long origin = offset - from;
        for (int i = 0; i < found.size(); i++)
            hits.add(found.form(i), origin + found.start(i), origin + found.end(i));
        tellBefore(Long.MAX_VALUE);
    }

    void wholePart(
            String name,
            byte[] b,
            int from,
            int to,
            long offset,
            KeySource keys,
            String type,
            List<String> coded) {
        Layer l = child(name, true, offset, to - from, keys);
        l.mediaType = type;
        l.codings = coded;
        l.all(b, from, to);
        explained.addAll(l.explained);
    }

    /** Text that is nothing but text: no format is looked for in it. */
    void prose(String name, byte[] b, int from, int to, long offset, KeySource keys) {
        Layer l = child(name, true, offset, to - from, keys);
        l.textual = true;
        l.rest = true;
        l.all(b, from, to);
        explained.addAll(l.explained);
    }

    /** Bytes of a structure that none of its values holds: no format is looked for in them. */
    void remains(String name, byte[] b, int from, int to, long offset) {
        if (from == to) return;
        Layer l = child(name, true, offset, to - from, KeySource.NONE);
        l.rest = true;
        l.all(b, from, to);
        explained.addAll(l.explained);
    }

    void openPart(String name, long offset, KeySource keys, String type, List<String> coded) {
        Layer l = child(name, true, offset, -1, keys);
        l.mediaType = type;
        l.codings = coded;
        inner = l;
    }

    /** A part whose bytes stand in pieces, with others between them. */
    void openJoined(String name, long offset, KeySource keys) {
        inner = child(name, false, offset, -1, keys);
    }

    void feedPart(byte[] b, int from, int to) {
        if (inner != null) inner.feed(b, from, to - from);
    }

    void gapPart(long missing) {
        if (inner != null) inner.gap(missing);
    }

    void closePart(long end) {
        Layer l = inner;
        if (l == null) return;
        l.settleLater(l.fromStart, end);
        l.end();
        l.settleStep(l.fromStart, end);
        explained.addAll(l.explained);
        inner = null;
    }

    // ------------------------------------------------------------------------------------------------ leaves

    /** A name in a structure: a leaf, too, but rarely worth a closer look. */
    void key(String name, byte[] b, int from, int n, long offset, KeySource keys, int how) {
        if (n < UNEXPLAINED && how == PLAIN && !hitBefore(offset + n)) return;
        if (how == PLUS && n < UNEXPLAINED && !hitBefore(offset + n)) {
            if ((Chars.of(b, from, from + n) & (Chars.PERCENT | Chars.PLUS)) == 0) return;
        }
        leaf(name, b, from, n, offset, keys, how, false);
    }

    /** A value in a structure, at {@code offset} of this layer. */
    void leaf(String name, byte[] b, int from, int n, long offset, KeySource keys, int how) {
        leaf(name, b, from, n, offset, keys, how, true);
    }

    private boolean hitBefore(long end) {
        return hits.head < hits.size && hits.start[hits.head] < end;
    }

    private void leaf(
            String name,
            byte[] b,
            int from,
            int n,
            long offset,
            KeySource keys,
            int how,
            boolean whole) {
        if (n == 0) return;
        int to = from + n;
        u.value(this, name, keys, offset, b, from, to);
        int flags = Chars.of(b, from, to);
        long end = offset + n;
        if (hitBefore(end)) {
            tellBefore(offset);
        } else if (how != ESCAPED && dull(flags, n, how)) {
            if (!whole || n > WHOLE_VALUE) return;
            u.found.clear();
            u.matcher.whole(b, from, to, u.found);
            if (u.found.isEmpty()) return;
        }
        if (!deeper()) {
            u.tooDeep(this, offset);
            return;
        }
        if (how == ESCAPED) {
            Layer l = child(name, true, offset, n, keys);
            claim(held, end);
            l.identity = false;
            byte[] plain = l.room(n);
            int m = Json.unescape(b, from, to, plain);
            u.value(l, "", KeySource.NONE, 0, plain, 0, m);
            u.budget.take(m);
            l.textual = true;
            l.shortFormsCount = whole;
            l.all(plain, 0, m);
            l.identity = true;
            for (int i = 0; i < held.size; i++) {
                if (!l.explained.has(u.identifier(held.form[i])))
                    l.tell(held.form[i], held.start[i] - offset, held.end[i] - offset);
            }
            held.clear();
            explained.addAll(l.explained);
        } else {
            Layer l = leafChild(name, offset, n, keys);
            claim(l.hits, end);
            for (int i = 0; i < l.hits.size; i++) {
                l.hits.start[i] -= offset;
                l.hits.end[i] -= offset;
            }
            l.plus = how == PLUS;
            l.value(b, from, to, whole, flags);
            explained.addAll(l.explained);
        }
    }

    /** A number, or a name of the format's own. */
    void number(String name, byte[] b, int from, int n, long offset, KeySource keys) {
        long end = offset + n;
        u.value(this, name, keys, offset, b, from, from + n);
        if (hitBefore(end)) {
            tellBefore(offset);
        } else {
            if (b[from] > '9' || n > WHOLE_VALUE) return;
            u.found.clear();
            u.matcher.whole(b, from, from + n, u.found);
            if (u.found.isEmpty()) return;
        }
        if (!deeper()) {
            u.tooDeep(this, offset);
            return;
        }
        Layer l = leafChild(name, offset, n, keys);
        claim(l.hits, end);
        for (int i = 0; i < l.hits.size; i++) {
            l.hits.start[i] -= offset;
            l.hits.end[i] -= offset;
        }
        if (n <= WHOLE_VALUE) l.wholeForms(b, from, from + n, 0);
        l.tellBefore(Long.MAX_VALUE);
        explained.addAll(l.explained);
    }

    /** True where no decoder could make anything of a text of these letters. */
    private static boolean dull(int flags, int n, int how) {
        if ((flags & Chars.PERCENT) != 0 || how == PLUS && (flags & Chars.PLUS) != 0) return false;
        if (n < Hex.SHORTEST) return true;
        return flags == Chars.DIGIT && n % 2 == 1
                || n < UNEXPLAINED && (flags & Chars.SPACE) != 0 && (flags & Chars.OTHER) == 0;
    }

    /**
     * Moves the hits that lie within {@code [start, end)}; those that reach beyond are told as this
     * layer's own.
     */
    private void claim(Spots into, long end) {
        int i = hits.head;
        for (; i < hits.size && hits.start[i] < end; i++) {
            if (hits.form[i] == Spots.DROPPED) continue;
            if (hits.end[i] <= end) into.add(hits.form[i], hits.start[i], hits.end[i]);
            else tell(hits.form[i], hits.start[i], hits.end[i]);
        }
        hits.take(i);
    }

    void openLong(String name, long offset, KeySource keys, int how) {
        tellBefore(offset);
        held.clear();
        if (!deeper()) {
            u.tooDeep(this, offset);
            return;
        }
        Layer l = child(name, true, offset, -1, keys);
        l.plus = how == PLUS;
        longLeaf = l;
    }

    void feedLong(byte[] b, int from, int n, long offset, boolean escaped) {
        Layer l = longLeaf;
        if (l == null || n == 0) return;
        hold(offset + n);
        if (escaped && FormData.indexOf(b, from, from + n, (byte) '\\') < from + n) {
            l.identity = false;
            decodedRoom();
            int m = 0;
            while (m < n) {
                int k = Math.min(n - m, out.length);
                if (k < n - m) k = JsonTokens.uncut(b, from + m, k);
                l.feed(out, 0, Json.unescape(b, from + m, from + m + k, out));
                m += k;
            }
        } else {
            l.feed(b, from, n);
        }
    }

    /** Takes the hits that end within what has passed of the long leaf. */
    private void hold(long end) {
        int i = hits.head;
        for (; i < hits.size && hits.start[i] < end && hits.end[i] <= end; i++) {
            if (hits.form[i] == Spots.DROPPED || held.size >= HELD && held.has(hits.form[i]))
                continue;
            held.add(hits.form[i], hits.start[i], hits.end[i]);
        }
        hits.take(i);
    }

    void closeLong(long end) {
        Layer l = longLeaf;
        if (l == null) return;
        longLeaf = null;
        hold(end);
        tellBefore(end);
        l.settleLater(l.fromStart, end);
        l.end();
        l.settleStep(l.fromStart, end);
        l.identity = true;
        for (int i = 0; i < held.size; i++) {
            if (!l.explained.has(u.identifier(held.form[i]))) {
                l.tell(held.form[i], held.start[i] - l.fromStart, held.end[i] - l.fromStart);
            }
        }
        held.clear();
        explained.addAll(l.explained);
    }

    // ------------------------------------------------------------------------------------------------ text

    byte[] room(int n) {
        if (own.length < n) {
            u.grown(Math.max(n, 256) - own.length);
            own = new byte[Math.max(n, 256)];
        }
        return own;
    }

    private void decodedRoom() {
        if (out.length > 0) return;
        out = new byte[SEGMENT];
        u.grown(SEGMENT);
    }

    // ------------------------------------------------------------------------------------------------ hits

    void wholeForms(byte[] b, int s, int e, long offset) {
        u.found.clear();
        u.matcher.whole(b, s, e, u.found);
        for (int i = 0; i < u.found.size(); i++) {
            hits.insert(
                    u.found.form(i), offset + u.found.start(i) - s, offset + u.found.end(i) - s);
        }
    }

    /** Looks the token {@code [s, e)} and its padding up among digests; true where it is one. */
    boolean digestToken(byte[] b, int s, int e, int padding, long offset) {
        u.found.clear();
        u.matcher.token(b, s, e, padding, u.found);
        for (int i = 0; i < u.found.size(); i++)
            hits.insert(u.found.form(i), offset, offset + u.found.end(i) - s);
        return !u.found.isEmpty();
    }

    /** Looks a whole layer of binary bytes up among digests and short raw values. */
    private void digestBytes(byte[] b, int from, int to) {
        u.found.clear();
        u.matcher.raw(b, from, to, u.found);
        if (u.found.isEmpty() && to - from <= WHOLE_VALUE) u.matcher.whole(b, from, to, u.found);
        for (int i = 0; i < u.found.size(); i++) {
            if (hits.has(u.found.form(i))) continue;
            hits.insert(u.found.form(i), 0, to - from);
        }
    }

    /** True where all of {@code [from, to)} reads as a structure. */
    private boolean isStructure(byte[] b, int from, int to) {
        for (Decoder d : Decoders.sniffed(b[from]))
            if (d.kind() == Decoders.Kind.STRUCTURE
                    && d.sniff().begins(b, from, to, true, mediaType, depth == 0)) return true;
        return false;
    }

    /** True where {@code [from, to)} is a form as a whole, byte for byte. */
    boolean isForm(byte[] b, int from, int to) {
        u.found.clear();
        u.matcher.scan(b, from, to, from, from + 1, u.found);
        for (int i = 0; i < u.found.size(); i++)
            if (u.found.start(i) == from && u.found.end(i) == to) return true;
        u.found.clear();
        u.matcher.raw(b, from, to, u.found);
        if (u.found.isEmpty() && to - from < Hex.SHORTEST) u.matcher.whole(b, from, to, u.found);
        return !u.found.isEmpty();
    }

    /** True where {@code [start, end)} is a value as it is commonly written. */
    boolean plain(long start, long end) {
        for (int i = hits.head; i < hits.size && hits.start[i] <= start; i++) {
            if (hits.form[i] == Spots.DROPPED || hits.start[i] != start || hits.end[i] != end)
                continue;
            if (u.matcher.form(hits.form[i]).disguise() == Disguise.PLAIN) return true;
        }
        return false;
    }

    /** True where a digest fills {@code [start, end)}: nothing is hidden behind it. */
    boolean hashed(long start, long end) {
        for (int i = hits.head; i < hits.size && hits.start[i] < end; i++) {
            if (hits.form[i] == Spots.DROPPED || hits.start[i] != start) continue;
            if (hits.end[i] >= end - 2 && !u.matcher.form(hits.form[i]).digest().isEmpty())
                return true;
        }
        return false;
    }

    boolean overlapped(long start, long end) {
        for (int i = hits.head; i < hits.size && hits.start[i] < end; i++) {
            if (hits.form[i] != Spots.DROPPED && hits.end[i] > start) return true;
        }
        return false;
    }

    /** What {@code l} explains of {@code [start, end)} needs no second sighting. */
    void absorb(Layer l, long start, long end) {
        if (l.explained.size == 0) return;
        for (int i = hits.head; i < hits.size && hits.start[i] < end; i++) {
            if (hits.form[i] == Spots.DROPPED || hits.start[i] < start || hits.end[i] > end)
                continue;
            if (l.explained.has(u.identifier(hits.form[i]))) hits.form[i] = Spots.DROPPED;
        }
        explained.addAll(l.explained);
    }

    /**
     * Tells the hits that start before {@code end} and are still there: of those that overlap and
     * mean the same, the longest.
     */
    void tellBefore(long end) {
        Spots h = hits;
        int i = h.head;
        for (; i < h.size && h.start[i] < end; i++) {
            if (h.form[i] == Spots.DROPPED) continue;
            boolean best = true;
            int identifier = u.identifier(h.form[i]);
            for (int j = i + 1; j < h.size && h.start[j] < h.end[i]; j++) {
                if (h.form[j] == Spots.DROPPED || u.identifier(h.form[j]) != identifier) continue;
                if (better(j, i)) {
                    best = false;
                    break;
                }
                h.form[j] = Spots.DROPPED;
            }
            if (best) tell(h.form[i], h.start[i], h.end[i]);
        }
        h.take(i);
    }

    /** The longer form, else the plainer, else the one listed first. */
    private boolean better(int j, int i) {
        Spots h = hits;
        long d = (h.end[j] - h.start[j]) - (h.end[i] - h.start[i]);
        if (d != 0) return d > 0;
        Form a = u.matcher.form(h.form[j]);
        Form b = u.matcher.form(h.form[i]);
        int c = a.disguise().compareTo(b.disguise());
        return c != 0 ? c < 0 : a.id() < b.id();
    }

    private void tell(int form, long start, long end) {
        explained.add(u.identifier(form));
        u.sighting(this, form, start, end);
    }

    /** A segment of a path, whose own offsets count from {@code origin}; its hits are in place. */
    void segment(byte[] b, int s, int e, int origin) {
        int flags = Chars.of(b, s, e);
        if (hits.isEmpty() && e - s > WHOLE_VALUE && dull(flags, e - s, PLAIN)) return;
        text.look(b, s, e, s - origin, true, true, flags);
    }

    /** Short forms that the whole part is. */
    void shortForms(byte[] b, int s, int e) {
        if (e - s > WHOLE_VALUE) return;
        wholeForms(b, s, e, 0);
        tellBefore(Long.MAX_VALUE);
    }

    static boolean isDull(byte[] b, int s, int e) {
        return dull(Chars.of(b, s, e), e - s, PLAIN);
    }

    /**
     * Hits that the caller found in the part's bytes, in the part's own offsets, before {@link
     * #allValue}.
     */
    Spots hits() {
        return hits;
    }

    /** The part as one text value whose hits are in {@link #hits} already. */
    void allValue(byte[] b, int from, int to, boolean plusIsSpace, boolean whole) {
        plus = plusIsSpace;
        u.value(this, "", KeySource.NONE, 0, b, from, to);
        value(b, from, to, whole, Chars.of(b, from, to));
        tellBefore(Long.MAX_VALUE);
    }
}
