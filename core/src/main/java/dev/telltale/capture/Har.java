package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.bytes.codec.JsonTokens;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowSinks;
import java.util.Optional;

/**
 * HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), as browsers, proxies and
 * phones write it. Read as a stream: of one entry at a time, bodies are kept up to a limit; one
 * that is longer is read a second time from the file, at the place in the telling where it belongs,
 * so that member order does not matter and nothing is held.
 */
final class Har extends ExchangeCapture {
    /** Bytes kept of one body, of one form, of one entry's WebSocket messages. */
    private static final int KEPT = 4 << 20;

    private static final int BUFFER = 256 << 10;

    /** Members of wrong types that are each told. */
    private static final int COMPLAINTS = 100;

    private final int limit;

    Har(CaptureInput input) {
        this(input, KEPT);
    }

    /**
     * @param limit in place of {@link #KEPT}
     */
    Har(CaptureInput input, int limit) {
        super(input);
        this.limit = limit;
    }

    /**
     * True where {@code head} begins a JSON object, perhaps after a byte order mark and white
     * space.
     */
    static boolean recognizes(byte[] head) {
        boolean mark =
                head.length >= 3
                        && head[0] == (byte) 0xef
                        && head[1] == (byte) 0xbb
                        && head[2] == (byte) 0xbf;
        int at = mark ? 3 : 0;
        while (at < head.length
                && (head[at] == ' ' || head[at] == '\t' || head[at] == '\n' || head[at] == '\r'))
            at++;
        return at < head.length && head[at] == '{';
    }

    @Override
    public String format() {
        return "har";
    }

    @Override
    public CaptureTotals read(FlowSinks flows, AnomalySink anomalies) {
        return new Reading(content(), flows, anomalies).read();
    }

    private final class Reading implements HarWalk.Values, HarAgain {
        private final ByteSource content;
        private final AnomalySink anomalies;
        private final HarWalk walk = new HarWalk(this, false);
        private final HarEntry entry = new HarEntry(limit);
        private final HarTeller teller;
        private final Lane[] lanes = {new Lane(), new Lane(), new Lane()};
        private int entries;
        private long start = Long.MAX_VALUE;
        private long end = Long.MIN_VALUE;
        private int complaints;
        private boolean ended;
        private boolean broken;

        Reading(ByteSource content, FlowSinks flows, AnomalySink anomalies) {
            this.content = content;
            this.anomalies = anomalies;
            this.teller = new HarTeller(flows, this, limit);
        }

        CaptureTotals read() {
            JsonTokens tokens = new JsonTokens(walk);
            byte[] buffer = new byte[BUFFER];
            int n;
            while (!tokens.failed() && (n = content.read(buffer, 0, buffer.length)) > 0)
                tokens.feed(buffer, 0, n);
            ended = true;
            tokens.end();
            if (!walk.sawEntries() && !broken) {
                report(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        "byte 0",
                        "The file is JSON but holds no log.entries.");
            }
            for (Lane lane : lanes) lane.close();
            return CaptureTotals.of(0, entries, start, end);
        }

        private void report(Anomaly.Kind kind, String where, String text) {
            anomalies.anomaly(new Anomaly(kind, where, text));
        }

        @Override
        public void entry(long at) {
            entry.begin(entries++, at);
        }

        @Override
        public void entryEnd() {
            int from = entry.start(HarLeaf.STARTED);
            int length = entry.length(HarLeaf.STARTED);
            long time = length == 0 ? HarTime.NONE : HarTime.nanos(entry.bytes(), from, length);
            if (time == HarTime.NONE) {
                if (length > 0 && !entry.broken())
                    odd(entry.at(), "startedDateTime is no ISO 8601 time");
                time = 0;
            } else {
                start = Math.min(start, time);
                end = Math.max(end, time);
            }
            teller.tell(entry, time);
        }

        @Override
        public void item(HarList list) {
            entry.list(list).begin();
        }

        @Override
        public void itemEnd(HarList list) {
            entry.list(list).end();
        }

        @Override
        public void value(
                HarLeaf leaf,
                byte[] b,
                int from,
                int length,
                boolean escaped,
                boolean first,
                boolean last) {
            switch (leaf.kind) {
                case BODY -> entry.body(leaf).add(b, from, length, escaped, first, last);
                case ITEM ->
                        entry.list(walk.list()).add(leaf, b, from, length, escaped, first, last);
                case TEXT, NUMBER -> entry.add(leaf, b, from, length, escaped, first, last);
            }
        }

        @Override
        public void odd(long at, String what) {
            if (complaints++ < COMPLAINTS) {
                report(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        "byte " + at,
                        (entries == 0 ? "The log: " : "Entry " + (entries - 1) + ": ")
                                + what
                                + ".");
            } else if (complaints == COMPLAINTS + 1) {
                report(
                        Anomaly.Kind.LIMIT,
                        "byte " + at,
                        "More members of wrong types follow and are not told one by one.");
            }
        }

        @Override
        public void broken(long at, String why) {
            broken = true;
            if (ended) rest(content, at, walk);
            boolean told = reportDamage(anomalies);
            if (!told && ended) {
                report(
                        Anomaly.Kind.CAPTURE_TRUNCATED,
                        "byte " + at,
                        "The file is cut: " + why + "; everything before was used.");
            } else if (!told) {
                report(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        "byte " + at,
                        "The file is no JSON from here: " + why + "; everything before was used.");
            }
            if (walk.inEntry()) {
                if (ended) walk.brokenBody().ifPresent(leaf -> entry.body(leaf).reopen());
                entry.breakOff();
                entryEnd();
            }
        }

        @Override
        public boolean read(int lane, HarEntry e, HarWalk.Values values) {
            return lanes[lane].read(content, e.at(), values);
        }
    }

    /**
     * The file ends inside a string, which the tokenizer keeps to itself: what there is of it may
     * hold what was sent.
     *
     * @param at offset of the string's first byte in the file
     */
    private static void rest(ByteSource content, long at, HarWalk walk) {
        if (!walk.atValue()) return;
        Optional<ByteSource> again = content.again(at);
        if (again.isEmpty()) return;
        try (ByteSource source = again.get()) {
            byte[] value = new byte[JsonTokens.WHOLE];
            int size = 0;
            int n;
            while (size < value.length && (n = source.read(value, size, value.length - size)) > 0)
                size += n;
            walk.rest(value, size);
        }
    }

    /**
     * One place of second readings: it moves forward only, so that all of them together read the
     * file once more.
     */
    private static final class Lane {
        private Optional<ByteSource> source = Optional.empty();
        private byte[] buffer = new byte[0];

        /** Offset of {@code buffer[0]} in the file, and how much of it is filled. */
        private long base;

        private int filled;

        boolean read(ByteSource content, long at, HarWalk.Values values) {
            if (source.isEmpty()) {
                source = content.again(at);
                if (source.isEmpty()) return false;
                base = at;
                buffer = new byte[BUFFER];
            }
            ByteSource from = source.get();
            if (at > base + filled) {
                from.skip(at - base - filled);
                base = at;
                filled = 0;
            }
            HarWalk walk = new HarWalk(values, true);
            JsonTokens tokens = new JsonTokens(walk);
            int begin = (int) (at - base);
            while (!walk.done() && !tokens.failed()) {
                tokens.feed(buffer, begin, filled - begin);
                if (walk.done() || tokens.failed()) break;
                base += filled;
                begin = 0;
                filled = Math.max(0, from.read(buffer, 0, buffer.length));
                if (filled == 0) {
                    tokens.end();
                    rest(content, at + walk.brokenAt(), walk);
                    break;
                }
            }
            return true;
        }

        void close() {
            source.ifPresent(ByteSource::close);
        }
    }
}
