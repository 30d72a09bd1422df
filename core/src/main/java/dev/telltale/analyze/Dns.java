package dev.telltale.analyze;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DNS messages (RFC 1035 4.1; EDNS RFC 6891; SVCB and HTTPS RFC 9460), also of multicast DNS (RFC
 * 6762) and LLMNR (RFC 4795): known by port and content together. A query and its answer (same id)
 * are one exchange; every name is told where it first stands, in presentation form. The dots of
 * that form stand where the length bytes stand on the wire, so positions in a name are offsets in
 * the datagram up to its first compression pointer.
 *
 * <pre>
 *   id (16) | QR opcode(4) AA TC RD | RA Z AD CD rcode(4) | QDCOUNT (16) | ANCOUNT (16) | NSCOUNT (16) | ARCOUNT (16)
 *   questions: name, type (16), class (16)
 *   records:   name, type (16), class (16), ttl (32), rdlength (16), rdata
 * </pre>
 */
final class Dns implements DatagramAnalyzer {
    static final int HEADER = 12;

    /** ALPN id of DNS over QUIC (RFC 9250 4.1.1). */
    private static final String DOQ = "doq";

    private static final int DOMAIN = 53;
    private static final int MDNS = 5353;
    private static final int LLMNR = 5355;

    /** Queries of one flow that wait for an answer. */
    private static final int MAX_PENDING = 64;

    private static final int A = 1;
    private static final int NS = 2;
    private static final int CNAME = 5;
    private static final int SOA = 6;
    private static final int PTR = 12;
    private static final int MX = 15;
    private static final int TXT = 16;
    private static final int AAAA = 28;
    private static final int SRV = 33;
    private static final int DNAME = 39;
    private static final int OPT = 41;
    private static final int SVCB = 64;
    private static final int HTTPS = 65;

    private final Context context;
    private final String protocol;
    private @Nullable List<Pending> pending;
    private boolean identified;

    private record Pending(int id, Side asker, ExchangeSink exchange) {}

    Dns(Context context) {
        this.context = context;
        this.protocol = protocol(context);
    }

    /** What the ports allow, or empty. */
    static String protocol(Context context) {
        int a = context.port(Side.INITIATOR);
        int b = context.port(Side.RESPONDER);
        if (a == DOMAIN || b == DOMAIN || context.upgrade().equals(DOQ)) return "dns";
        if (context.flow().transport() != Transport.UDP) return "";
        if (a == MDNS || b == MDNS) return "mdns";
        return a == LLMNR || b == LLMNR ? "llmnr" : "";
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] bytes, int from, int length) {
        if (protocol.isEmpty() || !plausible(bytes, from, length)) return false;
        message(side, offset, bytes, from, length);
        return true;
    }

    @Override
    public void end() {
        if (pending != null) for (Pending p : pending) p.exchange.end();
        pending = null;
    }

    /** A header that makes sense and a first name that can be read. */
    static boolean plausible(byte[] b, int from, int length) {
        if (length < HEADER || !plausibleHeader(b, from)) return false;
        if (int16(b, from + 4) + int16(b, from + 6) + int16(b, from + 8) + int16(b, from + 10) == 0)
            return length == HEADER;
        Reader r = new Reader(b, from, from + length);
        r.i = from + HEADER;
        return r.name() && r.i + 4 <= r.to && int16(b, r.i) != 0;
    }

    static boolean plausibleHeader(byte[] b, int from) {
        int opcode = b[from + 2] >> 3 & 15;
        boolean answer = b[from + 2] < 0;
        int questions = int16(b, from + 4);
        if (opcode == 3 || opcode > 6 || (b[from + 3] & 0x40) != 0) return false;
        if (!answer && (b[from + 3] & 15) != 0) return false;
        if (questions > 64) return false;
        return questions > 0 || answer || int16(b, from + 10) > 0;
    }

    /** Reads one plausible message and accounts for all of its bytes. */
    void message(Side side, long at, byte[] b, int from, int length) {
        if (!identified) {
            identified = true;
            context.sink().identified(protocol, "", Secured.NONE);
        }
        new Reading(side, at, b, from, length).run();
    }

    /**
     * Tells a plausible message that another protocol carries in a message of that protocol, which
     * accounts for its bytes.
     */
    void carried(MessageSink m, Side side, long at, byte[] b, int from, int length) {
        new Reading(side, at, b, from, length).into(m);
    }

    private final class Reading {
        private final Side side;
        private final long at;
        private final byte[] b;
        private final Reader r;
        private final int from;
        private final boolean answer;
        private String question = "";
        private @Nullable ExchangeSink exchange;
        private @Nullable MessageSink message;
        private int questionEnd;

        Reading(Side side, long at, byte[] b, int from, int length) {
            this.side = side;
            this.at = at;
            this.b = b;
            this.from = from;
            this.r = new Reader(b, from, from + length);
            this.answer = b[from + 2] < 0;
        }

        void run() {
            open();
            MessageSink m = message;
            if (m == null) return;
            r.i = from + HEADER;
            boolean whole = records(m);
            int read = r.i - from;
            context.readable(side, "", read);
            if (r.i < r.to) {
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        at + read,
                        whole
                                ? "A DNS message goes on after its last record."
                                : "A DNS record is malformed or cut off.");
                MessageSink.PartSink rest = m.open(PartKind.FRAME, "", Hint.NONE);
                rest.feed(b, r.i, r.to - r.i, at + read);
                rest.end();
            }
            m.end();
            ExchangeSink e = exchange;
            if (e == null) return;
            if (answer || protocol.equals("mdns")) e.end();
            else keep(new Pending(int16(b, from), side, e));
        }

        void into(MessageSink m) {
            first();
            r.i = from + HEADER;
            records(m);
            frame(m, "", r.i, r.to);
        }

        /** Reads the first name, which was found readable; its type, or 0. */
        private int first() {
            r.i = from + HEADER;
            if (r.i >= r.to || !r.name()) return 0;
            question = new String(r.text, 0, r.length, StandardCharsets.ISO_8859_1);
            return int16(b, r.i);
        }

        /** Finds the exchange by id, or makes it from the first name, which was found readable. */
        private void open() {
            int type = first();
            byte[] target = question.getBytes(StandardCharsets.ISO_8859_1);
            boolean asks = int16(b, from + 4) > 0;
            ExchangeSink e = answer ? take(int16(b, from), side.other()) : null;
            if (e == null) {
                String operation = asks ? opcode() + " " + type(type) : "ANSWER " + type(type);
                // Who answers: the far end of a query, the near end of an announcement or an answer
                // alone.
                Side server = answer ? side : side.other();
                e = context.exchange(protocol, operation, "", "", context.port(server), target);
            }
            exchange = e;
            message = e.message(side);
        }

        private String opcode() {
            return switch (b[from + 2] >> 3 & 15) {
                case 1 -> "IQUERY";
                case 2 -> "STATUS";
                case 4 -> "NOTIFY";
                case 5 -> "UPDATE";
                case 6 -> "DSO";
                default -> "QUERY";
            };
        }

        /** False where it stops early; {@code r.i} is then where. */
        private boolean records(MessageSink m) {
            int questions = int16(b, from + 4);
            for (int n = 0; n < questions; n++) {
                int start = r.i;
                if (!r.name() || r.i + 4 > r.to) {
                    r.i = start;
                    return false;
                }
                tellName(m, "");
                r.i += 4;
            }
            questionEnd = r.i;
            int answers = int16(b, from + 6);
            int others = int16(b, from + 8) + int16(b, from + 10);
            for (int n = 0; n < answers + others; n++) {
                int start = r.i;
                if (!r.name() || r.i + 10 > r.to || r.i + 10 + int16(b, r.i + 8) > r.to) {
                    r.i = start;
                    return false;
                }
                record(m, n < answers || protocol.equals("mdns"));
            }
            return true;
        }

        /** One record whose name was just read and whose data is all there. */
        private void record(MessageSink m, boolean answers) {
            int type = int16(b, r.i);
            int data = r.i + 10;
            int end = data + int16(b, r.i + 8);
            String label = type(type);
            String owner = question;
            if (questionEnd == from + HEADER && (type == A || type == AAAA))
                owner = new String(r.text, 0, r.length, StandardCharsets.ISO_8859_1);
            tellName(m, "");
            r.i = data;
            int whole = r.to;
            r.to = end;
            switch (type) {
                case A -> {
                    if (answers && end - data == 4) named(owner, data, 4);
                }
                case AAAA -> {
                    if (answers && end - data == 16) named(owner, data, 16);
                }
                case NS, CNAME, PTR, DNAME -> nameAt(m, label, data, end);
                case MX -> nameAt(m, label, data + 2, end);
                case SRV -> nameAt(m, label, data + 6, end);
                case SOA -> {
                    nameAt(m, label, data, end);
                    nameAt(m, label, r.i, end);
                }
                case TXT -> {
                    // One or more <character-string>s: length (8), text.
                    for (int i = data; i < end; ) {
                        int n = Math.min(b[i] & 0xff, end - i - 1);
                        if (n > 0) m.part(PartKind.FRAME, label, b, i + 1, n, at + (i + 1 - from));
                        i += 1 + n;
                    }
                }
                case SVCB, HTTPS -> {
                    nameAt(m, label, data + 2, end);
                    options(m, label, r.i, end, answers, owner);
                }
                case OPT -> options(m, label, data, end, false, owner);
                default -> frame(m, label, data, end);
            }
            r.to = whole;
            r.i = end;
        }

        /** EDNS options and SvcParams are both: code (16), length (16), value. */
        private void options(
                MessageSink m, String label, int from, int end, boolean hints, String owner) {
            int i = from;
            while (i + 4 <= end) {
                int code = int16(b, i);
                int n = int16(b, i + 2);
                if (i + 4 + n > end) break;
                int size = code == 4 ? 4 : code == 6 ? 16 : 0; // ipv4hint, ipv6hint
                if (hints && size > 0)
                    for (int k = i + 4; k + size <= i + 4 + n; k += size) named(owner, k, size);
                else frame(m, label + "." + code, i + 4, i + 4 + n);
                i += 4 + n;
            }
            frame(m, label, i, end);
        }

        private void frame(MessageSink m, String name, int from, int end) {
            if (from < end)
                m.part(PartKind.FRAME, name, b, from, end - from, at + (from - this.from));
        }

        private void nameAt(MessageSink m, String label, int i, int end) {
            r.i = i;
            if (i < end && r.name()) {
                tellName(m, label);
            } else {
                frame(m, label, Math.min(i, end), end);
                r.i = end;
            }
        }

        /** The name just read, unless it only points at one that stands elsewhere. */
        private void tellName(MessageSink m, String label) {
            if (r.length > 0 && !r.pointer)
                m.part(PartKind.NAME, label, r.text, 0, r.length, at + (r.first - from));
        }

        private void named(String owner, int i, int size) {
            if (owner.isEmpty()) return;
            context.sink().nameOf(address(b, i, size), owner, context.time(side, at));
        }
    }

    private void keep(Pending p) {
        List<Pending> list = pending;
        if (list == null) pending = list = new ArrayList<>(2);
        if (list.size() == MAX_PENDING) list.removeFirst().exchange.end();
        list.add(p);
    }

    private @Nullable ExchangeSink take(int id, Side asker) {
        List<Pending> list = pending;
        if (list == null) return null;
        for (int i = 0; i < list.size(); i++) {
            Pending p = list.get(i);
            if (p.id == id && p.asker == asker) {
                list.remove(i);
                return p.exchange;
            }
        }
        return null;
    }

    /**
     * Reads names. RFC 1035 4.1.4: a label is length (8) and text, 0 ends, two top bits set are a
     * pointer (14).
     */
    private static final class Reader {
        private static final int LONGEST = 255;
        private static final int MAX_JUMPS = 32;
        private final byte[] b;
        private final int from;
        int to;

        /** Next byte to read. */
        int i;

        final byte[] text = new byte[LONGEST];
        int length;

        /** Where its first label's text stands. */
        int first;

        /** True where it is nothing but a pointer. */
        boolean pointer;

        Reader(byte[] b, int from, int to) {
            this.b = b;
            this.from = from;
            this.to = to;
        }

        /**
         * Reads the name at {@code i}; false where it is malformed. Pointers may only go back, so
         * it ends.
         */
        boolean name() {
            int p = i;
            int next = -1;
            length = 0;
            pointer = p < to && (b[p] & 0xc0) == 0xc0;
            first = p + 1;
            int lowest = p;
            int jumps = 0;
            while (true) {
                if (p >= to) return false;
                int n = b[p] & 0xff;
                if (n == 0) {
                    i = next < 0 ? p + 1 : next;
                    return true;
                }
                if (n >= 0xc0) {
                    if (p + 1 >= to) return false;
                    int target = from + ((n & 0x3f) << 8 | (b[p + 1] & 0xff));
                    if (target >= lowest || target < from + HEADER || ++jumps > MAX_JUMPS)
                        return false;
                    if (next < 0) next = p + 2;
                    lowest = target;
                    p = target;
                } else {
                    if (n > 63 || p + 1 + n > to) return false;
                    if (length + n + 1 > LONGEST) return false;
                    if (length > 0) text[length++] = '.';
                    System.arraycopy(b, p + 1, text, length, n);
                    length += n;
                    p += 1 + n;
                }
            }
        }
    }

    private static String address(byte[] b, int i, int size) {
        if (size == 4) {
            return (b[i] & 0xff)
                    + "."
                    + (b[i + 1] & 0xff)
                    + "."
                    + (b[i + 2] & 0xff)
                    + "."
                    + (b[i + 3] & 0xff);
        }
        return ipv6(b, i);
    }

    /**
     * RFC 5952 4: no leading zeros, the first longest run of two or more zero groups as "::", lower
     * case.
     */
    static String ipv6(byte[] b, int i) {
        int best = -1;
        int bestLength = 1;
        for (int g = 0; g < 8; g++) {
            int n = 0;
            while (g + n < 8 && int16(b, i + 2 * (g + n)) == 0) n++;
            if (n > bestLength) {
                best = g;
                bestLength = n;
            }
            g += n;
        }
        StringBuilder s = new StringBuilder(39);
        for (int g = 0; g < 8; g++) {
            if (g == best) {
                s.append("::");
                g += bestLength - 1;
                continue;
            }
            if (!s.isEmpty() && s.charAt(s.length() - 1) != ':') s.append(':');
            s.append(Integer.toHexString(int16(b, i + 2 * g)));
        }
        return s.toString();
    }

    /** IANA registry "Resource Record (RR) TYPEs"; RFC 3597 5 names the rest. */
    private static String type(int type) {
        return switch (type) {
            case A -> "A";
            case NS -> "NS";
            case CNAME -> "CNAME";
            case SOA -> "SOA";
            case 10 -> "NULL";
            case PTR -> "PTR";
            case 13 -> "HINFO";
            case MX -> "MX";
            case TXT -> "TXT";
            case AAAA -> "AAAA";
            case SRV -> "SRV";
            case 35 -> "NAPTR";
            case DNAME -> "DNAME";
            case OPT -> "OPT";
            case 43 -> "DS";
            case 46 -> "RRSIG";
            case 47 -> "NSEC";
            case 48 -> "DNSKEY";
            case SVCB -> "SVCB";
            case HTTPS -> "HTTPS";
            case 251 -> "IXFR";
            case 252 -> "AXFR";
            case 255 -> "ANY";
            case 256 -> "URI";
            case 257 -> "CAA";
            default -> "TYPE" + type;
        };
    }

    private static int int16(byte[] b, int i) {
        return (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
    }
}
