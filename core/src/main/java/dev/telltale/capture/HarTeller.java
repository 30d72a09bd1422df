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
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Tells one entry of a HAR as a flow with one exchange. */
final class HarTeller {
    /** Reads an entry a second time, for the values that are too long to keep. */
    @FunctionalInterface
    interface Rereader {
        /**
         * @param lane 0 to 2; the entries asked for in one lane come in file order
         * @return false where the file can be read once only
         */
        boolean reread(int lane, HarEntry entry, HarWalk.Values values);
    }

    private static final int CHUNK = 64 << 10;
    private static final int NAMES = 1024;

    private final FlowSinks flows;
    private final Rereader rereader;
    private final int limit;
    private final String[] names = new String[NAMES];

    /** @param limit as the entries': the longest value that is kept */
    HarTeller(FlowSinks flows, Rereader rereader, int limit) {
        this.flows = flows;
        this.rereader = rereader;
        this.limit = limit;
        Arrays.fill(names, "");
    }

    /** @param time start of the exchange in nanoseconds since the epoch, 0 where unknown */
    void tell(HarEntry e, long time) {
        Head sent = new Head(e, HarList.SENT_HEADERS);
        HarUrl url = HarUrl.of(e.bytes(), e.start(HarLeaf.URL), e.length(HarLeaf.URL));
        String method = e.text(HarLeaf.METHOD);
        String protocol = protocol(e.text(HarLeaf.SENT_VERSION));
        if (protocol.equals("http")) protocol = protocol(e.text(HarLeaf.ANSWER_VERSION));
        boolean connect = method.equals("CONNECT");
        String scheme = connect ? "http" : scheme(url, e, sent);
        int known = scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : 0;
        int port = url.port() != 0 ? url.port() : connect ? 443 : known;
        Authority named = Authority.of(sent.authority);
        String host = url.host();
        if (host.isEmpty() || isAddress(host) && !named.host.isEmpty() && !isAddress(named.host)) host = named.host;
        if (url.host().isEmpty() && url.port() == 0 && named.port != 0) port = named.port;
        byte[] target = connect ? authority(e, url, port) : url.target();
        Secured secured = connect ? Secured.NONE : secured(scheme, protocol, e);

        int serverPort = (int) Math.min(65535, Math.max(0, e.number(HarLeaf.SERVER_PORT)));
        FrameMap map = FrameMap.at(time);
        Flow flow = new Flow(
                e.index(),
                Transport.EXCHANGES,
                new Endpoint("", "", 0),
                new Endpoint(address(e.text(HarLeaf.SERVER_IP)), "", serverPort != 0 ? serverPort : port),
                false,
                map,
                map);
        FlowSink sink = flows.open(flow);
        if (url.local()) {
            sink.identified(url.scheme(), "", Secured.NONE);
        } else if (!e.has(HarLeaf.URL) && !e.has(HarLeaf.METHOD) && sent.isEmpty()) {
            sink.anomaly(e.anomaly(Anomaly.Kind.CAPTURE_MALFORMED, "The entry holds no request; nothing of it was used."));
        } else {
            if (host.isEmpty()) {
                sink.anomaly(e.anomaly(Anomaly.Kind.CAPTURE_MALFORMED, "The entry's URL names no host."));
            }
            sink.identified(protocol, isAddress(host) ? "" : host, secured);
            Exchange exchange = new Exchange(
                    flow, e.index(), protocol, method, scheme, host, port, target, secured, e.text(HarLeaf.APP));
            new Telling(e, exchange, sink, sent).tell();
        }
        flows.close(flow, sink);
    }

    // --- what the request's head says

    private static String protocol(String version) {
        String v = version.toLowerCase(Locale.ROOT);
        if (v.startsWith("h3") || v.contains("quic") || v.startsWith("http/3")) return "http/3";
        if (v.equals("h2") || v.equals("h2c") || v.startsWith("http/2")) return "http/2";
        if (v.startsWith("http/1.0")) return "http/1.0";
        return v.startsWith("http/1") ? "http/1.1" : "http";
    }

    private static String scheme(HarUrl url, HarEntry e, Head sent) {
        return switch (url.scheme()) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            case "" -> {
                boolean tls = sent.scheme.equals("https") || url.port() == 443 || e.has(HarLeaf.TLS_PROTOCOL);
                yield tls ? "https" : "http";
            }
            default -> "";
        };
    }

    private static Secured secured(String scheme, String protocol, HarEntry e) {
        if (scheme.equals("http")) return Secured.NONE;
        if (scheme.isEmpty()) return new Secured(Protection.OTHER, "", "");
        String state = e.text(HarLeaf.SECURITY_STATE);
        String weak = state.equals("weak") || state.equals("broken") ? "the browser called the connection " + state : "";
        String tls = e.text(HarLeaf.TLS_PROTOCOL).toUpperCase(Locale.ROOT);
        if (protocol.equals("http/3") || tls.startsWith("QUIC")) return new Secured(Protection.QUIC, "", weak);
        String version = tls.startsWith("TLS") ? tls.substring(3).replaceFirst("^[ V]+", "") : tls;
        return new Secured(Protection.TLS, version.matches("[0-9.]{1,4}") ? version : "", weak);
    }

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
        if (s.startsWith("[")) s = s.substring(1, Math.max(1, s.indexOf(']') < 0 ? s.length() : s.indexOf(']')));
        int zone = s.indexOf('%');
        if (zone >= 0) s = s.substring(0, zone);
        int colon = s.indexOf(':');
        if (colon >= 0 && colon == s.lastIndexOf(':')) s = s.substring(0, colon);
        if (s.length() > 45 || !isAddress(s)) return "";
        for (int i = 0; i < s.length(); i++) {
            if (Character.digit(s.charAt(i), 16) < 0 && s.charAt(i) != ':' && s.charAt(i) != '.') return "";
        }
        return s.toLowerCase(Locale.ROOT);
    }

    private record Authority(String host, int port) {
        static Authority of(String header) {
            byte[] b = ("//" + header.strip()).getBytes(StandardCharsets.UTF_8);
            HarUrl url = HarUrl.of(("x:" + new String(b, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8), 0, b.length + 2);
            return new Authority(url.host(), url.port());
        }
    }

    /** What the fields of one side say that the rest depends on. */
    private final class Head {
        final HarItems fields;
        String authority = "";
        String scheme = "";
        String mediaType = "";
        List<String> codings = List.of();
        long declared = -1;
        boolean chunked;
        boolean cookies;

        Head(HarEntry e, HarList list) {
            fields = e.list(list);
            for (int i = 0; i < fields.size(); i++) {
                String name = name(fields, i);
                switch (name.length()) {
                    case 4 -> {
                        if (name.equalsIgnoreCase("host") && authority.isEmpty()) authority = value(i);
                    }
                    case 6 -> {
                        if (name.equalsIgnoreCase("cookie")) cookies = true;
                    }
                    case 7 -> {
                        if (name.equals(":scheme")) scheme = value(i);
                    }
                    case 10 -> {
                        if (name.equals(":authority")) authority = value(i);
                        if (name.equalsIgnoreCase("set-cookie")) cookies = true;
                    }
                    case 12 -> {
                        if (name.equalsIgnoreCase("content-type")) mediaType = value(i).strip();
                    }
                    case 14 -> {
                        if (name.equalsIgnoreCase("content-length")) {
                            byte[] v = value(i).strip().getBytes(StandardCharsets.ISO_8859_1);
                            declared = HarEntry.number(v, 0, v.length);
                        }
                    }
                    case 16 -> {
                        if (name.equalsIgnoreCase("content-encoding")) addCodings(value(i));
                    }
                    case 17 -> {
                        if (name.equalsIgnoreCase("transfer-encoding")) chunked = true;
                    }
                    default -> {}
                }
            }
        }

        private void addCodings(String value) {
            List<String> all = new ArrayList<>(codings);
            for (String c : value.split(",", 9)) {
                String coding = c.strip().toLowerCase(Locale.ROOT);
                if (!coding.isEmpty() && !coding.equals("identity") && all.size() < 8) all.add(coding);
            }
            codings = all;
        }

        private String value(int i) {
            int length = Math.min(4096, fields.length(i, HarLeaf.ITEM_VALUE));
            return new String(fields.bytes(), fields.start(i, HarLeaf.ITEM_VALUE), length, StandardCharsets.UTF_8);
        }

        boolean isEmpty() {
            return fields.isEmpty();
        }
    }

    /** A field's name; the same String for the same bytes, since every entry brings the same few. */
    private String name(HarItems items, int i) {
        byte[] b = items.bytes();
        int from = items.start(i, HarLeaf.ITEM_NAME);
        int length = items.length(i, HarLeaf.ITEM_NAME);
        if (length == 0) return "";
        int hash = length;
        for (int k = from; k < from + length; k++) hash = hash * 31 + b[k];
        int slot = (hash ^ hash >>> 13) & (NAMES - 1);
        String known = names[slot];
        if (known.length() == length && same(known, b, from)) return known;
        String name = new String(b, from, length, StandardCharsets.UTF_8);
        if (length <= 64 && name.length() == length) names[slot] = name;
        return name;
    }

    private static boolean same(String s, byte[] b, int from) {
        for (int i = 0; i < s.length(); i++) if (s.charAt(i) != b[from + i]) return false;
        return true;
    }

    // --- one exchange

    private final class Telling {
        private final HarEntry e;
        private final Exchange exchange;
        private final FlowSink sink;
        private final Head sent;

        Telling(HarEntry e, Exchange exchange, FlowSink sink, Head sent) {
            this.e = e;
            this.exchange = exchange;
            this.sink = sink;
            this.sent = sent;
        }

        void tell() {
            ExchangeSink told = sink.exchange(exchange);
            request(told);
            response(told);
            frames(told);
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
            if (!sent.cookies) head += fields(m, Side.INITIATOR, e.list(HarList.SENT_COOKIES), PartKind.COOKIE);
            if (!queryInTarget()) head += fields(m, Side.INITIATOR, e.list(HarList.QUERY), PartKind.QUERY);
            sink.account(Side.INITIATOR, exchange.host(), ByteClass.READABLE, head, ReasonCode.NONE);
            if (e.lost() > 0) tooMuch(Side.INITIATOR, e.lost(), "values");
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
                String name = name(items, i);
                int from = items.start(i, HarLeaf.ITEM_VALUE);
                int length = items.length(i, HarLeaf.ITEM_VALUE);
                if (name.startsWith(":") && saidByTarget(name, items.bytes(), from, length)) continue;
                m.part(kind, name, items.bytes(), from, length, -1);
                head += name.length() + length;
            }
            if (items.over() || items.lost() > 0) tooMuch(side, items.lost(), "fields");
            return head;
        }

        /** HTTP/2's pseudo-fields are the request line over again. */
        private boolean saidByTarget(String name, byte[] b, int from, int length) {
            return switch (name) {
                case ":path" ->
                    Arrays.equals(exchange.target(), 0, exchange.target().length, b, from, from + length);
                case ":method", ":scheme", ":authority", ":status" -> true;
                default -> false;
            };
        }

        private void tooMuch(Side side, long bytes, String what) {
            sink.account(side, exchange.host(), ByteClass.OPAQUE, bytes, ReasonCode.BUDGET);
            sink.anomaly(e.anomaly(
                    Anomaly.Kind.LIMIT, "The entry has more " + what + " than are looked at; the first were used."));
        }

        // --- bodies

        private void requestBody(MessageSink m) {
            HarText post = e.body(HarLeaf.POST_TEXT);
            HarText extra = e.body(HarLeaf.EXTRA_TEXT);
            HarItems params = e.list(HarList.PARAMS);
            String mediaType = mediaType(HarLeaf.POST_MIME, sent);
            long size = e.number(HarLeaf.SENT_BODY_SIZE);
            if (!extra.isEmpty()) {
                boolean flagged = e.text(HarLeaf.EXTRA_ENCODING).equalsIgnoreCase("base64");
                body(m, Side.INITIATOR, HarLeaf.EXTRA_TEXT, flagged, mediaType, sent, size, e.number(HarLeaf.EXTRA_SIZE));
            } else if (!post.isEmpty()) {
                boolean flagged = flagged(HarLeaf.POST_ENCODING, HarLeaf.POST_COMMENT);
                body(m, Side.INITIATOR, HarLeaf.POST_TEXT, flagged, mediaType, sent, size, -1);
            } else if (!params.isEmpty()) {
                params(m, mediaType, params);
            } else {
                boolean discarded = e.text(HarLeaf.SENT_BODY_STATUS).startsWith("discarded") || sent.chunked && size != 0;
                absent(Side.INITIATOR, Math.max(Math.max(size, sent.declared), discarded ? 1 : 0));
            }
        }

        private void response(ExchangeSink told) {
            Head answered = new Head(e, HarList.ANSWER_HEADERS);
            HarItems cookies = e.list(HarList.ANSWER_COOKIES);
            HarText text = e.body(HarLeaf.ANSWER_TEXT);
            long status = e.number(HarLeaf.STATUS);
            long size = e.number(HarLeaf.ANSWER_SIZE);
            long wire = e.number(HarLeaf.ANSWER_BODY_SIZE);
            if (status <= 0 && answered.isEmpty() && cookies.isEmpty() && text.isEmpty() && size <= 0 && wire <= 0) return;
            MessageSink m = told.message(Side.RESPONDER);
            long head = fields(m, Side.RESPONDER, answered.fields, PartKind.HEADER);
            if (!answered.cookies) head += fields(m, Side.RESPONDER, cookies, PartKind.COOKIE);
            sink.account(Side.RESPONDER, exchange.host(), ByteClass.READABLE, head, ReasonCode.NONE);
            boolean bodiless = exchange.operation().equals("HEAD") || status == 204 || status == 304 || status >= 100 && status < 200;
            if (!text.isEmpty()) {
                boolean flagged = flagged(HarLeaf.ANSWER_ENCODING, HarLeaf.ANSWER_COMMENT);
                String mediaType = mediaType(HarLeaf.ANSWER_MIME, answered);
                body(m, Side.RESPONDER, HarLeaf.ANSWER_TEXT, flagged, mediaType, answered, wire, size);
            } else if (!bodiless) {
                absent(Side.RESPONDER, size > 0 ? size : wire);
            }
            m.end();
        }

        private boolean flagged(HarLeaf encoding, HarLeaf comment) {
            if (e.has(encoding)) return e.text(encoding).strip().equalsIgnoreCase("base64");
            return e.has(comment) && e.length(comment) < 64 && e.text(comment).toLowerCase(Locale.ROOT).contains("base64");
        }

        /** The recorder's media type, or the field's where that says more (a boundary, a charset). */
        private String mediaType(HarLeaf leaf, Head head) {
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
                Head head,
                long wire,
                long size) {
            HarText text = e.body(leaf);
            Writing writing = writing(text, flagged, wire, size);
            if (flagged && writing != Writing.BASE64) {
                sink.anomaly(e.anomaly(
                        Anomaly.Kind.LYING_METADATA, "A body said to be Base64 is none; it was used as it stands."));
            }
            byte[] first = HarBody.head(writing, text.bytes(), text.size());
            List<String> codings = codings(head.codings, first, writing, text, wire, size);
            PartSink part = m.open(PartKind.BODY, "", new Hint(mediaType, codings, -1));
            HarBody body = new HarBody(writing, part);
            if (!text.over()) {
                feed(body, text.bytes(), text.size());
            } else if (!rereader.reread(lane(leaf), e, new TextPass(leaf, text.times(), body))) {
                feed(body, text.bytes(), text.size());
                part.gap(text.facts().length - text.size(), ReasonCode.BUDGET);
                sink.anomaly(e.anomaly(
                        Anomaly.Kind.LIMIT, "A body is longer than is kept of a file that can be read once only."));
            }
            body.end();
            long missing = missing(text, side, head, wire, body.delivered());
            if (missing > 0) part.gap(missing, ReasonCode.TRUNCATED);
            part.end();
        }

        private static int lane(HarLeaf leaf) {
            return leaf == HarLeaf.ANSWER_TEXT ? 1 : 0;
        }

        private static void feed(HarBody body, byte[] b, int size) {
            for (int at = 0; at < size; at += CHUNK) body.feed(b, at, Math.min(CHUNK, size - at));
        }

        /** How much of a body the recorder cut off, as far as that can be told from its length. */
        private long missing(HarText text, Side side, Head head, long wire, long delivered) {
            if (text.open() && e.broken()) return Math.max(1, wire - delivered);
            // The answer's length is no guide: recorders give it before or after decoding.
            if (side == Side.RESPONDER || !head.codings.isEmpty() || wire <= delivered) return 0;
            HarText.Facts f = text.facts();
            // CR LF written as LF, a byte order mark or UTF-16 made UTF-8: nothing was cut.
            if (wire - delivered <= Math.max(3, f.newlines) || wire >= 2 * f.points && wire <= 2 * f.points + 2) return 0;
            return wire - delivered;
        }

        private void params(MessageSink m, String mediaType, HarItems params) {
            HarForm form = HarForm.of(mediaType);
            PartSink part = m.open(PartKind.BODY, "", new Hint(form.mediaType(), List.of(), -1));
            form.to(part);
            boolean kept = !params.over();
            ItemPass pass = new ItemPass(HarList.PARAMS, params) {
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
            if (kept || !rereader.reread(0, e, pass)) pass.kept();
            form.close();
            if (!kept && !pass.reread) part.gap(params.lost(), ReasonCode.BUDGET);
            if (e.broken() && params.open()) part.gap(1, ReasonCode.TRUNCATED);
            part.end();
        }

        private void frames(ExchangeSink told) {
            HarItems frames = e.list(HarList.FRAMES);
            if (frames.isEmpty()) return;
            ItemPass pass = new ItemPass(HarList.FRAMES, frames) {
                private HarBody body = new HarBody(Writing.TEXT, Nothing.PART);
                private PartSink part = Nothing.PART;
                private MessageSink message = Nothing.MESSAGE;
                private int odd;

                @Override
                void begin(HarItems.Item item) {
                    String type = new String(item.name(), StandardCharsets.UTF_8);
                    boolean error = type.equals("error");
                    boolean binary = item.file().length == 1 && item.file()[0] == '2';
                    boolean answered = type.startsWith("rec") || type.equals("response");
                    if (!error && !answered && !type.startsWith("sen") && !type.equals("request") && odd++ == 0) {
                        sink.anomaly(e.anomaly(
                                Anomaly.Kind.CAPTURE_MALFORMED,
                                "A WebSocket message does not say who sent it; taken as sent by the phone."));
                    }
                    message = error ? Nothing.MESSAGE : told.message(answered ? Side.RESPONDER : Side.INITIATOR);
                    part = message.open(PartKind.FRAME, "", Hint.NONE);
                    body = new HarBody(binary ? Writing.BASE64 : Writing.TEXT, part);
                }

                @Override
                void piece(byte[] b, int from, int length) {
                    body.feed(b, from, length);
                }

                @Override
                void end() {
                    body.end();
                    part.end();
                    message.end();
                    if (body.spoiled() && odd++ == 0) {
                        sink.anomaly(e.anomaly(
                                Anomaly.Kind.LYING_METADATA,
                                "A binary WebSocket message is no Base64; the rest of it was used as it stands."));
                    }
                }
            };
            if (!frames.over() || !rereader.reread(2, e, pass)) pass.kept();
            if (frames.over() && !pass.reread) tooMuch(Side.INITIATOR, frames.lost(), "WebSocket messages");
        }
    }

    // --- how a body was written down

    private static Writing writing(HarText text, boolean flagged, long wire, long size) {
        if (flagged) return text.facts().base64() ? Writing.BASE64 : Writing.TEXT;
        if (text.ascii()) return Writing.TEXT;
        HarText.Facts f = text.facts();
        if (!f.latin1() || text.open()) return Writing.TEXT;
        boolean asText = wire == f.length || size == f.length;
        boolean asBytes = wire == f.points || size == f.points;
        // Printable throughout: then its length alone does not decide, the text may have been Latin-1 on the wire.
        if (asBytes) return f.c0 || f.c1 || f.latin1OfUtf8() ? Writing.LATIN1 : Writing.TEXT;
        return !asText && (f.c1 || f.latin1OfUtf8()) ? Writing.LATIN1 : Writing.TEXT;
    }

    /**
     * Content codings that the body's bytes still carry: recorders mostly undo them and keep the field, so the bytes have to
     * show it.
     */
    private static List<String> codings(
            List<String> declared, byte[] head, Writing writing, HarText text, long wire, long size) {
        if (declared.isEmpty()) return declared;
        boolean still =
                switch (declared.getLast()) {
                    case "gzip", "x-gzip" -> starts(head, 0x1f, 0x8b);
                    case "zstd" -> starts(head, 0x28, 0xb5, 0x2f, 0xfd);
                    case "compress", "x-compress" -> starts(head, 0x1f, 0x9d);
                    case "deflate" ->
                        head.length >= 2 && (head[0] & 0x0f) == 8 && ((head[0] & 0xff) << 8 | head[1] & 0xff) % 31 == 0;
                    case "br" -> writing == Writing.BASE64 && coded(head, text.facts().digits * 3 / 4, wire, size);
                    default -> false;
                };
        return still ? declared : List.of();
    }

    private static boolean starts(byte[] head, int... magic) {
        if (head.length < magic.length) return false;
        for (int i = 0; i < magic.length; i++) if ((head[i] & 0xFF) != magic[i]) return false;
        return true;
    }

    /** Brotli shows no mark of its own: the lengths, and that it is no text, have to do. */
    private static boolean coded(byte[] head, long length, long wire, long size) {
        boolean text = true;
        for (byte b : head) text &= b >= ' ' || b == '\n' || b == '\r' || b == '\t';
        if (text) return false;
        return wire > 0 ? length == wire : length != size;
    }

    // --- second readings

    private static final class TextPass implements HarWalk.Values {
        private final HarLeaf leaf;
        private final int last;
        private final HarBody body;
        private final JsonText json = new JsonText();
        private byte[] window = new byte[CHUNK];
        private int times;

        /** @param last which of the values of this leaf counts, from 1 */
        TextPass(HarLeaf leaf, int last, HarBody body) {
            this.leaf = leaf;
            this.last = last;
            this.body = body;
        }

        @Override
        public void value(HarLeaf leaf, byte[] b, int from, int length, boolean escaped, boolean first, boolean end) {
            if (leaf != this.leaf) return;
            if (first) times++;
            if (times != last) return;
            int room = length + 2 * JsonText.ROOM;
            if (window.length < room) window = new byte[room];
            int n = json.undo(b, from, length, escaped, window, 0);
            if (end) n = json.flush(window, n);
            body.feed(window, 0, n);
        }

        @Override
        public void entry(long at) {}

        @Override
        public void entryEnd() {}

        @Override
        public void item(HarList list) {}

        @Override
        public void itemEnd(HarList list) {}

        @Override
        public void odd(long at, String what) {}

        @Override
        public void broken(long at, String why) {}
    }

    /** Hands on the elements of a list one by one: from what was kept of them, or from a second reading. */
    private abstract class ItemPass implements HarWalk.Values {
        private final HarList list;
        private final HarItems first;
        private final HarItems one = new HarItems(limit);
        private final JsonText json = new JsonText();
        private byte[] window = new byte[0];
        private long length;
        private boolean streaming;
        private boolean inList;
        boolean reread;

        ItemPass(HarList list, HarItems first) {
            this.list = list;
            this.first = first;
        }

        abstract void begin(HarItems.Item item);

        abstract void piece(byte[] b, int from, int length);

        abstract void end();

        final void kept() {
            for (int i = 0; i < first.size(); i++) tell(first, i);
        }

        private void tell(HarItems items, int i) {
            begin(new HarItems.Item(
                    copy(items, i, HarLeaf.ITEM_NAME),
                    copy(items, i, HarLeaf.ITEM_FILE),
                    copy(items, i, HarLeaf.ITEM_TYPE)));
            int from = items.start(i, HarLeaf.ITEM_VALUE);
            int size = items.length(i, HarLeaf.ITEM_VALUE);
            for (int at = 0; at < size; at += CHUNK) piece(items.bytes(), from + at, Math.min(CHUNK, size - at));
            end();
        }

        private static byte[] copy(HarItems items, int i, HarLeaf leaf) {
            return Arrays.copyOfRange(
                    items.bytes(), items.start(i, leaf), items.start(i, leaf) + items.length(i, leaf));
        }

        @Override
        public final void item(HarList list) {
            inList = list == this.list;
            if (!inList) return;
            one.clear();
            one.begin();
            length = 0;
            streaming = false;
        }

        @Override
        public final void value(
                HarLeaf leaf, byte[] b, int from, int n, boolean escaped, boolean isFirst, boolean last) {
            if (!inList || leaf.kind != HarLeaf.Kind.ITEM) return;
            if (leaf != HarLeaf.ITEM_VALUE) {
                one.add(leaf, b, from, n, escaped, isFirst, last);
                return;
            }
            int room = n + 2 * JsonText.ROOM;
            if (window.length < room) window = new byte[room];
            if (isFirst) json.begin();
            int size = json.undo(b, from, n, escaped, window, 0);
            if (last) size = json.flush(window, size);
            length += size;
            if (streaming) piece(window, 0, size);
        }

        @Override
        public final void itemEnd(HarList list) {}

        @Override
        public void entry(long at) {}

        @Override
        public void entryEnd() {}

        @Override
        public void odd(long at, String what) {}

        @Override
        public void broken(long at, String why) {}
    }

    private static final class Nothing {
        static final PartSink PART = new PartSink() {
            @Override
            public void feed(byte[] bytes, int from, int length, long at) {}

            @Override
            public void gap(long length, ReasonCode reason) {}

            @Override
            public void end() {}
        };
        static final MessageSink MESSAGE = new MessageSink() {
            @Override
            public void part(PartKind kind, String name, byte[] bytes, int from, int length, long at) {}

            @Override
            public PartSink open(PartKind kind, String name, Hint hint) {
                return PART;
            }

            @Override
            public void end() {}
        };
    }
}
