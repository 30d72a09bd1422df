package dev.telltale.analyze.quic;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.Secrets;
import dev.telltale.analyze.Secrets.Label;
import dev.telltale.analyze.tls.Kdf;
import dev.telltale.model.Side;
import java.util.List;
import java.util.Optional;

/**
 * Connections joined midway: no packet tells which secret, how long the connection id is, nor the
 * high bits of the packet number, so all are tried, as far as a budget goes. What authenticates is
 * right.
 */
final class Trials {
    /** Secrets that are tried. */
    private static final int MOST_SECRETS = 1024;

    /** Bytes of a flow that may be decrypted in vain, and what trying a key counts beside. */
    private static final long BUDGET = 4 << 20;

    private static final int KEY_COST = 256;

    /** Shortest packet with a short header: type, number, tag and what stateless resets have. */
    private static final int SHORTEST = 21;

    private Trials() {}

    /** How many numbers with the same low bits are tried, for a number of so many bytes. */
    static int windows(int bytes) {
        return switch (bytes) {
            case 1 -> 64;
            case 2 -> 16;
            case 3 -> 2;
            default -> 1;
        };
    }

    /** A datagram that may hold a packet with a short header. */
    static boolean plausible(byte[] b, int from, int length) {
        return length >= SHORTEST && (b[from] & 0xc0) == 0x40;
    }

    static Optional<Connection> midway(Context context, Side side, byte[] b, int from, int length) {
        Secrets secrets = context.secrets();
        if (secrets.isEmpty() || !plausible(b, from, length)) return Optional.empty();
        long[] left = context.connections().trials(context.flow().number(), BUDGET);
        if (left[0] <= 0) return Optional.empty();
        // The initiator is the client, unless the capture has it the other way round.
        for (boolean client : new boolean[] {side == Side.INITIATOR, side != Side.INITIATOR}) {
            Label label = client ? Label.CLIENT_TRAFFIC_SECRET_0 : Label.SERVER_TRAFFIC_SECRET_0;
            List<byte[]> randoms = secrets.randoms(label, MOST_SECRETS);
            for (byte[] random : randoms) {
                byte[] secret = secrets.of(label, random, 0).orElse(new byte[0]);
                for (Version v : List.of(Version.ONE, Version.TWO)) {
                    for (Protection.Suite s : Protection.Suite.values()) {
                        if (secret.length != (s.sha384 ? 48 : 32)) continue;
                        Optional<Connection> c =
                                opens(
                                        context, random, client, side, v, s, secret, b, from,
                                        length, left);
                        if (c.isPresent()) return c;
                        if (left[0] <= 0) return Optional.empty();
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Connection> opens(
            Context context,
            byte[] random,
            boolean client,
            Side side,
            Version v,
            Protection.Suite suite,
            byte[] secret,
            byte[] b,
            int from,
            int length,
            long[] left) {
        Kdf kdf = context.ciphers().kdf();
        Protection p = context.connections().protection();
        Protection.Keys first = Protection.keys(kdf, v, suite, secret);
        left[0] -= KEY_COST;
        int end = from + length;
        for (int id = 0; id <= Packet.MAX_CONNECTION_ID; id++) {
            int number = from + 1 + id;
            if (!p.unmask(first, b, from, number, end)) break;
            // Reserved bits are zero (RFC 9000 17.3.1).
            if ((p.first & 0x18) != 0) continue;
            Protection.Keys keys = first;
            int phase = p.first >> 2 & 1;
            if (phase == 1) keys = Protection.updated(kdf, v, first);
            int windows = windows(p.numberLength);
            for (int w = 0; w < windows; w++) {
                left[0] -= length;
                long n = p.truncated + ((long) w << 8 * p.numberLength);
                if (p.open(keys, b, from, number, end, n) >= 0)
                    return Optional.of(
                            Connection.midway(
                                    context, random, client, side, v, id, keys, phase, n - 1));
                if (left[0] <= 0) return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
