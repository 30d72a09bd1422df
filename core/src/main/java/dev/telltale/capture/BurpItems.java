package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What Burp Suite writes by "Save items": XML that says itself, in its document type, what it
 * holds.
 *
 * <pre>
 * items: item: time url host(ip) port protocol method path extension request(base64) status responselength mimetype
 *              response(base64) comment
 * </pre>
 *
 * Request and response are raw HTTP/1 messages, also of exchanges that were HTTP/2.
 */
final class BurpItems extends StreamCapture {
    private static final int BUFFER = 64 << 10;

    /** Bytes kept of a short element. */
    private static final int SHORT = 8 << 10;

    /** Java's {@code Date.toString}, as Burp writes it. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss zzz yyyy", Locale.ENGLISH);

    BurpItems(CaptureInput input) {
        super(input);
    }

    static boolean recognizes(byte[] head) {
        if (!XmlRoot.of(head).equals("items")) return false;
        String text = new String(head, StandardCharsets.ISO_8859_1);
        return text.contains("burpVersion")
                || text.contains("<request base64=")
                || text.contains("<!ELEMENT item ");
    }

    @Override
    public String format() {
        return "burp";
    }

    @Override
    public CaptureTotals read(FlowHandler.Factory flows, AnomalySink anomalies) {
        ByteSource content = content();
        Reading reading = new Reading(flows, anomalies);
        XmlTokens tokens = new XmlTokens(reading);
        byte[] buffer = new byte[BUFFER];
        int n;
        while (!tokens.failed() && (n = content.read(buffer, 0, buffer.length)) > 0)
            tokens.feed(buffer, 0, n);
        reading.ended = true;
        tokens.end();
        return CaptureTotals.of(0, reading.entries, reading.start, reading.end);
    }

    private final class Reading implements XmlTokens.Handler {
        private final FlowHandler.Factory flows;
        private final AnomalySink anomalies;
        private int entries;
        private long start = Long.MAX_VALUE;
        private long end = Long.MIN_VALUE;
        private boolean ended;
        private boolean inItem;

        /** The child of an item that is open, else empty. */
        private String field = "";

        private final Map<String, ByteArrayOutputStream> fields = new HashMap<>();
        private boolean base64;
        private Base64Text decoder = new Base64Text();
        private byte[] decoded = new byte[BUFFER];
        private Optional<ConversationTelling> telling = Optional.empty();

        Reading(FlowHandler.Factory flows, AnomalySink anomalies) {
            this.flows = flows;
            this.anomalies = anomalies;
        }

        @Override
        public void open(String name) {
            if (name.equals("item")) {
                inItem = true;
                fields.clear();
            } else if (inItem && field.isEmpty()) {
                field = name;
                base64 = false;
                decoder = new Base64Text();
            }
        }

        @Override
        public void attribute(String name, byte[] b, int from, int length, boolean last) {
            if (field.isEmpty()) return;
            keep(field + "@" + name, b, from, length);
        }

        @Override
        public void opened() {
            if (!field.isEmpty()) base64 = text(field + "@base64").equals("true");
        }

        private void keep(String key, byte[] b, int from, int length) {
            if (!fields.containsKey(key) && fields.size() == 64) return;
            ByteArrayOutputStream kept =
                    fields.computeIfAbsent(key, k -> new ByteArrayOutputStream());
            kept.write(b, from, Math.min(length, SHORT - kept.size()));
        }

        private String text(String key) {
            ByteArrayOutputStream kept = fields.get(key);
            return kept == null ? "" : kept.toString(StandardCharsets.UTF_8).strip();
        }

        @Override
        public void text(byte[] b, int from, int length) {
            switch (field) {
                case "" -> {}
                case "request" -> message(Side.INITIATOR, b, from, length);
                case "response" -> message(Side.RESPONDER, b, from, length);
                default -> keep(field, b, from, length);
            }
        }

        private void message(Side side, byte[] b, int from, int length) {
            ConversationTelling t = telling();
            if (!base64) {
                t.data(side, b, from, length);
                return;
            }
            if (decoded.length < length) decoded = new byte[length];
            t.data(side, decoded, 0, decoder.decode(b, from, length, decoded, 0));
        }

        private ConversationTelling telling() {
            if (telling.isEmpty()) telling = Optional.of(new ConversationTelling(flows, flow()));
            return telling.get();
        }

        private Flow flow() {
            long time = time(text("time"));
            if (time != 0) {
                start = Math.min(start, time);
                end = Math.max(end, time);
            }
            String url = text("url");
            boolean secure = text("protocol").equalsIgnoreCase("https") || url.startsWith("https:");
            Authority host = Authority.of(text("host"));
            int port = Authority.port(text("port"));
            if (port == 0) port = secure ? 443 : 80;
            FrameMap map = FrameMap.at(time);
            return new Flow(
                    entries++,
                    Transport.EXCHANGES,
                    new Endpoint("", "", 0),
                    new Endpoint(
                            Authority.ip(
                                    Authority.isAddress(host.host())
                                            ? host.host()
                                            : text("host@ip")),
                            "",
                            port),
                    false,
                    map,
                    map,
                    secure ? new Secured(Protection.TLS, "", "") : Secured.NONE,
                    Authority.isAddress(host.host()) ? "" : host.host(),
                    "");
        }

        private static long time(String written) {
            try {
                ZonedDateTime t = ZonedDateTime.parse(written.replaceAll(" +", " "), TIME);
                return EpochTime.seconds(Long.toString(t.toEpochSecond()));
            } catch (DateTimeException e) {
                return 0;
            }
        }

        @Override
        public void close(String name) {
            if (name.equals(field)) {
                if (field.equals("request") && telling.isPresent())
                    telling.get().close(Side.INITIATOR, true);
                field = "";
            } else if (name.equals("item")) {
                inItem = false;
                if (!text("url").isEmpty() || telling.isPresent()) telling().end(true);
                telling = Optional.empty();
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
            telling.ifPresent(t -> t.end(false));
            telling = Optional.empty();
        }
    }
}
