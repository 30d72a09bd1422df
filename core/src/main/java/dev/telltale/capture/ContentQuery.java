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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code adb shell content query} prints of Android's message and call providers ({@code
 * content://sms}, {@code content://call_log/calls}): rows of {@code column=value} joined by comma
 * and space, nothing quoted, so that a body may look like columns and go over many lines.
 *
 * <pre>
 * Row: 0 _id=1, thread_id=1, address=+919833334444, date=1407405661000, type=2, body=Meet at
 * gate 4, at nine, service_center=NULL, locked=0, ...
 * </pre>
 *
 * A row ends where the next number in turn begins one. Columns before the body are read from the
 * front, those behind it from the end, each once.
 */
final class ContentQuery extends ExchangeCapture {
    /** Bytes kept of one row. */
    private static final int KEPT = 1 << 20;

    private static final int BUFFER = 64 << 10;
    private static final int COMPLAINTS = 100;

    private static final Pattern BEGIN = Pattern.compile("^Row: (\\d{1,9}) (?=[A-Za-z_]\\w*=)");
    private static final Pattern COLUMN =
            Pattern.compile(
                    "\\G([A-Za-z_]\\w{0,40})=(.*?)(?=, [A-Za-z_]\\w{0,40}=|\\z)(?:, )?",
                    Pattern.DOTALL);

    /** Columns that providers print behind a body. */
    private static final Pattern BEHIND =
            Pattern.compile(
                    ", (service_center|locked|error_code|sub_id|creator|seen|phone_id|priority|ipmsg_id|sim_id|network_type|bind_id"
                            + "|mx_[a-z_]+|advanced_seen|favorite_date|timed|block_type|out_time|account|sync_state|marker|source"
                            + "|deleted|sim_imsi|sim_slot|reply_path_present|protocol|read|status|date_sent|person|subject|type"
                            + "|date|address|_id|thread_id)=([^,\\n]{0,80})\\z");

    ContentQuery(CaptureInput input) {
        super(input);
    }

    static boolean recognizes(byte[] head) {
        int from =
                head.length >= 3
                                && head[0] == (byte) 0xef
                                && head[1] == (byte) 0xbb
                                && head[2] == (byte) 0xbf
                        ? 3
                        : 0;
        String s =
                new String(
                                head,
                                from,
                                Math.min(256, head.length - from),
                                StandardCharsets.ISO_8859_1)
                        .stripLeading();
        return s.startsWith("Row: 0 ") && BEGIN.matcher(s).find();
    }

    @Override
    public String format() {
        return "content-query";
    }

    @Override
    public CaptureTotals read(FlowSinks flows, AnomalySink anomalies) {
        ByteSource content = content();
        Reading reading = new Reading(flows, anomalies);
        byte[] buffer = new byte[BUFFER];
        int n;
        while ((n = content.read(buffer, 0, buffer.length)) > 0) {
            for (int i = 0; i < n; i++) reading.next(buffer[i]);
        }
        reading.end();
        reportDamage(anomalies);
        return reading.telling.totals();
    }

    private static final class Reading {
        private final SmsTelling telling;
        private final AnomalySink anomalies;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private final ByteArrayOutputStream row = new ByteArrayOutputStream();
        private boolean inRow;
        private long number = -1;
        private long lost;
        private long at;
        private long rowAt;
        private long lineAt;
        private int complaints;

        Reading(FlowSinks flows, AnomalySink anomalies) {
            this.telling = new SmsTelling(flows);
            this.anomalies = anomalies;
        }

        void next(byte b) {
            at++;
            if (b == '\n') {
                line();
                lineAt = at;
            } else if (line.size() < KEPT) {
                line.write(b);
            } else {
                lost++;
            }
        }

        private void line() {
            byte[] b = line.toByteArray();
            line.reset();
            int length = b.length > 0 && b[b.length - 1] == '\r' ? b.length - 1 : b.length;
            String begin =
                    new String(b, 0, Math.min(length, 64), StandardCharsets.ISO_8859_1)
                            .replaceFirst("^\u00ef\u00bb\u00bf", "");
            Matcher m = BEGIN.matcher(begin);
            if (m.find() && (!inRow || Long.parseLong(m.group(1)) == number + 1)) {
                endRow();
                number = Long.parseLong(m.group(1));
                inRow = true;
                rowAt = lineAt;
            } else if (inRow) {
                keep(new byte[] {'\n'}, 1);
            }
            if (inRow) keep(b, length);
        }

        private void keep(byte[] b, int length) {
            int n = Math.min(length, KEPT - row.size());
            row.write(b, 0, n);
            lost += length - n;
        }

        void end() {
            if (line.size() > 0) line();
            endRow();
        }

        private void endRow() {
            if (!inRow) return;
            String text = row.toString(StandardCharsets.UTF_8);
            row.reset();
            Map<String, String> columns =
                    columns(text.substring(text.indexOf(' ', text.indexOf(' ') + 1) + 1));
            String body = columns.getOrDefault("body", "");
            boolean call =
                    !columns.containsKey("body")
                            && columns.containsKey("number")
                            && columns.containsKey("duration");
            String peer = columns.getOrDefault(call ? "number" : "address", "");
            if (call || columns.containsKey("body") || columns.containsKey("address")) {
                tell(call, value(peer), columns, value(body));
            } else if (complaints++ < COMPLAINTS) {
                anomalies.anomaly(
                        new Anomaly(
                                Anomaly.Kind.CAPTURE_MALFORMED,
                                "byte " + rowAt,
                                "Row "
                                        + number
                                        + " is neither a message nor a call; it was left out."));
            }
            lost = 0;
        }

        private static String value(String column) {
            return column.equals("NULL") ? "" : column;
        }

        private void tell(boolean call, String peer, Map<String, String> columns, String body) {
            String type = columns.getOrDefault("type", "");
            long time = EpochTime.millis(columns.getOrDefault("date", ""));
            if (call) {
                telling.tell("CALL", peer, time, type.equals("2") ? "2" : "1", List.of());
                return;
            }
            // Draft, outbox, failed, queued.
            if (type.equals("3") || type.equals("4") || type.equals("5") || type.equals("6"))
                return;
            byte[] b = body.getBytes(StandardCharsets.UTF_8);
            boolean some = b.length > 0 || lost > 0;
            Content content =
                    new Content(
                            PartKind.BODY,
                            "",
                            "text/plain; charset=utf-8",
                            b,
                            b.length,
                            lost,
                            ReasonCode.BUDGET);
            telling.tell("SMS", peer, time, type, some ? List.of(content) : List.of());
        }

        private static Map<String, String> columns(String row) {
            Map<String, String> columns = new LinkedHashMap<>();
            int body = row.startsWith("body=") ? 0 : row.indexOf(", body=");
            String front = body < 0 ? row : row.substring(0, body);
            Matcher m = COLUMN.matcher(front);
            while (m.find() && columns.size() < 100) columns.putIfAbsent(m.group(1), m.group(2));
            if (body < 0) return columns;
            String rest = row.substring(row.indexOf('=', body) + 1);
            int end = rest.length();
            for (int i = 0; i < 64; i++) {
                // A column is short: only the end is looked at.
                int from = Math.max(0, end - 140);
                Matcher behind = BEHIND.matcher(rest.substring(from, end));
                if (!behind.find() || columns.containsKey(behind.group(1))) break;
                columns.put(behind.group(1), behind.group(2));
                end = from + behind.start();
            }
            columns.put("body", rest.substring(0, end));
            return columns;
        }
    }
}
