package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MQTT 3.1, 3.1.1 and 5.0 (OASIS). Every control packet that says something is an exchange of its
 * own, CONNECT with its CONNACK; acknowledgements without words are only accounted for. The topic
 * belongs to the place.
 *
 * <pre>
 * Fixed header (2.1): type (4) flags (4) | remaining length (varint of 1 to 4 bytes)
 *   1 CONNECT  2 CONNACK  3 PUBLISH  4 PUBACK  5 PUBREC  6 PUBREL  7 PUBCOMP  8 SUBSCRIBE
 *   9 SUBACK  10 UNSUBSCRIBE  11 UNSUBACK  12 PINGREQ  13 PINGRESP  14 DISCONNECT  15 AUTH
 * CONNECT (3.1):  name, level (8), flags (8), keep alive (16), [properties], client id,
 *                 [will properties], [will topic, will payload], [user name], [password]
 * PUBLISH (3.3):  topic, [packet id (16)], [properties], payload
 * Strings and binary data: length (16) and bytes. Properties (2.2.2): length (varint), then id and value each.
 * </pre>
 */
final class Mqtt implements StreamAnalyzer {
    static final int CONNECT = 1;
    private static final int CONNACK = 2;
    private static final int PUBLISH = 3;
    private static final int SUBSCRIBE = 8;
    private static final int SUBACK = 9;
    private static final int UNSUBSCRIBE = 10;
    private static final int UNSUBACK = 11;
    private static final int PINGREQ = 12;
    private static final int PINGRESP = 13;
    private static final int DISCONNECT = 14;
    private static final int AUTH = 15;
    private static final List<String> TYPES =
            List.of(
                    "",
                    "CONNECT",
                    "CONNACK",
                    "PUBLISH",
                    "PUBACK",
                    "PUBREC",
                    "PUBREL",
                    "PUBCOMP",
                    "SUBSCRIBE",
                    "SUBACK",
                    "UNSUBSCRIBE",
                    "UNSUBACK",
                    "PINGREQ",
                    "PINGRESP",
                    "DISCONNECT",
                    "AUTH");

    /** Packets other than PUBLISH, and all of a PUBLISH before its payload. */
    private static final int MAX_HEAD = 256 << 10;

    /** Topics remembered by alias, a side. */
    private static final int MAX_ALIASES = 1024;

    private static final int UNKNOWN = 0;
    private static final int V5 = 5;

    private final Context context;
    private final Side client;
    private final Data rest;
    private final Half requests;
    private final Half answers;
    private @Nullable ExchangeSink connecting;

    /** Protocol level of CONNECT, 0 where that was not seen. */
    private int version = UNKNOWN;

    private boolean told;
    private int closed;

    Mqtt(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.rest = new Data(context, client);
        this.requests = new Half(client);
        this.answers = new Half(client.other());
    }

    /** CONNECT, or by the port or in a flow joined midway any packet that makes sense. */
    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        Match opening = opening(b, from, length);
        if (opening != Match.NO) return opening;
        boolean port = port(context.flow().responder().port());
        if (!port && !context.lossy()) return Match.NO;
        return MqttProbe.midway(b, from, length, side, port);
    }

    static boolean port(int port) {
        return port == 1883 || port == 8883;
    }

    /** CONNECT, whose protocol name nothing else has there. */
    static Match opening(byte[] b, int from, int length) {
        if (b[from] != 0x10) return Match.NO;
        int to = from + length;
        int i = from + 1;
        while (i < to && i < from + 5 && b[i] < 0) i++;
        if (i == from + 5) return Match.NO;
        i++;
        for (String name : List.of("MQTT", "MQIsdp")) {
            int n = name.length();
            boolean fits = true;
            for (int k = 0; k < n + 2 && i + k < to && fits; k++)
                fits = b[i + k] == (k == 0 ? 0 : k == 1 ? n : name.charAt(k - 2));
            if (fits) return i + n + 2 <= to ? Match.CLIENT : Match.MORE;
        }
        return Match.NO;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).gap(offset, length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        half(side).finish();
        closed |= side == Side.INITIATOR ? 1 : 2;
        rest.closed(side, how);
        if (closed == 3 && connecting != null) connecting.end();
    }

    private Half half(Side side) {
        return side == client ? requests : answers;
    }

    private void identified() {
        context.sink().identified(label(), context.serverName(), context.secured());
    }

    private String label() {
        return switch (version) {
            case 3 -> "mqtt/3.1";
            case 4 -> "mqtt/3.1.1";
            case V5 -> "mqtt/5";
            default -> "mqtt";
        };
    }

    private enum State {
        HEADER,
        /** A packet that is read when it is whole, or a PUBLISH before its payload. */
        PACKET,
        PAYLOAD,
        /** A gap ended: packets may go on here. */
        RESYNC,
        /** A packet too long or too odd to be read: told as it is. */
        RAW,
        ASTRAY
    }

    private final class Half {
        private final Side side;
        private State state = State.HEADER;
        private final Kept kept = new Kept();
        private int first;
        private long left;
        private long length;
        private final Map<Integer, byte[]> aliases = new HashMap<>(0);
        private @Nullable ExchangeSink exchange;
        private @Nullable MessageSink message;
        private MessageSink.@Nullable PartSink part;

        Half(Side side) {
            this.side = side;
        }

        void data(byte[] b, int from, int n, long at) {
            int i = from;
            int to = from + n;
            while (i < to) {
                long here = at + (i - from);
                switch (state) {
                    case HEADER -> {
                        kept.add(b[i++], here);
                        header();
                    }
                    case PACKET -> i = packet(b, i, to, here);
                    case PAYLOAD, RAW -> {
                        int k = (int) Math.min(left, to - i);
                        feed(b, i, k, here);
                        left -= k;
                        i += k;
                        if (left == 0) packetEnd(here + k);
                    }
                    case RESYNC -> {
                        kept.add(b[i++], here);
                        resync(false);
                    }
                    case ASTRAY -> {
                        rest.data(side, here, b, i, to - i);
                        return;
                    }
                }
            }
        }

        private void header() {
            int n = kept.size;
            int type = kept.b[0] >> 4 & 15;
            if (n == 1 && type == 0) {
                astray("There is no MQTT packet of type 0.");
                return;
            }
            if (n < 2 || kept.b[n - 1] < 0) {
                if (n == 5) astray("The length of an MQTT packet does not end.");
                return;
            }
            first = kept.b[0];
            length = 0;
            for (int i = n - 1; i > 0; i--) length = length << 7 | (kept.b[i] & 0x7f);
            left = length;
            if (type == CONNECT) version = UNKNOWN;
            if (type != PUBLISH && length > MAX_HEAD) {
                context.readable(side, host(), n);
                long at = kept.at + n;
                kept.size = 0;
                context.anomaly(
                        Anomaly.Kind.LIMIT, side, at, "An MQTT packet is longer than is read.");
                open(TYPES.get(type));
                state = State.RAW;
                return;
            }
            state = State.PACKET;
            // The packet is kept with its header, so that what cannot be read is told whole.
            if (left == 0) whole();
        }

        private void astray(String why) {
            state = State.ASTRAY;
            if (!why.isEmpty())
                context.anomaly(Anomaly.Kind.PROTOCOL_VIOLATION, side, kept.at, why);
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (n > 0) rest.data(side, at, b, 0, n);
        }

        private String host() {
            return context.serverName();
        }

        private int packet(byte[] b, int i, int to, long at) {
            int n = (int) Math.min(left, to - i);
            boolean publish = (first >> 4 & 15) == PUBLISH;
            if (!publish) {
                kept.add(b, i, n, at);
                left -= n;
                if (left == 0) whole();
                return i + n;
            }
            // Byte by byte as far as the length of its head is not known.
            int want = headWant();
            n = Math.min(n, want - kept.size);
            kept.add(b, i, n, at);
            left -= n;
            if (kept.size == headWant() || left == 0) publish();
            return i + n;
        }

        private int headerLength() {
            int n = 1;
            while (kept.b[n] < 0) n++;
            return n + 1;
        }

        /** Bytes of a PUBLISH before its payload, or at least as many as are needed to know. */
        private int headWant() {
            int i = headerLength();
            int size = kept.size;
            if (size < i + 2) return i + 2;
            i += 2 + int16(kept.b, i);
            if ((first & 6) != 0) i += 2;
            if (!properties(i)) return i;
            int to = i;
            while (to < size && to < i + 4 && kept.b[to] < 0) to++;
            if (to >= size) return to + 1;
            long n = 0;
            for (int k = to; k >= i; k--) n = n << 7 | (kept.b[k] & 0x7f);
            return (int) Math.min(to + 1 + n, MAX_HEAD);
        }

        private boolean properties(int i) {
            if (version != UNKNOWN) return version == V5;
            // Without CONNECT: no text begins with a byte 0, which is an empty list of properties.
            return kept.size > i && kept.b[i] == 0;
        }

        private void publish() {
            byte[] b = kept.b;
            int head = headerLength();
            int end = kept.size;
            MqttReader r = new MqttReader(b, head, end, kept.at);
            boolean topicRead = r.string();
            byte[] topic = Arrays.copyOfRange(b, r.start, r.end);
            int topicFrom = r.start;
            int topicTo = r.end;
            boolean ok = topicRead && ((first & 6) == 0 || r.skip(2));
            int propertiesAt = r.i;
            boolean has = ok && (version == V5 || version == UNKNOWN && properties(r.i));
            if (has) ok = r.properties();
            if (!ok) {
                odd(true);
                return;
            }
            if ((first & 6) == 6)
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION, side, kept.at, "There is no QoS 3.");
            if (has && r.alias > 0) {
                if (topic.length == 0) topic = aliases.getOrDefault(r.alias, topic);
                else if (aliases.size() < MAX_ALIASES) aliases.put(r.alias, topic);
            }
            identifyOnce();
            ExchangeSink e = context.placed(label(), "PUBLISH", topic);
            exchange = e;
            MessageSink m = e.message(side);
            message = m;
            // Where an alias stands for the topic, it is not there again.
            if (topicFrom < topicTo)
                m.part(PartKind.TARGET, "", b, topicFrom, topicTo - topicFrom, r.at + topicFrom);
            if (has) r.tell(m, propertiesAt, "");
            context.readable(side, host(), end);
            String type = has ? r.contentType : "";
            kept.take();
            hint = new Hint(type, List.of(), left);
            state = State.PAYLOAD;
            if (left == 0) packetEnd(r.at + end);
        }

        private Hint hint = Hint.NONE;

        private void feed(byte[] b, int from, int n, long at) {
            MessageSink m = message;
            if (part == null && m != null)
                part =
                        state == State.RAW
                                ? m.open(PartKind.FRAME, "", Hint.NONE)
                                : m.open(PartKind.BODY, "", hint);
            if (part != null) part.feed(b, from, n, at);
        }

        private MessageSink open(String operation) {
            ExchangeSink e =
                    context.exchange(
                            label(),
                            operation,
                            "",
                            host(),
                            context.port(client.other()),
                            new byte[0]);
            exchange = e;
            MessageSink m = e.message(side);
            message = m;
            return m;
        }

        private void packetEnd(long at) {
            if (part != null) part.end();
            if (message != null) message.end();
            if (exchange != null) exchange.end();
            part = null;
            message = null;
            exchange = null;
            kept.size = 0;
            state = State.HEADER;
            context.forget(side, at);
        }

        /** A packet that cannot be read is told as it is; the next one begins behind it. */
        private void odd(boolean wrong) {
            int type = first >> 4 & 15;
            if (wrong)
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        kept.at,
                        "An MQTT packet cannot be read: " + TYPES.get(type) + ".");
            open(TYPES.get(type));
            state = State.RAW;
            int n = kept.size;
            long at = kept.at;
            feed(kept.take(), 0, n, at);
            if (left == 0) packetEnd(at + n);
        }

        private void identifyOnce() {
            if (told) return;
            told = true;
            identified();
        }

        // --- Packets that are whole

        private void whole() {
            int type = first >> 4 & 15;
            byte[] b = kept.b;
            int n = kept.size;
            MqttReader r = new MqttReader(b, headerLength(), n, kept.at);
            boolean ok =
                    switch (type) {
                        case CONNECT -> connect(r);
                        case CONNACK -> connack(r);
                        case PUBLISH -> {
                            publish();
                            yield true;
                        }
                        case SUBSCRIBE, UNSUBSCRIBE -> subscribe(r, type);
                        case SUBACK, UNSUBACK -> acknowledged(r, type, 2, false);
                        case PINGREQ, PINGRESP -> true;
                        case DISCONNECT, AUTH -> acknowledged(r, type, 0, true);
                        default -> acknowledged(r, type, 2, true);
                    };
            if (state != State.PACKET || type == PUBLISH) return;
            if (!ok) {
                odd(true);
                return;
            }
            identifyOnce();
            context.readable(side, host(), n);
            packetEnd(kept.at + n);
            kept.take();
        }

        private boolean connect(MqttReader r) {
            if (!r.string() || !r.skip(4)) return false;
            int level = r.b[r.i - 4] & 0x7f; // the top bit is a bridge's
            int flags = r.b[r.i - 3] & 0xff;
            version = level;
            told = true;
            identified();
            int properties = r.i;
            if (level >= V5 && !r.properties()) return false;
            if (!r.string()) return false;
            int id = r.start;
            int idEnd = r.end;
            ExchangeSink e = connecting;
            if (e != null) e.end();
            e =
                    context.exchange(
                            label(),
                            "CONNECT",
                            "",
                            host(),
                            context.port(client.other()),
                            new byte[0]);
            connecting = e;
            MessageSink m = e.message(side);
            if (level >= V5) r.tell(m, properties, "");
            r.part(m, "client-id", id, idEnd);
            boolean ok = true;
            if ((flags & 4) != 0) {
                if (level >= V5) {
                    int will = r.i;
                    ok = r.properties();
                    if (ok) r.tell(m, will, "will-");
                }
                ok = ok && r.string();
                if (ok) r.part(m, "will-topic", r.start, r.end);
                ok = ok && r.string();
                if (ok) r.part(m, "will", r.start, r.end);
            }
            if (ok && (flags & 0x80) != 0) {
                ok = r.string();
                if (ok) r.part(m, "username", r.start, r.end);
            }
            if (ok && (flags & 0x40) != 0) {
                ok = r.string();
                if (ok) r.part(m, "password", r.start, r.end);
            }
            leftOver(m, r, ok);
            m.end();
            return true;
        }

        /** What was not understood of a packet whose beginning was. */
        private void leftOver(MessageSink m, MqttReader r, boolean ok) {
            if (r.i >= r.to) return;
            context.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    side,
                    r.at + r.i,
                    ok
                            ? "An MQTT packet goes on behind its last field."
                            : "A field of an MQTT packet is cut off.");
            m.part(PartKind.FRAME, "", r.b, r.i, r.to - r.i, r.at + r.i);
        }

        private boolean connack(MqttReader r) {
            if (!r.skip(2)) return false;
            if (version == UNKNOWN && r.i < r.to) version = V5;
            ExchangeSink e = connecting;
            connecting = null;
            int at = r.i;
            boolean properties = version == V5 && r.i < r.to;
            boolean ok = !properties || r.properties();
            boolean says = properties && ok && r.says(at);
            if (says || r.i < r.to) {
                MessageSink m;
                if (e == null) {
                    m = open("CONNACK");
                } else {
                    m = e.message(side);
                }
                if (says) r.tell(m, at, "");
                leftOver(m, r, ok);
                if (e != null) m.end();
            }
            if (e != null) e.end();
            return true;
        }

        private boolean subscribe(MqttReader r, int type) {
            if (!r.skip(2)) return false;
            int properties = r.i;
            boolean has =
                    version == V5 || version == UNKNOWN && r.i < r.to && looksLikeProperties(r);
            if (has && !r.properties()) return false;
            int after = r.i;
            if (!r.string()) return false;
            byte[] topic = Arrays.copyOfRange(r.b, r.start, r.end);
            ExchangeSink e = context.placed(label(), TYPES.get(type), topic);
            exchange = e;
            MessageSink m = e.message(side);
            message = m;
            m.part(PartKind.TARGET, "", r.b, r.start, r.end - r.start, r.at + r.start);
            if (has) r.tell(m, properties, "");
            r.i = after;
            boolean ok = true;
            for (boolean one = true; ok && r.i < r.to; one = false) {
                ok = r.string();
                if (!ok) break;
                if (!one) r.part(m, "topic", r.start, r.end);
                if (type == SUBSCRIBE) ok = r.skip(1);
            }
            leftOver(m, r, ok);
            return true;
        }

        /** Without CONNECT: a topic is seldom so short that its length looks like properties. */
        private boolean looksLikeProperties(MqttReader r) {
            int keep = r.i;
            boolean whole = true;
            while (whole && r.i < r.to) whole = r.string() && r.skip(1);
            r.i = keep;
            return !whole;
        }

        /**
         * Return codes, and in version 5 a reason code and properties.
         *
         * @param fixed bytes before them
         */
        private boolean acknowledged(MqttReader r, int type, int fixed, boolean reason) {
            if (!r.skip(Math.min(fixed, r.to - r.i))) return false;
            if (version != V5 || r.i >= r.to) return true;
            if (reason) r.skip(1);
            if (r.i >= r.to) return true;
            int at = r.i;
            if (!r.properties()) return false;
            if (!r.says(at)) return true;
            r.tell(open(TYPES.get(type)), at, "");
            return true;
        }

        // --- Gaps and the end

        void gap(long at, long n, ReasonCode reason) {
            switch (state) {
                case PAYLOAD, RAW -> {
                    long k = Math.min(left, n);
                    if (part == null && message != null)
                        part =
                                state == State.RAW
                                        ? message.open(PartKind.FRAME, "", Hint.NONE)
                                        : message.open(PartKind.BODY, "", hint);
                    if (part != null) part.gap(k, reason);
                    left -= k;
                    if (left == 0) packetEnd(at + k);
                    if (k < n) gap(at + k, n - k, reason);
                }
                case PACKET -> {
                    // Its end is known: what was read of it is told, the next begins behind it.
                    odd(false);
                    gap(at, n, reason);
                }
                case HEADER, ASTRAY, RESYNC -> {
                    if (state == State.RESYNC) resync(true);
                    astray("");
                    context.account(side, host(), ByteClass.MISSING, n, reason);
                    state = State.RESYNC;
                }
            }
        }

        /** Whether a packet begins with the first byte behind a gap. */
        private void resync(boolean over) {
            boolean port = port(context.flow().responder().port());
            Match match =
                    kept.size == 0
                            ? Match.MORE
                            : MqttProbe.midway(kept.b, 0, kept.size, side, port);
            if (match == Match.MORE && !over) return;
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            boolean found = match == Match.CLIENT || match == Match.SERVER;
            state = found ? State.HEADER : State.ASTRAY;
            if (n > 0) data(b, 0, n, at);
        }

        void finish() {
            if (state == State.RESYNC) resync(true);
            if (state == State.PACKET) {
                odd(false);
            } else if (state == State.HEADER && kept.size > 0) {
                astray("");
            }
            if (message != null) packetEnd(kept.at);
        }
    }

    private static int int16(byte[] b, int i) {
        return (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
    }
}
