package dev.telltale.analyze.quic;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.DatagramAnalyzer;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * QUIC on one 5-tuple (<a href="https://www.rfc-editor.org/rfc/rfc9000">RFC 9000</a>): known by a
 * long header (or Google's of before the standard), by the id of a connection that came from
 * another 5-tuple, or by a secret that opens it. Once seen it takes every datagram of the flow.
 */
public final class Quic implements DatagramAnalyzer {
    private final Context context;
    private @Nullable Connection connection;

    /** It is QUIC, but of a version that is only named, or a connection not known. */
    private boolean closed;

    public Quic(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] bytes, int from, int length) {
        if (length == 0) return connection != null || closed;
        if (connection == null && !recognised(side, bytes, from, length)) return false;
        Connection c = connection;
        if (c != null && c.datagram(context, side, offset, bytes, from, length)) return true;
        if (c != null) {
            Connection next = new Connection(context);
            next.replaces(c);
            c.leave();
            c = connection = next;
            if (c.datagram(context, side, offset, bytes, from, length)) return true;
        }
        context.account(
                side, context.serverName(), ByteClass.ENCRYPTED, length, ReasonCode.QUIC_NO_KEYS);
        return true;
    }

    @Override
    public void end() {
        if (connection != null) connection.leave();
        connection = null;
    }

    private boolean recognised(Side side, byte[] b, int from, int length) {
        if (b[from] < 0) {
            Optional<Version> v = version(b, from, length);
            if (v.isEmpty()) return closed;
            if (v.get().readable()) connection = new Connection(context);
            else named(v.get().label());
            return true;
        }
        Optional<Version> google = Packet.google(b, from, length);
        if (google.isPresent()) {
            named(google.get().label());
            return true;
        }
        if (closed) return true;
        String server = Connections.server(context.flow());
        Optional<Connection> known = context.connections().find(server, side, b, from, length);
        if (known.isPresent()) {
            known.get().join();
            connection = known.get();
            return true;
        }
        Optional<Connection> joined = Trials.midway(context, side, b, from, length);
        if (joined.isPresent()) {
            connection = joined.get();
            return true;
        }
        // A connection that moved, by an id that only its keys tell.
        if (!context.connections().knows(server) || !Trials.plausible(b, from, length))
            return false;
        named("");
        return true;
    }

    private void named(String version) {
        if (closed) return;
        closed = true;
        context.sink()
                .identified(
                        "quic", context.serverName(), new Secured(Protection.QUIC, version, ""));
    }

    /** What a long header says, or the first known version that a server offers. */
    private static Optional<Version> version(byte[] b, int from, int length) {
        Packet p = new Packet();
        if ((b[from] & 0x40) == 0 && length > 5 && Packet.int32(b, from + 1) != 0)
            return Optional.empty();
        if (!p.read(b, from, from + length, -1)) return Optional.empty();
        if (p.type != Packet.Type.VERSION_NEGOTIATION) return Optional.ofNullable(p.version);
        for (int i = p.number; i + 4 <= p.end; i += 4) {
            Optional<Version> v = Version.of(Packet.int32(b, i));
            if (v.isPresent()) return v;
        }
        return Optional.empty();
    }
}
