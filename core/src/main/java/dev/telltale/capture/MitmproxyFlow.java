package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.capture.Mitmproxy.Values;
import dev.telltale.capture.Tnet.Chars;
import dev.telltale.capture.Tnet.Far;
import dev.telltale.capture.Tnet.Fields;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Endpoint;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.MessageSink.PartSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells one flow of a mitmproxy dump. */
final class MitmproxyFlow {
    private static final int CHUNK = 64 << 10;

    /** Longest value taken for a header's, a name's or an address's worth of text. */
    private static final int SHORT = 64 << 10;

    private final FlowSinks flows;
    private final Values values;
    private final Handshakes handshakes = new Handshakes();

    MitmproxyFlow(FlowSinks flows, Values values) {
        this.flows = flows;
        this.values = values;
    }

    /**
     * Formats up to 11 have a WebSocket's messages as a flow of its own, behind the one of its
     * handshake.
     */
    private static final class Handshakes extends LinkedHashMap<String, Request> {
        private static final int MOST = 1_000;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Request> eldest) {
            return size() > MOST;
        }
    }

    /**
     * @param cut the dictionary is not all there
     * @return when it began, in nanoseconds since the epoch, 0 where it does not say
     */
    long tell(int entry, Fields recorded, boolean cut) {
        // Edited at the proxy: what the phone sent is kept aside.
        Fields backup = recorded.fields("backup");
        Fields flow =
                backup.get("request") instanceof Fields
                                || backup.get("messages") instanceof Tnet.Items
                        ? backup
                        : recorded;
        Telling t = new Telling(entry, flow, cut);
        switch (flow.get("type").string()) {
            case "http", "" -> t.http();
            case "websocket" -> t.webSocketAlone();
            case "tcp" -> t.data("tcp");
            case "udp" -> t.data("udp");
            case "dns" -> t.dns();
            default -> t.unknown();
        }
        t.told.end();
        return t.time;
    }

    /** The request line and what surrounds it. */
    private record Request(
            String protocol,
            String method,
            String scheme,
            String host,
            int port,
            byte[] target,
            Secured secured,
            String serverName) {
        static Request of(Fields flow) {
            Fields q = flow.fields("request");
            Fields server = flow.fields("server_conn");
            String scheme = q.get("scheme").string().toLowerCase(Locale.ROOT);
            String method = q.get("method").string();
            Authority server1 = peer(server.get("address"));
            Authority asked =
                    new Authority(
                            Authority.of(q.get("host").string()).host(),
                            Authority.port(q.get("port").whole(0)));
            if (asked.host().isEmpty()) asked = server1;
            Authority named = Authority.of(q.get("authority").string());
            if (named.host().isEmpty()) named = Authority.of(field(q, "host"));
            String sni = sni(server);
            if (sni.isEmpty()) sni = sni(flow.fields("client_conn"));
            String host = named.host();
            if (host.isEmpty()) host = asked.host();
            if (Authority.isAddress(host) && !sni.isEmpty()) host = sni;
            int port = named.port() != 0 ? named.port() : asked.port();
            if (port == 0) port = Authority.defaultPort(scheme);
            boolean connect = method.equals("CONNECT");
            byte[] target = bytes(q.get("path"));
            if (connect) {
                String asks =
                        asked.host().indexOf(':') >= 0 ? "[" + asked.host() + "]" : asked.host();
                target = (asks + ":" + asked.port()).getBytes(StandardCharsets.UTF_8);
                if (scheme.isEmpty()) scheme = "http";
            }
            boolean known = !method.isEmpty() || target.length > 0;
            if (!known) scheme = "";
            else if (scheme.isEmpty()) scheme = secure(flow) ? "https" : "http";
            Secured secured =
                    scheme.equals("https") || !known && secure(flow)
                            ? protection(flow)
                            : Secured.NONE;
            return new Request(protocol(q), method, scheme, host, port, target, secured, sni);
        }

        private static String protocol(Fields message) {
            String v = message.get("http_version").string().toUpperCase(Locale.ROOT);
            List<Tnet> pair = message.get("httpversion").items();
            if (pair.size() == 2) v = "HTTP/" + pair.get(0).whole(1) + "." + pair.get(1).whole(1);
            if (v.startsWith("HTTP/1.0")) return "http/1.0";
            if (v.startsWith("HTTP/2")) return "http/2";
            return v.startsWith("HTTP/3") ? "http/3" : "http/1.1";
        }
    }

    /** A host and port, as a pair or, up to version 1.0, as a dictionary around the pair. */
    private static Authority peer(Tnet address) {
        List<Tnet> pair = address instanceof Fields f ? f.get("address").items() : address.items();
        if (pair.size() < 2) return Authority.NONE;
        return new Authority(
                Authority.of(pair.get(0).string()).host(), Authority.port(pair.get(1).whole(0)));
    }

    private static Endpoint endpoint(Tnet address, int elsePort) {
        List<Tnet> pair = address instanceof Fields f ? f.get("address").items() : address.items();
        String ip = pair.isEmpty() ? "" : Authority.ip(pair.get(0).string());
        int port = pair.size() < 2 ? 0 : Authority.port(pair.get(1).whole(0));
        return new Endpoint(ip, "", port != 0 ? port : elsePort);
    }

    /** The server's name that a connection was opened with. */
    private static String sni(Fields connection) {
        Tnet sni = connection.get("sni");
        String name =
                sni.truth()
                        ? peer(connection.get("address")).host()
                        : sni.string().toLowerCase(Locale.ROOT);
        return Authority.isAddress(name) || name.length() > SHORT ? "" : name;
    }

    private static boolean secure(Fields flow) {
        return secureConnection(flow.fields("client_conn"))
                || secureConnection(flow.fields("server_conn"));
    }

    private static boolean secureConnection(Fields connection) {
        return connection.first("tls", "tls_established", "ssl_established").truth()
                || !connection.get("tls_version").string().isEmpty();
    }

    /**
     * Protection as phone and server would have had it without the proxy between them: the lower of
     * the two versions that each of them agreed on with the proxy.
     */
    private static Secured protection(Fields flow) {
        Fields client = flow.fields("client_conn");
        Fields server = flow.fields("server_conn");
        String mine = client.get("tls_version").string();
        String theirs = server.get("tls_version").string();
        if (mine.startsWith("QUIC") && (theirs.startsWith("QUIC") || theirs.isEmpty()))
            return new Secured(Protection.QUIC, "", "");
        boolean datagrams = mine.startsWith("DTLS") || theirs.startsWith("DTLS");
        String a = version(mine);
        String b = version(theirs);
        String version = a.isEmpty() || !b.isEmpty() && rank(b) < rank(a) ? b : a;
        Protection protection = datagrams ? Protection.DTLS : Protection.TLS;
        return new Secured(
                protection, version, weak(version, client.first("cipher", "cipher_name").string()));
    }

    private static String version(String written) {
        if (written.startsWith("QUIC")) return "1.3";
        String v =
                written.startsWith("SSL")
                        ? "SSL " + written.substring(3).replaceFirst("^[ v]+", "")
                        : written.replaceFirst("^D?TLS[ v]*", "");
        if (v.equals("1")) v = "1.0";
        if (v.equals("SSL 3")) v = "SSL 3.0";
        return v.matches("(SSL )?[0-9]\\.[0-9]") ? v : "";
    }

    private static int rank(String version) {
        return version.startsWith("SSL") ? 0 : version.charAt(0) * 16 + version.charAt(2);
    }

    private static String weak(String version, String cipher) {
        String c = cipher.toUpperCase(Locale.ROOT);
        for (String broken : List.of("NULL", "EXP", "RC4", "RC2", "DES", "MD5", "ADH", "AECDH")) {
            if (c.contains(broken)) return "the cipher suite " + cipher + " is broken";
        }
        return switch (version) {
            case "SSL 2.0", "SSL 3.0" -> version + " is broken (RFC 7568)";
            case "1.0", "1.1" -> "TLS " + version + " is deprecated (RFC 8996)";
            default -> "";
        };
    }

    /** First value of a header field, by its lower-case name. */
    private static String field(Fields message, String name) {
        for (Tnet line : message.get("headers").items()) {
            List<Tnet> pair = line.items();
            if (pair.size() == 2 && pair.get(0).string().equalsIgnoreCase(name))
                return pair.get(1).string();
        }
        return "";
    }

    /** -1 where it is none. */
    private static long number(String digits) {
        return digits.matches("[0-9]{1,15}") ? Long.parseLong(digits) : -1;
    }

    private static byte[] bytes(Tnet value) {
        if (!(value instanceof Chars c)) return new byte[0];
        byte[] b = new byte[c.length()];
        System.arraycopy(c.bytes(), c.from(), b, 0, b.length);
        return b;
    }

    private final class Telling {
        private final int entry;
        private final Fields flow;
        private final boolean cut;
        private final EntryTelling told;
        private final long time;

        Telling(int entry, Fields flow, boolean cut) {
            this.entry = entry;
            this.flow = flow;
            this.cut = cut;
            Fields request = flow.fields("request");
            Fields client = flow.fields("client_conn");
            Fields server = flow.fields("server_conn");
            long began = request.first("timestamp_start", "timestamp").nanos();
            if (began == 0) began = flow.get("timestamp_created").nanos();
            if (began == 0)
                began = flow.fields("response").first("timestamp_start", "timestamp").nanos();
            if (began == 0) began = client.get("timestamp_start").nanos();
            this.time = began;
            if (client.isEmpty()) client = request.fields("client_conn");
            int port = Authority.port(request.get("port").whole(0));
            if (port == 0) port = peer(server.get("address")).port();
            Endpoint phone = endpoint(client.first("peername", "address"), 0);
            Endpoint far = endpoint(server.first("peername", "ip_address", "peer_address"), port);
            this.told = new EntryTelling(flows, entry, phone, far, began);
        }

        void unknown() {
            told.anomaly(
                    Anomaly.Kind.CAPTURE_MALFORMED,
                    "The flow is of a type that this version does not know; nothing of it was used.");
        }

        private boolean replayed() {
            Fields q = flow.fields("request");
            if (!flow.get("is_replay").string().equals("request") && !q.get("is_replay").truth())
                return false;
            told.anomaly(
                    Anomaly.Kind.LYING_METADATA,
                    "The request was sent again from the proxy, not by the phone; it was left out.");
            return true;
        }

        void http() {
            if (replayed()) return;
            Request r = Request.of(flow);
            Fields q = flow.fields("request");
            if (r.method.isEmpty() && r.target.length == 0 && !cut) {
                told.anomaly(Anomaly.Kind.CAPTURE_MALFORMED, "The flow holds no request.");
            }
            ExchangeSink x = open(r);
            if (!q.isEmpty()) {
                MessageSink m = told.message(x, Side.INITIATOR);
                told.readable(r.method.length());
                told.part(m, PartKind.TARGET, "", r.target, 0, r.target.length);
                http(m, Side.INITIATOR, q, r.method);
            }
            Fields a = flow.fields("response");
            if (!a.isEmpty()) {
                told.at(Side.RESPONDER, a.get("timestamp_start").nanos());
                MessageSink answer = told.message(x, Side.RESPONDER);
                answer.status((int) Math.clamp(a.first("status_code", "code").whole(0), 0, 999));
                http(answer, Side.RESPONDER, a, r.method);
            }
            Fields socket = flow.fields("websocket");
            if (!socket.isEmpty()) messages(x, socket.get("messages"), 1, true);
            x.end();
            boolean later = flow.fields("metadata").get("websocket").truth();
            String id = flow.get("id").string();
            if (later && id.length() < 256) handshakes.put(id, r);
        }

        private ExchangeSink open(Request r) {
            return told.exchange(
                    r.protocol,
                    r.method,
                    r.scheme,
                    r.host,
                    r.port,
                    r.target,
                    r.secured,
                    r.serverName,
                    "");
        }

        private void http(MessageSink m, Side side, Fields message, String method) {
            fields(m, message.get("headers"));
            Tnet body = message.first("content", "body");
            switch (body) {
                case Chars c when c.length() == 0 && c.lost() == 0 -> {}
                case Chars c -> {
                    PartSink part = m.open(PartKind.BODY, "", hint(message));
                    feed(part, c);
                    part.end();
                }
                case Far far -> {
                    PartSink part = m.open(PartKind.BODY, "", hint(message));
                    reread(part, side, far);
                    part.end();
                }
                default -> absent(side, message, method);
            }
            fields(m, message.get("trailers"));
            m.end();
        }

        private void fields(MessageSink m, Tnet lines) {
            for (Tnet line : lines.items()) {
                List<Tnet> pair = line.items();
                if (pair.size() < 2) continue;
                Chars name = Mitmproxy.chars(pair.get(0));
                Chars value = Mitmproxy.chars(pair.get(1));
                String n =
                        new String(
                                name.bytes(),
                                name.from(),
                                Math.min(name.length(), SHORT),
                                StandardCharsets.ISO_8859_1);
                told.part(m, PartKind.HEADER, n, value.bytes(), value.from(), value.length());
                told.missing(value.lost(), ReasonCode.TRUNCATED);
            }
        }

        private Hint hint(Fields message) {
            String codings = field(message, "content-encoding").toLowerCase(Locale.ROOT);
            List<String> list =
                    codings.isBlank()
                            ? List.of()
                            : List.of(codings.strip().split("[ \t]*,[ \t]*", 16));
            return new Hint(
                    field(message, "content-type"),
                    list.stream().filter(c -> !c.isEmpty()).toList(),
                    -1);
        }

        /** The proxy passed the body on without keeping it, or the file ends before it. */
        private void absent(Side side, Fields message, String method) {
            long status = message.first("status_code", "code").whole(200);
            boolean bodiless =
                    status == 204 || status == 304 || status < 200 || method.equals("HEAD");
            if (side == Side.RESPONDER && bodiless) return;
            long declared = number(field(message, "content-length"));
            if (declared < 0) declared = field(message, "transfer-encoding").isEmpty() ? 0 : 1;
            told.missing(declared, cut ? ReasonCode.TRUNCATED : ReasonCode.BODY_ABSENT);
        }

        private void feed(PartSink part, Chars c) {
            for (int i = 0; i < c.length(); i += CHUNK) {
                part.feed(c.bytes(), c.from() + i, Math.min(CHUNK, c.length() - i), -1);
            }
            if (c.lost() > 0) part.gap(c.lost(), ReasonCode.TRUNCATED);
        }

        private void reread(PartSink part, Side side, Far far) {
            Optional<ByteSource> source =
                    side == Side.INITIATOR ? values.request(far) : values.response(far);
            if (source.isEmpty()) {
                once(part, far.length());
                return;
            }
            byte[] b = new byte[CHUNK];
            long left = far.length();
            int n;
            while (left > 0 && (n = source.get().read(b, 0, b.length)) > 0) {
                part.feed(b, 0, n, -1);
                left -= n;
            }
            if (left > 0) part.gap(left, ReasonCode.TRUNCATED);
        }

        private void once(PartSink part, long length) {
            part.gap(length, ReasonCode.BUDGET);
            told.anomaly(
                    Anomaly.Kind.LIMIT,
                    "A body is longer than can be kept, and the file can be read once only.");
        }

        /** A WebSocket's messages without its handshake, which was a flow of its own before. */
        void webSocketAlone() {
            @Nullable Request known =
                    handshakes.get(flow.fields("metadata").get("websocket_handshake").string());
            Request r = known != null ? known : Request.of(flow);
            if (known == null) {
                String host = r.host.isEmpty() ? r.serverName : r.host;
                r =
                        new Request(
                                "http/1.1",
                                "GET",
                                "",
                                host,
                                r.port,
                                r.target,
                                r.secured,
                                r.serverName);
            }
            ExchangeSink x = open(r);
            messages(x, flow.get("messages"), 1, true);
            x.end();
        }

        /**
         * Messages of a WebSocket, or of a connection whose protocol the proxy did not read.
         *
         * @param client which value of a message says that the phone sent it; content and time
         *     follow
         * @param each each is a message; else they are pieces of a stream that only turns divide
         */
        private void messages(ExchangeSink x, Tnet list, int client, boolean each) {
            Messages sink = new Messages(x, client, each);
            switch (list) {
                case Tnet.Items items -> items.values().forEach(i -> sink.item(i.items()));
                case Far far -> {
                    Optional<TnetReader> again = values.messages(far);
                    if (again.isPresent()) {
                        again.get().list(far.length(), sink);
                    } else {
                        told.message(x, Side.INITIATOR).end();
                        told.missing(far.length(), ReasonCode.BUDGET);
                        told.anomaly(
                                Anomaly.Kind.LIMIT,
                                "The flow has more messages than can be kept, and the file can be read once only.");
                    }
                }
                default -> {}
            }
            sink.close();
        }

        private final class Messages implements TnetReader.ListSink {
            private final ExchangeSink x;
            private final int client;
            private final boolean each;
            private Optional<MessageSink> message = Optional.empty();
            private Optional<PartSink> part = Optional.empty();
            private Side side = Side.INITIATOR;

            Messages(ExchangeSink x, int client, boolean each) {
                this.x = x;
                this.client = client;
                this.each = each;
            }

            @Override
            public void item(List<Tnet> m) {
                if (m.size() <= client + 1) return;
                // Put in by whoever sat at the proxy.
                if (m.size() > client + 4 && m.get(client + 4).truth()) return;
                open(m, m.size() > client + 2 ? m.get(client + 2).nanos() : 0)
                        .ifPresent(p -> {
                            if (m.get(client + 1) instanceof Chars c) feed(p, c);
                        });
                if (each) close();
            }

            private Optional<PartSink> open(List<Tnet> m, long time) {
                Side from = m.get(client).truth() ? Side.INITIATOR : Side.RESPONDER;
                told.at(from, time);
                if (part.isPresent() && from == side) return part;
                close();
                side = from;
                MessageSink opened = told.message(x, side);
                message = Optional.of(opened);
                part = Optional.of(opened.open(PartKind.FRAME, "", Hint.NONE));
                return part;
            }

            @Override
            public void longItem(List<Tnet> fields) {
                if (fields.size() > client) open(fields, 0);
            }

            @Override
            public void piece(byte[] b, int from, int length) {
                part.ifPresent(p -> p.feed(b, from, length, -1));
            }

            @Override
            public void longItemEnd() {
                if (each) close();
            }

            void close() {
                part.ifPresent(PartSink::end);
                message.ifPresent(MessageSink::end);
                part = Optional.empty();
                message = Optional.empty();
            }
        }

        /** TCP and UDP: the bytes of both directions, protocol unknown. */
        void data(String protocol) {
            Authority server = peer(flow.fields("server_conn").get("address"));
            String sni = sni(flow.fields("server_conn"));
            if (sni.isEmpty()) sni = sni(flow.fields("client_conn"));
            String host =
                    !sni.isEmpty() ? sni : Authority.isAddress(server.host()) ? "" : server.host();
            Secured secured = secure(flow) ? protection(flow) : Secured.NONE;
            ExchangeSink x =
                    told.exchange(
                            protocol,
                            "DATA",
                            "",
                            host,
                            server.port(),
                            new byte[0],
                            secured,
                            host,
                            "");
            messages(x, flow.get("messages"), 0, protocol.equals("udp"));
            x.end();
        }

        /** DNS messages (RFC 1035), taken apart by the proxy. */
        void dns() {
            if (replayed()) return;
            Fields q = flow.fields("request");
            List<Tnet> questions = q.get("questions").items();
            Fields first = questions.isEmpty() ? Tnet.NO_FIELDS : fields(questions.getFirst());
            String opcode =
                    q.get("op_code").whole(0) == 0 ? "QUERY" : "OPCODE" + q.get("op_code").whole(0);
            String operation =
                    (opcode
                                    + " "
                                    + (questions.isEmpty()
                                            ? ""
                                            : DnsTypes.name(first.get("type").whole(0))))
                            .strip();
            Authority server = peer(flow.fields("server_conn").get("address"));
            int port = server.port() != 0 ? server.port() : 53;
            Secured secured = secure(flow) ? protection(flow) : Secured.NONE;
            ExchangeSink x =
                    told.exchange(
                            "dns",
                            operation,
                            "",
                            "",
                            port,
                            bytes(first.get("name")),
                            secured,
                            "",
                            "");
            MessageSink m = told.message(x, Side.INITIATOR);
            for (Tnet question : questions) name(m, fields(question));
            m.end();
            Fields a = flow.fields("response");
            if (!a.isEmpty()) answer(x, a, first.get("name").string());
            x.end();
        }

        private void answer(ExchangeSink x, Fields a, String asked) {
            long when = a.get("timestamp").nanos();
            told.at(Side.RESPONDER, when);
            MessageSink m = told.message(x, Side.RESPONDER);
            for (Tnet section :
                    List.of(a.get("answers"), a.get("authorities"), a.get("additionals"))) {
                for (Tnet item : section.items()) {
                    Fields record = fields(item);
                    name(m, record);
                    Chars data = Mitmproxy.chars(record.get("data"));
                    told.part(m, PartKind.FRAME, "", data.bytes(), data.from(), data.length());
                    String ip = DnsTypes.address(record.get("type").whole(0), data);
                    if (!ip.isEmpty() && !asked.isEmpty() && section == a.get("answers"))
                        told.sink().nameOf(ip, asked, when != 0 ? when : time);
                }
            }
            m.end();
        }

        private void name(MessageSink m, Fields record) {
            Chars name = Mitmproxy.chars(record.get("name"));
            if (name.length() > 0)
                told.part(m, PartKind.NAME, "", name.bytes(), name.from(), name.length());
        }

        private Fields fields(Tnet value) {
            return value instanceof Fields f ? f : Tnet.NO_FIELDS;
        }
    }
}
