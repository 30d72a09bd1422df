package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.capture.SmsTelling.Content;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages and calls as the Android app SMS Backup &amp; Restore exports them (<a
 * href="https://www.synctech.com.au/sms-backup-restore/fields-in-xml-backup-files/">fields in XML
 * backup files</a>).
 *
 * <pre>
 * smses: sms   address date(ms) type(1 received, 2 sent, 3 draft, 4 outbox, 5 failed, 6 queued) subject body
 *        mms   address(numbers joined by ~) date(ms) msg_box(the same) sub
 *              parts: part ct text data(Base64)   addrs: addr address type(137 from, 151 to, 130 cc, 129 bcc)
 * calls: call  number date(ms) type(1 incoming, 2 outgoing, 3 missed, 4 voicemail, 5 rejected, 6 blocked)
 * </pre>
 *
 * Drafts and what was never sent are left out.
 */
final class SmsBackup extends ExchangeCapture {
    /** Bytes kept of one message, all its parts together. */
    private static final int KEPT = 8 << 20;

    private static final int MOST_PARTS = 256;
    private static final int MOST_PEERS = 100;
    private static final int BUFFER = 64 << 10;

    SmsBackup(CaptureInput input) {
        super(input);
    }

    static boolean recognizes(byte[] head) {
        String root = XmlRoot.of(head);
        return root.equals("smses") || root.equals("calls");
    }

    @Override
    public String format() {
        return "sms-backup";
    }

    @Override
    public CaptureTotals read(FlowSinks flows, AnomalySink anomalies) {
        ByteSource content = content();
        Reading reading = new Reading(flows, anomalies);
        XmlTokens tokens = new XmlTokens(reading);
        byte[] buffer = new byte[BUFFER];
        int n;
        while (!tokens.failed() && (n = content.read(buffer, 0, buffer.length)) > 0)
            tokens.feed(buffer, 0, n);
        reading.ended = true;
        tokens.end();
        return reading.telling.totals();
    }

    private final class Reading implements XmlTokens.Handler {
        private final SmsTelling telling;
        private final AnomalySink anomalies;
        private boolean ended;

        /** {@code sms}, {@code mms} or {@code call}; empty between them. */
        private String entry = "";

        private boolean part;
        private final Map<String, Value> fields = new HashMap<>();
        private final Map<String, Value> partFields = new HashMap<>();
        private final List<Content> contents = new ArrayList<>();
        private int room;

        /** Bytes of an attribute, as many as fit. */
        private static final class Value {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            private long lost;
            private boolean cut = true;

            private String text() {
                String s = bytes.toString(StandardCharsets.UTF_8);
                return s.equals("null") ? "" : s;
            }
        }

        Reading(FlowSinks flows, AnomalySink anomalies) {
            this.telling = new SmsTelling(flows);
            this.anomalies = anomalies;
        }

        @Override
        public void open(String name) {
            switch (name) {
                case "sms", "mms", "call" -> {
                    entry = name;
                    fields.clear();
                    contents.clear();
                    room = KEPT;
                }
                case "part" -> {
                    part = !entry.isEmpty();
                    partFields.clear();
                }
                default -> {}
            }
        }

        @Override
        public void attribute(String name, byte[] b, int from, int length, boolean last) {
            boolean known =
                    switch (name) {
                        case "address",
                                "number",
                                "date",
                                "type",
                                "msg_box",
                                "subject",
                                "sub",
                                "body" ->
                                !entry.isEmpty() && !part;
                        case "ct", "text", "data" -> part;
                        default -> false;
                    };
            if (!known) return;
            Map<String, Value> all = part ? partFields : fields;
            // In an <addr> the message's own attributes stay as they are.
            Value v = all.computeIfAbsent(name, k -> new Value());
            if (!v.cut) return;
            int n = Math.min(length, room);
            v.bytes.write(b, from, n);
            v.lost += length - n;
            room -= n;
            if (last) v.cut = false;
        }

        @Override
        public void opened() {
            if (part) {
                part();
                part = false;
            }
        }

        private void part() {
            Value text = partFields.getOrDefault("text", new Value());
            Value data = partFields.getOrDefault("data", new Value());
            Value ct = partFields.getOrDefault("ct", new Value());
            if (contents.size() >= MOST_PARTS) return;
            if (!text.text().isEmpty() || text.lost > 0) body(text, ct.text(), false);
            if (!data.text().isEmpty() || data.lost > 0) body(data, ct.text(), true);
        }

        private void body(Value v, String mediaType, boolean base64) {
            byte[] b = v.bytes.toByteArray();
            int length = b.length;
            if (base64) {
                Base64Text decoder = new Base64Text();
                byte[] decoded = new byte[b.length];
                length = decoder.decode(b, 0, b.length, decoded, 0);
                b = decoded;
            }
            boolean cut = v.cut && ended;
            ReasonCode why = v.lost > 0 ? ReasonCode.BUDGET : ReasonCode.TRUNCATED;
            long lost = base64 ? v.lost * 3 / 4 : v.lost;
            contents.add(
                    new Content(
                            PartKind.BODY,
                            "",
                            mediaType,
                            b,
                            length,
                            lost > 0 ? lost : cut ? 1 : 0,
                            why));
        }

        @Override
        public void text(byte[] b, int from, int length) {}

        @Override
        public void close(String name) {
            if (name.equals(entry)) tell();
        }

        private String field(String name) {
            Value v = fields.get(name);
            return v == null ? "" : v.text();
        }

        private void tell() {
            String kind = entry;
            entry = "";
            long time = EpochTime.millis(field("date"));
            if (kind.equals("call")) {
                // All other types are calls that came in.
                telling.tell(
                        "CALL",
                        field("number"),
                        time,
                        field("type").equals("2") ? "2" : "1",
                        List.of());
                return;
            }
            String box = field(kind.equals("sms") ? "type" : "msg_box");
            if (box.equals("3") || box.equals("4") || box.equals("5") || box.equals("6")) return;
            String subject = field(kind.equals("sms") ? "subject" : "sub");
            if (!subject.isEmpty()) {
                byte[] b = subject.getBytes(StandardCharsets.UTF_8);
                contents.addFirst(
                        new Content(
                                PartKind.HEADER, "subject", "", b, b.length, 0, ReasonCode.NONE));
            }
            Value body = fields.get("body");
            if (kind.equals("sms") && body != null && body.bytes.size() > 0)
                body(body, "text/plain; charset=utf-8", false);
            String[] peers =
                    kind.equals("sms")
                            ? new String[] {field("address")}
                            : field("address").split("~", MOST_PEERS + 1);
            for (String peer : Arrays.copyOf(peers, Math.min(peers.length, MOST_PEERS))) {
                telling.tell(kind.equals("sms") ? "SMS" : "MMS", peer, time, box, contents);
            }
            if (peers.length > MOST_PEERS) {
                anomalies.anomaly(
                        new Anomaly(
                                Anomaly.Kind.LIMIT,
                                "capture",
                                "A message has more than "
                                        + MOST_PEERS
                                        + " recipients; the first were used."));
            }
        }

        @Override
        public void malformed(long at, String why) {
            if (!reportDamage(anomalies)) {
                anomalies.anomaly(
                        new Anomaly(
                                ended
                                        ? Anomaly.Kind.CAPTURE_TRUNCATED
                                        : Anomaly.Kind.CAPTURE_MALFORMED,
                                "byte " + at,
                                (ended ? "The file is cut: " : "The file is no XML from here: ")
                                        + why
                                        + "; everything before was used."));
            }
            // What was read of the message at hand may hold what was sent.
            if (part) part();
            part = false;
            if (!entry.isEmpty() && (fields.containsKey("body") || !contents.isEmpty())) tell();
        }
    }
}
