package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.capture.Tnet.Chars;
import dev.telltale.capture.Tnet.Far;
import dev.telltale.capture.Tnet.Fields;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowSinks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Flow dumps of mitmproxy ({@code mitmdump -w}): <a
 * href="https://tnetstrings.info/">tnetstrings</a> one after the other, each a flow as a
 * dictionary. Its {@code version} is that of the program (0.10 to 3.0, as a list) or of the format
 * (4 to 21). Fields were renamed over time (mitmproxy's io/compat.py lists how); their names do not
 * clash, so each is looked for under all its names and the version need not be known: it stands
 * last.
 */
final class Mitmproxy extends ExchangeCapture {
    /** Longest value kept in memory; four times as much of one flow. */
    private static final int KEPT = 4 << 20;

    private static final int COMPLAINTS = 100;
    private static final Set<String> DICTIONARIES =
            Set.of(
                    "request",
                    "response",
                    "websocket",
                    "backup",
                    "client_conn",
                    "server_conn",
                    "metadata",
                    "error");
    private static final Set<String> LISTS =
            Set.of(
                    "messages",
                    "headers",
                    "trailers",
                    "questions",
                    "answers",
                    "authorities",
                    "additionals");
    private static final Set<String> LONG = Set.of("content", "body", "messages");

    private final int keep;

    Mitmproxy(CaptureInput input) {
        this(input, KEPT);
    }

    /**
     * @param keep in place of {@link #KEPT}
     */
    Mitmproxy(CaptureInput input, int keep) {
        super(input);
        this.keep = keep;
    }

    static boolean recognizes(byte[] head) {
        return TnetReader.recognizes(head);
    }

    @Override
    public String format() {
        return "mitmproxy";
    }

    @Override
    public CaptureTotals read(FlowSinks flows, AnomalySink anomalies) {
        ByteSource content = content();
        try (Values values = new Values(content, keep)) {
            return new Reading(content, values, flows, anomalies).read();
        }
    }

    /**
     * Reads values that were too long to keep. Each kind of value stands in the order of the file,
     * all together do not.
     */
    static final class Values implements AutoCloseable {
        private final List<Rereading> lanes = new ArrayList<>();
        final int keep;

        Values(ByteSource content, int keep) {
            for (int i = 0; i < 3; i++) lanes.add(new Rereading(content));
            this.keep = keep;
        }

        Optional<ByteSource> request(Far far) {
            return lanes.get(0).part(far.at(), far.length());
        }

        Optional<ByteSource> response(Far far) {
            return lanes.get(1).part(far.at(), far.length());
        }

        Optional<TnetReader> messages(Far far) {
            return lanes.get(2)
                    .part(far.at(), far.length())
                    .map(s -> new TnetReader(s, keep, DICTIONARIES, LISTS, LONG));
        }

        @Override
        public void close() {
            lanes.forEach(Rereading::close);
        }
    }

    private final class Reading {
        private final TnetReader reader;
        private final MitmproxyFlow teller;
        private final AnomalySink anomalies;
        private int entries;
        private int complaints;
        private long start = Long.MAX_VALUE;
        private long end = Long.MIN_VALUE;

        Reading(ByteSource content, Values values, FlowSinks flows, AnomalySink anomalies) {
            this.reader = new TnetReader(content, keep, DICTIONARIES, LISTS, LONG);
            this.teller = new MitmproxyFlow(flows, values);
            this.anomalies = anomalies;
        }

        CaptureTotals read() {
            while (!reader.stopped() && !reader.ended()) {
                Fields flow = reader.dictionary();
                if (!reader.problem().isEmpty()) damaged();
                if (reader.overflow()) {
                    complain(
                            Anomaly.Kind.LIMIT,
                            "byte " + reader.position(),
                            "A flow holds more values than are looked at; the first were used.");
                }
                if (!flow.isEmpty()) entry(flow);
            }
            if (!reader.stopped()) reportDamage(anomalies);
            return CaptureTotals.of(0, entries, start, end);
        }

        private void entry(Fields flow) {
            long time = teller.tell(entries, flow, !reader.problem().isEmpty());
            entries++;
            if (time != 0) {
                start = Math.min(start, time);
                end = Math.max(end, time);
            }
        }

        private void damaged() {
            String where = "byte " + reader.problemAt();
            boolean cut = reader.problem().startsWith("it ends");
            if (reader.stopped() && reportDamage(anomalies)) return;
            if (cut && reader.stopped()) {
                complain(
                        Anomaly.Kind.CAPTURE_TRUNCATED,
                        where,
                        "The file is cut: " + reader.problem() + "; everything before was used.");
            } else {
                String rest =
                        reader.stopped()
                                ? "; everything before was used."
                                : "; the rest of that flow is left out.";
                complain(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        where,
                        "The file is no flow dump here: " + reader.problem() + rest);
            }
        }

        private void complain(Anomaly.Kind kind, String where, String text) {
            if (complaints++ < COMPLAINTS) anomalies.anomaly(new Anomaly(kind, where, text));
        }
    }

    static Chars chars(Tnet value) {
        return value instanceof Chars c ? c : Tnet.NO_CHARS;
    }
}
