package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.Endpoint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * PCAPdroid's list of connections (<a href="https://emanuele-f.github.io/PCAPdroid/">PCAPdroid</a>,
 * "Export"), a line each:
 *
 * <pre>
 * IPProto,SrcIP,SrcPort,DstIp,DstPort,UID,App,Proto,Status,Info,BytesSent,BytesRcvd,PktsSent,PktsRcvd,FirstSeen,LastSeen
 * </pre>
 *
 * Nothing is quoted. Columns up to the app are counted from the front, the times from the end: what
 * stands between may hold commas. Times are in seconds or, in newer versions, milliseconds.
 */
final class PcapdroidCsv extends AppLog {
    private static final int LONGEST = 16 << 10;
    private static final int BUFFER = 64 << 10;
    private static final int COMPLAINTS = 100;

    PcapdroidCsv(CaptureInput input) {
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
                        head, from, Math.min(128, head.length - from), StandardCharsets.ISO_8859_1);
        return s.toLowerCase(Locale.ROOT)
                .startsWith("ipproto,srcip,srcport,dstip,dstport,uid,app,");
    }

    @Override
    public String format() {
        return "pcapdroid-csv";
    }

    @Override
    public AppMap read(AnomalySink anomalies) {
        ByteSource content = content();
        Reading reading = new Reading(anomalies);
        byte[] buffer = new byte[BUFFER];
        int n;
        while ((n = content.read(buffer, 0, buffer.length)) > 0) {
            for (int i = 0; i < n; i++) reading.next(buffer[i]);
        }
        reading.line();
        reportDamage(anomalies);
        return reading.map;
    }

    private static final class Reading {
        private final AppMap map = new AppMap();
        private final AnomalySink anomalies;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private List<String> header = List.of();
        private long number;
        private int complaints;
        private boolean full;

        Reading(AnomalySink anomalies) {
            this.anomalies = anomalies;
        }

        void next(byte b) {
            if (b == '\n') line();
            else if (line.size() < LONGEST) line.write(b);
        }

        void line() {
            String text = line.toString(StandardCharsets.UTF_8).strip();
            line.reset();
            number++;
            if (text.isEmpty()) return;
            List<String> columns = List.of(text.split(",", -1));
            if (header.isEmpty())
                header = columns.stream().map(c -> c.strip().toLowerCase(Locale.ROOT)).toList();
            else if (!row(columns) && complaints++ < COMPLAINTS) {
                complain(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        "The line tells no connection; it was left out.");
            }
        }

        private void complain(Anomaly.Kind kind, String text) {
            anomalies.anomaly(new Anomaly(kind, "line " + number, text));
        }

        private boolean row(List<String> columns) {
            if (columns.size() < 7) return false;
            int protocol = Authority.port(columns.get(0).strip());
            String source = Authority.ip(columns.get(1));
            String target = Authority.ip(columns.get(3));
            if (protocol == 0 || source.isEmpty() || target.isEmpty()) return false;
            String app = columns.get(6).strip();
            if (app.isEmpty()) return true;
            Endpoint a = new Endpoint(source, "", Authority.port(columns.get(2).strip()));
            Endpoint b = new Endpoint(target, "", Authority.port(columns.get(4).strip()));
            if (!map.add(protocol, a, b, time(columns, "firstseen"), time(columns, "lastseen"), app)
                    && !full) {
                full = true;
                complain(
                        Anomaly.Kind.LIMIT,
                        "The list has more connections than are looked at; the first were used.");
            }
            return true;
        }

        private long time(List<String> columns, String name) {
            int fromEnd = header.indexOf(name) < 0 ? 0 : header.size() - header.indexOf(name);
            if (fromEnd == 0 || columns.size() < header.size()) return 0;
            String written = columns.get(columns.size() - fromEnd).strip();
            return written.length() > 11 ? EpochTime.millis(written) : EpochTime.seconds(written);
        }
    }
}
