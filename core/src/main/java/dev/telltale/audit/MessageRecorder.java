package dev.telltale.audit;

import dev.telltale.decode.Unwrapper;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Disguise;
import dev.telltale.model.Evidence;
import dev.telltale.model.Exchange;
import dev.telltale.model.Form;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Hint;
import dev.telltale.model.Identifier;
import dev.telltale.model.LayerSink;
import dev.telltale.model.LayerStep;
import dev.telltale.model.MessageSink;
import dev.telltale.model.Observations.PlacedToken;
import dev.telltale.model.Observations.SightingKey;
import dev.telltale.model.PartKind;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One message being written down. Sightings wait until the message's head is over, for only then is
 * it known how the request line reads with every identifier in it replaced.
 */
final class MessageRecorder implements MessageSink, LayerSink {
    private static final int MOST_WAITING = 4_096;

    /** Of a body that waits for a key. */
    private static final int MOST_HELD = 64 << 10;

    /** Values of one message that may be salted digests. */
    private static final int MOST_SHAPED = 1_024;

    private final ExchangeRecorder exchange;
    private final Recorder recorder;
    private final Side side;
    private final WireMap wire = new WireMap();
    private final List<Draft> drafts = new ArrayList<>(0);
    private PartKind partKind = PartKind.FRAME;
    private String partName = "";

    /** Bytes of the part that were made from others, and how many those were. */
    private long madeBytes;

    private long madeOf;
    private long madeTo;
    private Pair.@Nullable Unknowns unknowns;

    /** The message so far, where it may have to be gone through again. */
    private @Nullable KeptMessage kept;

    /** Values that look like digests, in a message that is to be a {@link Riddle}. */
    private @Nullable List<ShapedDraft> shaped;

    /** It was asked whether it is to be one. */
    private boolean asked;

    /** Some of the drafts are of several pieces. */
    private boolean splits;

    /** The last of {@link #shaped}, whose unread is about to be told. */
    private @Nullable ShapedDraft counting;

    /** A sighting whose place and request are not known yet. */
    private record Draft(
            PartKind kind,
            String name,
            List<LayerStep> trail,
            Form form,
            int matched,
            Stood stood,
            String joined,
            List<Stood> pieces) {}

    /** As {@link Draft}, of a value that looks like a digest. */
    private static final class ShapedDraft {
        private final PartKind kind;
        private final String name;
        private final List<LayerStep> trail;
        private final Stood stood;
        private final byte[] text;
        private final boolean raw;
        private Riddle.Counted counted = Riddle.Counted.NOT;

        ShapedDraft(
                PartKind kind,
                String name,
                List<LayerStep> trail,
                Stood stood,
                byte[] text,
                boolean raw) {
            this.kind = kind;
            this.name = name;
            this.trail = trail;
            this.stood = stood;
            this.text = text;
            this.raw = raw;
        }
    }

    MessageRecorder(ExchangeRecorder exchange, Side side) {
        this.exchange = exchange;
        this.recorder = exchange.flow.recorder;
        this.side = side;
    }

    @Override
    public void part(PartKind kind, String name, byte[] bytes, int from, int length, long at) {
        begin(kind, name);
        wire.add(0, at, length);
        kept().add(kind, name, bytes, from, length);
        recorder.unwrapper.whole(kind, name, bytes, from, length, side == Side.RESPONDER, this);
    }

    @Override
    public void part(PartKind kind, String name, byte[] bytes, int from, int length, Wire made) {
        begin(kind, name);
        made(0, length, made);
        kept().add(kind, name, bytes, from, length);
        recorder.unwrapper.whole(kind, name, bytes, from, length, side == Side.RESPONDER, this);
    }

    private void made(long partAt, int length, Wire from) {
        wire.add(partAt, length, from);
        madeBytes += length;
        // Several pieces may be made from the same bytes.
        long to = from.at() + from.length();
        madeOf += Math.max(0, to - Math.max(from.at(), madeTo));
        madeTo = Math.max(madeTo, to);
    }

    @Override
    public PartSink open(PartKind kind, String name, Hint hint) {
        begin(kind, name);
        kept().open(kind, name, hint);
        Unwrapper unwrapper = recorder.borrow();
        Unwrapper.Part part = unwrapper.open(kind, name, hint, side == Side.RESPONDER, this);
        return new PartSink() {
            private long length;
            private boolean over;

            /** Waits for a wrapped key that may come behind what it opens. */
            private @Nullable ByteArrayOutputStream held =
                    recorder.unwrapsKeys() ? new ByteArrayOutputStream() : null;

            @Override
            public void feed(byte[] bytes, int from, int n, long at) {
                if (over) {
                    account().add(ByteClass.OPAQUE, n, ReasonCode.BUDGET);
                    return;
                }
                wire.add(length, at, n);
                account().add(ByteClass.READABLE, n, ReasonCode.NONE);
                length += n;
                search(bytes, from, n);
            }

            @Override
            public void feed(byte[] bytes, int from, int n, Wire made) {
                if (over) {
                    account().move(ByteClass.OPAQUE, made.length(), ReasonCode.BUDGET);
                    return;
                }
                made(length, n, made);
                length += n;
                search(bytes, from, n);
            }

            private void search(byte[] bytes, int from, int n) {
                kept().feed(bytes, from, n);
                ByteArrayOutputStream h = held;
                if (h != null) {
                    h.write(bytes, from, n);
                    if (h.size() > MOST_HELD) release();
                    return;
                }
                searchNow(bytes, from, n);
            }

            private void release() {
                ByteArrayOutputStream h = held;
                if (h == null) return;
                held = null;
                byte[] all = h.toByteArray();
                Unwrapper.Part first = recorder.again().open(kind, name, hint, false, keysOnly());
                first.feed(all, 0, all.length);
                first.end();
                if (all.length > 0) searchNow(all, 0, all.length);
            }

            private void searchNow(byte[] bytes, int from, int n) {
                long before = unwrapper.held();
                part.feed(bytes, from, n);
                recorder.grown(unwrapper.held() - before);
                if (unwrapper.held() == before || !recorder.holdsTooMuch()) return;
                // What has come is searched to its end; what comes from here on is not.
                close();
                over = true;
                anomaly(
                        Anomaly.Kind.LIMIT,
                        length,
                        "too many bodies are open at once: the rest of this one is not searched");
            }

            private void close() {
                release();
                part.end();
                recorder.giveBack(unwrapper);
            }

            @Override
            public void gap(long n, ReasonCode reason) {
                account().add(ByteClass.MISSING, n, reason);
                if (over) return;
                release();
                part.gap(n, reason);
                length += n;
            }

            @Override
            public void end() {
                if (!over) close();
            }
        };
    }

    /** Hears of wrapped keys and of nothing else. */
    private Unheard keysOnly() {
        return new Unheard() {
            @Override
            public void unwrapped(byte[] key) {
                exchange.flow.unwrapped(key);
            }
        };
    }

    private KeptMessage kept() {
        KeptMessage k = kept;
        if (k == null) kept = k = recorder.keep(side);
        return k;
    }

    private void begin(PartKind kind, String name) {
        partKind = kind;
        partName = name;
        wire.clear();
        madeBytes = 0;
        madeOf = 0;
        madeTo = 0;
    }

    private Pair.Account account() {
        return exchange.flow.account(side, exchange.exchange.host());
    }

    @Override
    public void end() {
        KeptMessage k = kept();
        kept = null;
        List<ShapedDraft> mine = shaped;
        exchange.over(side, k, mine == null ? List.of() : riddle(mine));
        flush();
    }

    private List<Riddle.Shaped> riddle(List<ShapedDraft> drafts) {
        List<Riddle.Shaped> all = new ArrayList<>(drafts.size());
        for (ShapedDraft d : drafts) {
            String part = part(d.kind, d.name, d.trail);
            all.add(
                    new Riddle.Shaped(
                            d.text,
                            d.raw,
                            key(-1, part, Disguise.SALTED, "", d.trail, d.stood.nanos, ""),
                            evidence(d.stood, ""),
                            d.kind,
                            part,
                            d.stood.nanos,
                            d.counted));
        }
        return List.copyOf(all);
    }

    @Override
    public void sighting(
            PartKind kind,
            String name,
            long partAt,
            List<LayerStep> trail,
            int formId,
            Range range) {
        Form form = recorder.matcher.form(formId);
        markRequest(kind, name, trail, partAt, range, form);
        drafts.add(
                new Draft(
                        kind,
                        name,
                        List.copyOf(trail),
                        form,
                        (int) range.length(),
                        stood(partAt, trail, range),
                        "",
                        List.of()));
        if (drafts.size() >= MOST_WAITING) flush();
    }

    /** Of values that are one form together. What one of them is by itself counts for more. */
    @Override
    public void split(int formId, List<Piece> pieces) {
        Form form = recorder.matcher.form(formId);
        List<Stood> all = new ArrayList<>(pieces.size());
        for (Piece p : pieces) all.add(stood(p.partAt(), p.trail(), p.range()));
        StringBuilder joined = new StringBuilder();
        int matched = 0;
        Set<String> said = new LinkedHashSet<>();
        for (Piece p : pieces) {
            said.add(part(p.kind(), p.name(), p.trail()));
            matched += (int) p.range().length();
            markRequest(p.kind(), p.name(), p.trail(), p.partAt(), p.range(), form);
        }
        for (String one : said) joined.append(joined.isEmpty() ? "" : " + ").append(one);
        Piece first = pieces.getFirst();
        drafts.add(
                new Draft(
                        first.kind(),
                        first.name(),
                        first.trail(),
                        form,
                        matched,
                        together(all),
                        joined.toString(),
                        List.copyOf(all)));
        splits = true;
    }

    /**
     * Of pieces and what stands in the same bytes by itself, only one is told: a value that counts
     * alone, else the pieces.
     */
    private void settleSplits() {
        if (!splits) return;
        splits = false;
        Set<Draft> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < drafts.size(); i++) {
            Draft s = drafts.get(i);
            if (s.pieces.isEmpty()) continue;
            boolean alone = false;
            int end = Math.min(drafts.size(), i + NEAR);
            for (int j = Math.max(0, i - NEAR); j < end; j++) {
                Draft d = drafts.get(j);
                if (i == j || d.form.identifier() != s.form.identifier()) continue;
                if (!overlaps(d.stood, s.pieces)) continue;
                if (!d.pieces.isEmpty()) {
                    // Of two ways to join the same values the longer one, else the first.
                    int longer = d.form.full() - s.form.full();
                    alone |= longer > 0 || longer == 0 && j < i;
                } else if (d.form.bits() > TOLD_ONLY) {
                    alone = true;
                } else {
                    gone.add(d);
                }
            }
            if (alone) gone.add(s);
        }
        drafts.removeIf(gone::contains);
    }

    /** Bits lost because others may stand between pieces. */
    private static final double SKIPPED = 3;

    /** Pieces and what stands in them are told one soon after the other. */
    private static final int NEAR = 64;

    /** Forms of so few bits count under a telling key only, and less than a pair that agrees. */
    private static final double TOLD_ONLY = 12;

    private static boolean overlaps(Stood one, List<Stood> pieces) {
        for (Stood p : pieces) {
            if (p.path.size() != one.path.size()) continue;
            if (!p.path.getFirst().layer().equals(one.path.getFirst().layer())) continue;
            for (Range a : one.path.getLast().ranges())
                for (Range b : p.path.getLast().ranges())
                    if (a.start() < b.end() && b.start() < a.end()) return true;
        }
        return false;
    }

    private static Stood together(List<Stood> all) {
        Stood first = all.getFirst();
        TreeSet<Long> frames = new TreeSet<>();
        List<Evidence.Step> path = new ArrayList<>();
        int depth = first.path.size();
        for (Stood s : all) {
            frames.addAll(s.frames);
            depth = Math.min(depth, s.path.size());
        }
        for (int i = 0; i < depth; i++) {
            List<Range> ranges = new ArrayList<>();
            for (Stood s : all)
                for (Range r : s.path.get(i).ranges()) if (!ranges.contains(r)) ranges.add(r);
            path.add(new Evidence.Step(first.path.get(i).layer(), List.copyOf(ranges)));
        }
        return new Stood(List.copyOf(frames), first.nanos, List.copyOf(path));
    }

    /** Where and when something stood: what can only be told while its part is open. */
    private record Stood(List<Long> frames, long nanos, List<Evidence.Step> path) {}

    private Stood stood(long partAt, List<LayerStep> trail, Range range) {
        List<Evidence.Step> path = path(partAt, trail, range);
        List<Range> outermost = path.getFirst().ranges();
        FrameMap map = exchange.exchange.flow().frames(side);
        boolean onWire = path.getFirst().layer().equals(STREAM);
        List<Long> frames = new ArrayList<>();
        if (onWire) {
            for (Range r : outermost) {
                for (long f : map.frames(r.start(), r.length()))
                    if (frames.isEmpty() || frames.getLast() < f) frames.add(f);
                    else if (!frames.contains(f)) frames.add(f);
            }
            frames.sort(null);
        }
        long nanos =
                recorder.slots.corrected(
                        map.time(
                                onWire && !outermost.isEmpty()
                                        ? outermost.getFirst().start()
                                        : Long.MAX_VALUE));
        return new Stood(List.copyOf(frames), nanos, path);
    }

    private static final String STREAM = "stream";

    /**
     * From the wire inwards. Steps that only point into the enclosing bytes are folded into their
     * ranges; what is left is, per step, the bytes that the next step's decoder takes.
     */
    private List<Evidence.Step> path(long partAt, List<LayerStep> trail, Range range) {
        List<Evidence.Step> inside = new ArrayList<>();
        List<Range> at = List.of(range);
        for (int i = trail.size() - 1; i >= 0; i--) {
            LayerStep step = trail.get(i);
            if (step.identity()) {
                at = shifted(at, step.from().getFirst().start());
            } else {
                inside.addFirst(new Evidence.Step(step.decoder(), at));
                at = step.from();
            }
        }
        List<Range> onWire = new ArrayList<>();
        for (Range r : at) onWire.addAll(wire.wire(new Range(r.start() + partAt, r.length())));
        if (onWire.isEmpty()) {
            List<Range> inPart = shifted(at, partAt);
            String label =
                    partName.isEmpty()
                            ? partKind.label()
                            : partKind.label() + "[" + recorder.places.key(partName) + "]";
            inside.addFirst(new Evidence.Step(label, inPart));
        } else {
            if (!wire.layer().isEmpty()) {
                inside.addFirst(new Evidence.Step(wire.layer(), shifted(at, partAt)));
            }
            inside.addFirst(new Evidence.Step(STREAM, distinct(onWire)));
        }
        return List.copyOf(inside);
    }

    private static List<Range> shifted(List<Range> ranges, long by) {
        if (by == 0) return ranges;
        if (ranges.size() == 1) {
            Range r = ranges.getFirst();
            return List.of(new Range(r.start() + by, r.length()));
        }
        List<Range> out = new ArrayList<>(ranges.size());
        for (Range r : ranges) out.add(new Range(r.start() + by, r.length()));
        return List.copyOf(out);
    }

    private static List<Range> distinct(List<Range> ranges) {
        return ranges.size() == 1 ? List.copyOf(ranges) : ranges.stream().distinct().toList();
    }

    /**
     * Sightings in the target, or in the name that stands for it, are replaced where the request is
     * shown.
     */
    private void markRequest(
            PartKind kind,
            String name,
            List<LayerStep> trail,
            long partAt,
            Range range,
            Form form) {
        boolean target =
                partKind == PartKind.TARGET
                        || partKind == PartKind.NAME && !exchange.exchange.hasUrl();
        boolean host = kind == PartKind.HEADER && name.equalsIgnoreCase("host");
        if (!target && !host || side == Side.RESPONDER) return;
        String who = recorder.persona.entries().get(form.identifier()).identifier().kind();
        if (host) {
            exchange.line.markHost(who);
            return;
        }
        long from = range.start();
        long to = range.end();
        for (int i = trail.size() - 1; i >= 0; i--) {
            LayerStep step = trail.get(i);
            Range first = step.from().getFirst();
            if (step.identity()) {
                from += first.start();
                to += first.start();
            } else {
                from = first.start();
                to = step.from().getLast().end();
            }
        }
        exchange.line.mark(from + partAt, to + partAt, who);
    }

    private void flush() {
        settleSplits();
        for (Draft d : drafts) {
            Identifier who = recorder.persona.entries().get(d.form.identifier()).identifier();
            List<String> chain = chain(d.trail);
            boolean split = !d.joined.isEmpty();
            Disguise disguise = disguise(split ? Disguise.SPLIT : d.form.disguise(), chain);
            String part = split ? d.joined : part(d.kind, d.name, d.trail);
            String label =
                    split ? d.form.label(d.form.full()) + ", in pieces" : d.form.label(d.matched);
            int matched = split ? d.form.full() : d.matched;
            SightingKey key =
                    key(
                            d.form.identifier(),
                            part,
                            disguise,
                            label,
                            d.trail,
                            d.stood.nanos,
                            Explain.sighting(who, d.form, matched, "", chain, d.kind, part));
            double bits = split ? Math.max(1, d.form.bits() - SKIPPED) : d.form.bits();
            key = key.of(d.form, bits, d.form.toldBy(key.place()));
            String excerpt =
                    recorder.reveal
                            ? part
                                    + " = "
                                    + recorder.persona.entries().get(d.form.identifier()).value()
                                    + " ("
                                    + label
                                    + ")"
                            : part + " = {" + who.kind() + ": " + label + "}";
            recorder.out.sighting(key, d.stood.nanos, evidence(d.stood, excerpt));
        }
        drafts.clear();
    }

    /** The more of form and chain. */
    static Disguise disguise(Disguise form, List<String> chain) {
        boolean encoded = false;
        boolean sealed = false;
        for (String c : chain) {
            encoded |= !Explain.STRUCTURE.contains(c);
            sealed |= Explain.opened(c);
        }
        if (sealed) return Disguise.ENCRYPTED_KNOWN_KEY;
        return encoded && form == Disguise.PLAIN ? Disguise.ENCODED : form;
    }

    /** Of a sighting whose form is told by {@link SightingKey#of}. */
    private SightingKey key(
            int identifier,
            String part,
            Disguise disguise,
            String label,
            List<LayerStep> trail,
            long nanos,
            String explanation) {
        Exchange x = exchange.exchange;
        return new SightingKey(
                identifier,
                exchange.ends(),
                side,
                (exchange.place() + " · " + part).strip(),
                x.app(),
                x.protocol(),
                x.secured(),
                disguise,
                label,
                chain(trail),
                recorder.slots.slot(nanos),
                explanation,
                0,
                false,
                0,
                false);
    }

    private Evidence evidence(Stood stood, String excerpt) {
        Exchange x = exchange.exchange;
        return new Evidence(
                0,
                stood.frames,
                x.entry() < 0 ? OptionalInt.empty() : OptionalInt.of(x.entry()),
                x.flow().number(),
                TimeSlots.instant(stood.nanos),
                exchange.request(),
                stood.path,
                excerpt);
    }

    private static List<String> chain(List<LayerStep> trail) {
        List<String> chain = new ArrayList<>(trail.size());
        for (LayerStep s : trail) if (!s.framing()) chain.add(s.decoder());
        return List.copyOf(chain);
    }

    private String part(PartKind kind, String name, List<LayerStep> trail) {
        String n = kind == PartKind.HEADER ? name.toLowerCase(Locale.ROOT) : name;
        return recorder.places.part(kind, n, trail);
    }

    @Override
    public void unread(
            PartKind kind,
            String name,
            LayerSink.KeyPath keys,
            ByteClass byteClass,
            ReasonCode reason,
            long partBytes,
            long hash) {
        ShapedDraft just = counting;
        counting = null;
        if (byteClass != ByteClass.READABLE) {
            long wireBytes =
                    madeBytes == 0
                            ? partBytes
                            : Math.min(madeOf, Math.round((double) partBytes * madeOf / madeBytes));
            if (just != null) just.counted = new Riddle.Counted(byteClass, reason, wireBytes, hash);
            account().move(byteClass, wireBytes, reason);
            return;
        }
        if (just != null) just.counted = new Riddle.Counted(byteClass, reason, partBytes, hash);
        if (unknowns == null)
            unknowns = exchange.flow.pair(exchange.exchange.host()).unknowns(side);
        if (!recorder.out.unknown(unknowns, hash, partBytes)) return;
        String n = kind == PartKind.HEADER ? name.toLowerCase(Locale.ROOT) : name;
        StringBuilder place =
                new StringBuilder(exchange.place()).append(" · ").append(kind.label());
        if (!n.isEmpty()) place.append('[').append(recorder.places.key(n)).append(']');
        recorder.places.keys(place, keys.keys());
        recorder.out.keep(
                unknowns,
                new PlacedToken(hash, exchange.flow.time(side), 1, partBytes, place.toString()));
    }

    @Override
    public void unwrapped(byte[] key) {
        exchange.flow.unwrapped(key);
    }

    @Override
    public List<byte[]> unwrappedKeys() {
        return exchange.flow.unwrappedKeys();
    }

    @Override
    public boolean wantsDigestShaped(PartKind kind) {
        List<ShapedDraft> so = shaped;
        if (so != null) return so.size() < MOST_SHAPED;
        if (asked) return false;
        asked = true;
        if (!recorder.out.riddles.admits(exchange.kind(), exchange.flow.time(side))) return false;
        shaped = new ArrayList<>();
        return true;
    }

    @Override
    public void digestShaped(
            PartKind kind,
            String name,
            long partAt,
            List<LayerStep> trail,
            Range range,
            byte[] b,
            int from,
            int to,
            boolean raw,
            boolean counted) {
        List<ShapedDraft> so = shaped;
        if (so == null) return;
        byte[] text = Arrays.copyOfRange(b, from, to);
        ShapedDraft d =
                new ShapedDraft(
                        kind, name, List.copyOf(trail), stood(partAt, trail, range), text, raw);
        so.add(d);
        if (counted) counting = d;
    }

    @Override
    public void received(long hash) {
        if (recorder.out.wantsReceived(hash))
            recorder.out.received(exchange.domain(), hash, exchange.flow.time(side));
    }

    @Override
    public void scanned(long bytes) {
        recorder.out.scanned += bytes;
    }

    @Override
    public void anomaly(Anomaly.Kind kind, long partOffset, String text) {
        Exchange x = exchange.exchange;
        String where =
                x.entry() >= 0
                        ? "entry " + x.entry() + ", " + partKind.label() + " offset " + partOffset
                        : "flow "
                                + x.flow().number()
                                + ", "
                                + partKind.label()
                                + " offset "
                                + partOffset;
        recorder.out.anomaly(new Anomaly(kind, where, text));
    }
}
