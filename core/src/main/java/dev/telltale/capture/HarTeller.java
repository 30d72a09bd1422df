package dev.telltale.capture;

import dev.telltale.capture.HarBody.Writing;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.MessageSink.PartSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Transport;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Tells one entry of a HAR as a flow with one exchange. */
final class HarTeller {
    private static final int CHUNK = 64 << 10;

    private final FlowSinks flows;
    private final HarAgain again;
    private final int limit;
    private final HarNames names = new HarNames();

    /**
     * @param limit as the entries': the longest value that is kept
     */
    HarTeller(FlowSinks flows, HarAgain again, int limit) {
        this.flows = flows;
        this.again = again;
        this.limit = limit;
    }

    /**
     * @param time start of the exchange in nanoseconds since the epoch, 0 where unknown
     */
    void tell(HarEntry e, long time) {
        HarHead sent = new HarHead(e.list(HarList.SENT_HEADERS), names);
        HarUrl url = HarUrl.of(e.bytes(), e.start(HarLeaf.URL), e.length(HarLeaf.URL));
        String method = e.text(HarLeaf.METHOD);
        boolean connect = method.equals("CONNECT");
        String protocol = protocol(e.text(HarLeaf.SENT_VERSION));
        if (protocol.equals("http")) protocol = protocol(e.text(HarLeaf.ANSWER_VERSION));
        String scheme = connect ? "http" : scheme(url, e, sent);
        Secured secured = connect ? Secured.NONE : secured(scheme, protocol, e);

        // A URL by address whose request named the host: the name says who was meant.
        boolean byField =
                url.host().isEmpty()
                        || isAddress(url.host()) && !sent.host.isEmpty() && !isAddress(sent.host);
        String host = byField ? sent.host : url.host();
        int port = url.port() != 0 || !url.host().isEmpty() ? url.port() : sent.port;
        if (port == 0)
            port = connect || scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : 0;
        byte[] target = connect ? authority(e, url, port) : url.target();

        int serverPort = (int) Math.min(65535, Math.max(0, e.number(HarLeaf.SERVER_PORT)));
        Endpoint server =
                new Endpoint(
                        address(e.text(HarLeaf.SERVER_IP)),
                        "",
                        serverPort != 0 ? serverPort : port);
        FrameMap map = FrameMap.at(time);
        Flow flow =
                new Flow(
                        e.index(),
                        Transport.EXCHANGES,
                        new Endpoint("", "", 0),
                        server,
                        false,
                        map,
                        map);
        FlowSink sink = flows.open(flow);
        if (url.local()) {
            sink.identified(url.scheme(), "", Secured.NONE);
        } else if (!e.has(HarLeaf.URL) && !e.has(HarLeaf.METHOD) && sent.fields.isEmpty()) {
            sink.anomaly(
                    e.anomaly(
                            Anomaly.Kind.CAPTURE_MALFORMED,
                            "The entry holds no request; nothing of it was used."));
        } else {
            if (host.isEmpty()) {
                sink.anomaly(
                        e.anomaly(
                                Anomaly.Kind.CAPTURE_MALFORMED,
                                "The entry does not say which host was asked."));
            }
            sink.identified(protocol, isAddress(host) ? "" : host, secured);
            Exchange exchange =
                    new Exchange(
                            flow,
                            e.index(),
                            protocol,
                            method,
                            scheme,
                            host,
                            port,
                            target,
                            secured,
                            e.text(HarLeaf.APP));
            new Telling(e, exchange, sink, sent).tell();
        }
        flows.close(flow, sink);
    }

    private static String protocol(String version) {
        String v = version.toLowerCase(Locale.ROOT);
        if (v.startsWith("h3") || v.contains("quic") || v.startsWith("http/3")) return "http/3";
        if (v.equals("h2") || v.equals("h2c") || v.startsWith("http/2")) return "http/2";
        if (v.startsWith("http/1.0")) return "http/1.0";
        return v.startsWith("http/1") ? "http/1.1" : "http";
    }

    private static String scheme(HarUrl url, HarEntry e, HarHead sent) {
        return switch (url.scheme()) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            case "" -> {
                boolean tls =
                        sent.scheme.equals("https")
                                || url.port() == 443
                                || e.has(HarLeaf.TLS_PROTOCOL);
                yield tls ? "https" : "http";
            }
            default -> "";
        };
    }

    private static Secured secured(String scheme, String protocol, HarEntry e) {
        if (scheme.equals("http")) return Secured.NONE;
        if (scheme.isEmpty()) return new Secured(Protection.OTHER, "", "");
        String state = e.text(HarLeaf.SECURITY_STATE);
        boolean doubted = state.equals("weak") || state.equals("broken");
        String weak = doubted ? "the browser called the connection " + state : "";
        String tls = e.text(HarLeaf.TLS_PROTOCOL).toUpperCase(Locale.ROOT);
        if (protocol.equals("http/3") || tls.startsWith("QUIC"))
            return new Secured(Protection.QUIC, "", weak);
        String version = tls.startsWith("TLS") ? tls.substring(3).replaceFirst("^[ V]+", "") : "";
        return new Secured(Protection.TLS, version.matches("[0-9.]{1,4}") ? version : "", weak);
    }

    /** The target of a CONNECT: host and port (RFC 9112 section 3.2.3). */
    private static byte[] authority(HarEntry e, HarUrl url, int port) {
        if (url.scheme().isEmpty()) {
            int from = e.start(HarLeaf.URL);
            return Arrays.copyOfRange(e.bytes(), from, from + e.length(HarLeaf.URL));
        }
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        return (host + ":" + port).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isAddress(String host) {
        if (host.indexOf(':') >= 0) return true;
        boolean digit = false;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) return false;
            digit |= c != '.';
        }
        return digit;
    }

    /** {@code serverIPAddress} without brackets, zone and port; empty where it is no address. */
    private static String address(String written) {
        String s = written.strip();
        if (s.length() > 64) return "";
        int close = s.indexOf(']');
        if (s.startsWith("[")) s = s.substring(1, close < 0 ? s.length() : close);
        int zone = s.indexOf('%');
        if (zone >= 0) s = s.substring(0, zone);
        int colon = s.indexOf(':');
        if (colon >= 0 && colon == s.lastIndexOf(':')) s = s.substring(0, colon);
        if (!isAddress(s)) return "";
        for (int i = 0; i < s.length(); i++) {
            if (Character.digit(s.charAt(i), 16) < 0 && s.charAt(i) != ':' && s.charAt(i) != '.')
                return "";
        }
        return s.toLowerCase(Locale.ROOT);
    }

    private final class Telling {
        private final HarEntry e;
        private final Exchange exchange;
        private final FlowSink sink;
        private final HarHead sent;

        Telling(HarEntry e, Exchange exchange, FlowSink sink, HarHead sent) {
            this.e = e;
            this.exchange = exchange;
            this.sink = sink;
            this.sent = sent;
        }

        void tell() {
            ExchangeSink told = sink.exchange(exchange);
            request(told);
            response(told);
            webSocket(told);
            told.end();
        }

        private void request(ExchangeSink told) {
            MessageSink m = told.message(Side.INITIATOR);
            long head = exchange.operation().length();
            if (e.has(HarLeaf.URL)) {
                m.part(PartKind.TARGET, "", exchange.target(), 0, exchange.target().length, -1);
                head += exchange.target().length;
            }
            head += fields(m, Side.INITIATOR, sent.fields, PartKind.HEADER);
            if (!sent.cookies)
                head += fields(m, Side.INITIATOR, e.list(HarList.SENT_COOKIES), PartKind.COOKIE);
            if (!queryInTarget())
                head += fields(m, Side.INITIATOR, e.list(HarList.QUERY), PartKind.QUERY);
            sink.account(
                    Side.INITIATOR, exchange.host(), ByteClass.READABLE, head, ReasonCode.NONE);
            if (e.lost() > 0) tooMuch(Side.INITIATOR, e.lost(), "text");
            requestBody(m);
            m.end();
        }

        private boolean queryInTarget() {
            for (byte b : exchange.target()) if (b == '?') return true;
            return false;
        }

        private long fields(MessageSink m, Side side, HarItems items, PartKind kind) {
            long head = 0;
            for (int i = 0; i < items.size(); i++) {
                String name = names.of(items, i);
                int from = items.start(i, HarLeaf.ITEM_VALUE);
                int length = items.length(i, HarLeaf.ITEM_VALUE);
                if (name.startsWith(":") && saidBefore(name, items.bytes(), from, length)) continue;
                m.part(kind, name, items.bytes(), from, length, -1);
                head += items.length(i, HarLeaf.ITEM_NAME) + length;
            }
            if (items.lost() > 0) tooMuch(side, items.lost(), "fields");
            return head;
        }

        /** HTTP/2's pseudo-fields (RFC 9113 section 8.3) are the request line over again. */
        private boolean saidBefore(String name, byte[] b, int from, int length) {
            byte[] target = exchange.target();
            return switch (name) {
                case ":path" -> Arrays.equals(target, 0, target.length, b, from, from + length);
                case ":method", ":scheme", ":authority", ":status" -> true;
                default -> false;
            };
        }

        private void tooMuch(Side side, long bytes, String what) {
            sink.account(side, exchange.host(), ByteClass.OPAQUE, bytes, ReasonCode.BUDGET);
            sink.anomaly(
                    e.anomaly(
                            Anomaly.Kind.LIMIT,
                            "The entry has more "
                                    + what
                                    + " than is looked at; the first was used."));
        }

        private void requestBody(MessageSink m) {
            String mediaType = mediaType(HarLeaf.POST_MIME, sent);
            long size = e.number(HarLeaf.SENT_BODY_SIZE);
            if (!e.body(HarLeaf.EXTRA_TEXT).isEmpty()) {
                boolean flagged = e.text(HarLeaf.EXTRA_ENCODING).strip().equalsIgnoreCase("base64");
                long decoded = e.number(HarLeaf.EXTRA_SIZE);
                body(
                        m,
                        Side.INITIATOR,
                        HarLeaf.EXTRA_TEXT,
                        flagged,
                        mediaType,
                        sent,
                        size,
                        decoded);
            } else if (!e.body(HarLeaf.POST_TEXT).isEmpty()) {
                boolean flagged = flagged(HarLeaf.POST_ENCODING, HarLeaf.POST_COMMENT);
                body(m, Side.INITIATOR, HarLeaf.POST_TEXT, flagged, mediaType, sent, size, -1);
            } else if (!e.list(HarList.PARAMS).isEmpty()) {
                params(m, mediaType, e.list(HarList.PARAMS));
            } else {
                boolean discarded = e.text(HarLeaf.SENT_BODY_STATUS).startsWith("discarded");
                boolean some = discarded || sent.chunked && size != 0;
                absent(Side.INITIATOR, Math.max(Math.max(size, sent.declared), some ? 1 : 0));
            }
        }

        private void response(ExchangeSink told) {
            HarHead answered = new HarHead(e.list(HarList.ANSWER_HEADERS), names);
            HarItems cookies = e.list(HarList.ANSWER_COOKIES);
            boolean text = !e.body(HarLeaf.ANSWER_TEXT).isEmpty();
            long status = e.number(HarLeaf.STATUS);
            long size = e.number(HarLeaf.ANSWER_SIZE);
            long wire = e.number(HarLeaf.ANSWER_BODY_SIZE);
            boolean any = !answered.fields.isEmpty() || !cookies.isEmpty() || text;
            if (!any && status <= 0 && size <= 0 && wire <= 0) return;
            MessageSink m = told.message(Side.RESPONDER);
            m.status((int) Math.clamp(status, 0, 999));
            long head = fields(m, Side.RESPONDER, answered.fields, PartKind.HEADER);
            if (!answered.cookies) head += fields(m, Side.RESPONDER, cookies, PartKind.COOKIE);
            sink.account(
                    Side.RESPONDER, exchange.host(), ByteClass.READABLE, head, ReasonCode.NONE);
            // RFC 9110 section 6.4.1; a recorder's 304 may carry the body it had in its cache.
            boolean bodiless = status == 204 || status == 304 || status >= 100 && status < 200;
            if (text) {
                boolean flagged = flagged(HarLeaf.ANSWER_ENCODING, HarLeaf.ANSWER_COMMENT);
                String mediaType = mediaType(HarLeaf.ANSWER_MIME, answered);
                body(
                        m,
                        Side.RESPONDER,
                        HarLeaf.ANSWER_TEXT,
                        flagged,
                        mediaType,
                        answered,
                        wire,
                        size);
            } else if (!bodiless && !exchange.operation().equals("HEAD")) {
                absent(Side.RESPONDER, size > 0 ? size : wire);
            }
            m.end();
        }

        private boolean flagged(HarLeaf encoding, HarLeaf comment) {
            if (e.has(encoding)) return e.text(encoding).strip().equalsIgnoreCase("base64");
            return e.length(comment) < 64
                    && e.text(comment).toLowerCase(Locale.ROOT).contains("base64");
        }

        /**
         * The recorder's media type, or the field's where that says more (a boundary, a charset).
         */
        private String mediaType(HarLeaf leaf, HarHead head) {
            String recorded = e.text(leaf).strip();
            boolean more = head.mediaType.regionMatches(true, 0, recorded, 0, recorded.length());
            return more ? head.mediaType : recorded;
        }

        /** A body was there and the recorder did not keep it. */
        private void absent(Side side, long bytes) {
            if (bytes <= 0) return;
            ReasonCode reason = e.broken() ? ReasonCode.TRUNCATED : ReasonCode.BODY_ABSENT;
            sink.account(side, exchange.host(), ByteClass.MISSING, bytes, reason);
        }

        /**
         * @param wire {@code bodySize}, -1 where unknown
         * @param size length that the recorder gives for the decoded body, -1 where unknown
         */
        private void body(
                MessageSink m,
                Side side,
                HarLeaf leaf,
                boolean flagged,
                String mediaType,
                HarHead head,
                long wire,
                long size) {
            HarText text = e.body(leaf);
            Writing writing = HarBody.writing(text, flagged, wire, size);
            if (flagged && writing != Writing.BASE64) {
                sink.anomaly(
                        e.anomaly(
                                Anomaly.Kind.LYING_METADATA,
                                "A body said to be Base64 is none; it was used as it stands."));
            }
            List<String> codings = HarBody.codings(head.codings, text, writing, wire, size);
            PartSink part = m.open(PartKind.BODY, "", new Hint(mediaType, codings, -1));
            HarBody body = new HarBody(writing, part, text.over() ? Long.MAX_VALUE : text.size());
            int lane = side == Side.INITIATOR ? 0 : 1;
            boolean whole =
                    text.over() && again.read(lane, e, new HarAgain.Text(leaf, text.times(), body));
            if (!whole) {
                for (int at = 0; at < text.size(); at += CHUNK) {
                    body.feed(text.bytes(), at, Math.min(CHUNK, text.size() - at));
                }
            }
            body.end();
            if (text.over() && !whole) {
                part.gap(text.facts().length - text.size(), ReasonCode.BUDGET);
                sink.anomaly(
                        e.anomaly(
                                Anomaly.Kind.LIMIT,
                                "A body is longer than is kept of a file that can be read once only."));
            } else {
                long missing = missing(text, side, head, wire, body.delivered());
                if (missing > 0) part.gap(missing, ReasonCode.TRUNCATED);
            }
            part.end();
        }

        /** How much of a body the recorder cut off, as far as its length tells. */
        private long missing(HarText text, Side side, HarHead head, long wire, long delivered) {
            if (text.open() && e.broken()) return Math.max(1, wire - delivered);
            // An answer's length is no guide: recorders give it before or after decoding.
            if (side == Side.RESPONDER || !head.codings.isEmpty() || wire <= delivered) return 0;
            HarText.Facts f = text.facts();
            // CR LF written as LF, a byte order mark dropped, UTF-16 or Latin-1 made UTF-8: nothing
            // was cut.
            boolean recoded = wire >= 2 * f.points && wire <= 2 * f.points + 2;
            long missing = wire - delivered;
            if (recoded || missing <= Math.max(3, f.newlines)) return 0;
            sink.anomaly(
                    e.anomaly(
                            Anomaly.Kind.LYING_METADATA,
                            "The request's body is "
                                    + missing
                                    + " bytes shorter than the bodySize given for it."));
            // Recorders cut off at a limit, which takes much; a little is someone's edit of the
            // text.
            return missing > wire / 16 ? missing : 0;
        }

        private void params(MessageSink m, String given, HarItems params) {
            String mediaType = HarForm.mediaType(given);
            PartSink part = m.open(PartKind.BODY, "", new Hint(mediaType, List.of(), -1));
            HarForm form = HarForm.of(mediaType, part);
            HarAgain.Items items =
                    new HarAgain.Items(HarList.PARAMS, params, limit) {
                        @Override
                        void begin(HarItems.Item item) {
                            form.begin(item);
                        }

                        @Override
                        void piece(byte[] b, int from, int length) {
                            form.value(b, from, length);
                        }

                        @Override
                        void end() {
                            form.end();
                        }
                    };
            boolean all = items.tell(again, 0, e);
            form.close();
            if (!all) {
                part.gap(params.lost(), ReasonCode.BUDGET);
                sink.anomaly(
                        e.anomaly(
                                Anomaly.Kind.LIMIT,
                                "A form is longer than is kept of a file that can be read once only."));
            } else if (params.isCut()) {
                part.gap(1, ReasonCode.TRUNCATED);
            }
            part.end();
        }

        /**
         * Messages inside a WebSocket (RFC 6455), each a message of the exchange that opened it.
         */
        private void webSocket(ExchangeSink told) {
            HarItems list = e.list(HarList.FRAMES);
            if (list.isEmpty()) return;
            if (!new Frames(told, list).tell(again, 2, e))
                tooMuch(Side.INITIATOR, list.lost(), "WebSocket messages");
        }

        private final class Frames extends HarAgain.Items {
            private final ExchangeSink told;
            private HarBody body = new HarBody(Writing.TEXT, HarBody.NOWHERE, 0);
            private PartSink part = HarBody.NOWHERE;
            private Runnable close = () -> {};
            private boolean complained;

            Frames(ExchangeSink told, HarItems list) {
                super(HarList.FRAMES, list, limit);
                this.told = told;
            }

            @Override
            void begin(HarItems.Item item) {
                String type = new String(item.name(), StandardCharsets.UTF_8);
                boolean binary = item.file().length == 1 && item.file()[0] == '2';
                switch (type) {
                    case "receive", "received", "response" -> open(Side.RESPONDER);
                    case "send", "sent", "request" -> open(Side.INITIATOR);
                    // What the browser says of a failure, not what went over the wire.
                    case "error" -> {
                        part = HarBody.NOWHERE;
                        close = () -> {};
                    }
                    default -> {
                        complain(
                                Anomaly.Kind.CAPTURE_MALFORMED,
                                "A WebSocket message names no sender; taken as sent by the phone.");
                        open(Side.INITIATOR);
                    }
                }
                body = new HarBody(binary ? Writing.BASE64 : Writing.TEXT, part, CHUNK);
            }

            private void open(Side side) {
                MessageSink message = told.message(side);
                part = message.open(PartKind.FRAME, "", Hint.NONE);
                close = message::end;
            }

            private void complain(Anomaly.Kind kind, String text) {
                if (!complained) sink.anomaly(e.anomaly(kind, text));
                complained = true;
            }

            @Override
            void piece(byte[] b, int from, int length) {
                body.feed(b, from, length);
            }

            @Override
            void end() {
                body.end();
                part.end();
                close.run();
                if (body.spoiled()) {
                    complain(
                            Anomaly.Kind.LYING_METADATA,
                            "A binary WebSocket message is no Base64; used as it stands.");
                }
            }
        }
    }
}
