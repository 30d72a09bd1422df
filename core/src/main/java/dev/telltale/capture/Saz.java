package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fiddler's Session Archive Zip (<a
 * href="https://docs.telerik.com/fiddler/knowledge-base/sazformat">docs.telerik.com/fiddler</a>):
 * for each session N of a ZIP file {@code raw/N_c.txt}, what the client sent, {@code raw/N_s.txt},
 * what was answered, {@code raw/N_m.xml}, times and flags. The messages are raw HTTP/1; request
 * lines are in absolute form, which tells whether there was TLS.
 */
final class Saz extends StreamCapture {
    private static final int MOST_SESSIONS = 500_000;
    private static final int MOST_META = 1 << 20;
    private static final int COMPLAINTS = 100;

    /** Bytes of a message by which its request line is known. */
    private static final int LINE = 8 << 10;

    /** More bytes than so many for one packed byte, from so many on, are a trap. */
    private static final int RATIO = 400;

    private static final long RATIO_FROM = 16 << 20;

    private static final Pattern NAME =
            Pattern.compile("raw[/\\\\](\\d{1,9})_([csmw])\\.(txt|xml)", Pattern.CASE_INSENSITIVE);

    Saz(CaptureInput input) {
        super(input);
    }

    /** A ZIP file whose first entries are named as an archive's. */
    static boolean recognizes(byte[] head) {
        if (!ZipFile.recognizes(head)) return false;
        String text = new String(head, StandardCharsets.ISO_8859_1);
        int name = ZipFile.u16(head, 26);
        String first = text.substring(30, Math.min(text.length(), 30 + name));
        return first.equals("raw/")
                || first.equals("_index.htm")
                || NAME.matcher(text).find()
                || text.contains("_index.htm");
    }

    @Override
    public String format() {
        return "saz";
    }

    @Override
    public CaptureTotals read(FlowHandler.Factory flows, AnomalySink anomalies) {
        ByteSource content = content();
        Reading reading = new Reading(new ZipFile(content), flows, anomalies);
        reading.read();
        return CaptureTotals.of(0, reading.entries, reading.start, reading.end);
    }

    /** The entries of one session. */
    private static final class Session {
        private Optional<ZipFile.Entry> sent = Optional.empty();
        private Optional<ZipFile.Entry> answered = Optional.empty();
        private Optional<ZipFile.Entry> meta = Optional.empty();
        private boolean webSocket;
    }

    private static final class Reading {
        private final ZipFile zip;
        private final FlowHandler.Factory flows;
        private final AnomalySink anomalies;
        private int entries;
        private int complaints;
        private long start = Long.MAX_VALUE;
        private long end = Long.MIN_VALUE;

        Reading(ZipFile zip, FlowHandler.Factory flows, AnomalySink anomalies) {
            this.zip = zip;
            this.flows = flows;
            this.anomalies = anomalies;
        }

        void read() {
            TreeMap<Integer, Session> sessions = new TreeMap<>();
            String wrong = zip.list(e -> keep(sessions, e));
            if (!wrong.isEmpty()) {
                complain(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        "capture",
                        "The archive cannot be read to its end: " + wrong + ".");
            }
            if (sessions.size() == MOST_SESSIONS) {
                complain(
                        Anomaly.Kind.LIMIT,
                        "capture",
                        "The archive has more sessions than "
                                + MOST_SESSIONS
                                + "; the first were used.");
            }
            sessions.values().forEach(this::session);
        }

        private static void keep(TreeMap<Integer, Session> sessions, ZipFile.Entry e) {
            Matcher m = NAME.matcher(e.name());
            if (!m.matches()) return;
            int number = Integer.parseInt(m.group(1));
            if (sessions.size() == MOST_SESSIONS && !sessions.containsKey(number)) return;
            Session s = sessions.computeIfAbsent(number, n -> new Session());
            switch (m.group(2).toLowerCase(Locale.ROOT)) {
                case "c" -> s.sent = Optional.of(e);
                case "s" -> s.answered = Optional.of(e);
                case "m" -> s.meta = Optional.of(e);
                default -> s.webSocket = true;
            }
        }

        private void complain(Anomaly.Kind kind, String where, String text) {
            if (complaints++ < COMPLAINTS) anomalies.anomaly(new Anomaly(kind, where, text));
        }

        private void session(Session s) {
            Map<String, String> meta = new HashMap<>();
            s.meta.ifPresent(e -> meta.putAll(meta(e)));
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            s.sent.ifPresent(e ->
                    zip.read(
                            e,
                            (b, from, length) -> {
                                line.write(b, from, Math.min(length, LINE - line.size()));
                                return line.size() < LINE;
                            }));
            ConversationTelling t =
                    new ConversationTelling(
                            flows, flow(line.toString(StandardCharsets.ISO_8859_1), meta));
            if (s.webSocket) {
                complain(
                        Anomaly.Kind.UNSUPPORTED_LINK,
                        where(),
                        "The messages of the session's WebSocket are not read by this version.");
            }
            say(t, Side.INITIATOR, s.sent);
            say(t, Side.RESPONDER, s.answered);
            t.end(true);
            entries++;
        }

        private String where() {
            return "entry " + entries;
        }

        private void say(ConversationTelling t, Side side, Optional<ZipFile.Entry> entry) {
            if (entry.isEmpty()) return;
            ZipFile.Entry e = entry.get();
            long[] told = {0};
            boolean[] trap = {false};
            String wrong =
                    zip.read(
                            e,
                            (b, from, length) -> {
                                told[0] += length;
                                trap[0] = told[0] > RATIO_FROM && told[0] / RATIO > e.packed();
                                if (!trap[0]) t.data(side, b, from, length);
                                return !trap[0];
                            });
            if (trap[0]) {
                complain(
                        Anomaly.Kind.LIMIT,
                        where(),
                        "A message unpacks to more than "
                                + RATIO
                                + " times its size; its beginning was used.");
                t.gap(
                        side,
                        Math.max(1, Math.min(e.size(), 1L << 40) - RATIO_FROM),
                        ReasonCode.BUDGET);
            } else if (!wrong.isEmpty()) {
                complain(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        where(),
                        "A message cannot be read to its end: " + wrong + ".");
                t.gap(
                        side,
                        Math.max(1, Math.min(e.size(), 1L << 40) - told[0]),
                        ReasonCode.TRUNCATED);
            }
            t.close(side, wrong.isEmpty() && !trap[0]);
        }

        private Flow flow(String request, Map<String, String> meta) {
            int lf = request.indexOf('\n');
            String[] words =
                    request.substring(0, Math.max(0, lf < 0 ? request.length() : lf)).split(" ", 3);
            String target = words.length > 1 ? words[1] : "";
            boolean secure = target.regionMatches(true, 0, "https://", 0, 8);
            int from = target.indexOf("://") + 3;
            int to = from;
            while (from > 2 && to < target.length() && "/?#".indexOf(target.charAt(to)) < 0) to++;
            Authority host =
                    from > 2
                            ? Authority.of(target.substring(from, to))
                            : Authority.of(words[0].equals("CONNECT") ? target : "");
            int port = host.port() != 0 ? host.port() : secure ? 443 : 80;
            long time = time(meta);
            if (time != 0) {
                start = Math.min(start, time);
                end = Math.max(end, time);
            }
            FrameMap map = FrameMap.at(time);
            String process = meta.getOrDefault("x-processinfo", "");
            int colon = process.lastIndexOf(':');
            return new Flow(
                    entries,
                    Transport.EXCHANGES,
                    new Endpoint(
                            Authority.ip(meta.getOrDefault("x-clientip", "")),
                            "",
                            Authority.port(meta.getOrDefault("x-clientport", ""))),
                    new Endpoint(Authority.ip(meta.getOrDefault("x-hostip", "")), "", port),
                    false,
                    map,
                    map,
                    secure ? new Secured(Protection.TLS, "", "") : Secured.NONE,
                    Authority.isAddress(host.host()) ? "" : host.host(),
                    colon > 0 ? process.substring(0, colon) : process);
        }

        private static long time(Map<String, String> meta) {
            for (String key : List.of("ClientBeginRequest", "ClientConnected")) {
                try {
                    OffsetDateTime t = OffsetDateTime.parse(meta.getOrDefault(key, ""));
                    long nanos =
                            EpochTime.seconds(
                                    t.toEpochSecond()
                                            + "."
                                            + String.format(Locale.ROOT, "%09d", t.getNano()));
                    if (nanos != 0) return nanos;
                } catch (DateTimeException e) {
                    // Not given, or year 1 for "never": the next one.
                }
            }
            return 0;
        }

        /** Timers by their name, flags by theirs in lower case. */
        private Map<String, String> meta(ZipFile.Entry e) {
            ByteArrayOutputStream xml = new ByteArrayOutputStream();
            zip.read(
                    e,
                    (b, from, length) -> {
                        xml.write(b, from, Math.min(length, MOST_META - xml.size()));
                        return xml.size() < MOST_META;
                    });
            Map<String, String> meta = new HashMap<>();
            XmlTokens tokens = new XmlTokens(new Meta(meta));
            byte[] b = xml.toByteArray();
            int from = b.length >= 3 && b[0] == (byte) 0xef ? 3 : 0;
            tokens.feed(b, from, b.length - from);
            return meta;
        }
    }

    private static final class Meta implements XmlTokens.Handler {
        private final Map<String, String> meta;
        private String element = "";
        private final Map<String, String> attributes = new HashMap<>();
        private final ByteArrayOutputStream value = new ByteArrayOutputStream();

        Meta(Map<String, String> meta) {
            this.meta = meta;
        }

        @Override
        public void open(String name) {
            element = name;
            attributes.clear();
        }

        @Override
        public void attribute(String name, byte[] b, int from, int length, boolean last) {
            value.write(b, from, Math.min(length, 1024 - value.size()));
            if (!last) return;
            if (attributes.size() < 64)
                attributes.put(name, value.toString(StandardCharsets.UTF_8));
            value.reset();
        }

        @Override
        public void opened() {
            if (element.equals("SessionTimers")) {
                meta.putAll(attributes);
            } else if (element.equals("SessionFlag") && meta.size() < 1000) {
                meta.put(
                        attributes.getOrDefault("N", "").toLowerCase(Locale.ROOT),
                        attributes.getOrDefault("V", ""));
            }
        }

        @Override
        public void text(byte[] bytes, int from, int length) {}

        @Override
        public void close(String name) {}

        @Override
        public void malformed(long at, String why) {}
    }
}
