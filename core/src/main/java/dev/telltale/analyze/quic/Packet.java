package dev.telltale.analyze.quic;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One packet of a datagram, as far as it shows without keys. Reused.
 *
 * <pre>
 * Long Header Packet (RFC 9000 17.2, invariant part RFC 8999 5.1):
 *   Header Form (1) = 1, Fixed Bit (1) = 1, Type (2), Type-Specific (4),
 *   Version (32),
 *   DCID Length (8), DCID (0..160), SCID Length (8), SCID (0..160),
 *   Initial:                    Token Length (i), Token (..), Length (i), Packet Number (8..32), Payload (..)
 *   0-RTT, Handshake:           Length (i), Packet Number (8..32), Payload (..)
 *   Retry:                      Retry Token (..), Retry Integrity Tag (128)
 *   Version Negotiation (17.2.1, Version = 0): Supported Version (32) ...
 *
 * Short Header Packet (17.3.1):
 *   Header Form (1) = 0, Fixed Bit (1) = 1, Spin (1), Reserved (2), Key Phase (1), Packet Number Length (2),
 *   DCID (0..160), Packet Number (8..32), Payload (..)
 * </pre>
 */
final class Packet {
    static final int MAX_CONNECTION_ID = 20;

    enum Type {
        INITIAL,
        ZERO_RTT,
        HANDSHAKE,
        RETRY,
        VERSION_NEGOTIATION,
        ONE_RTT,
        /** Of a version that is not read. */
        OTHER
    }

    Type type = Type.OTHER;
    @Nullable Version version;
    int from;

    /** Where it ends: the next one may begin there. */
    int end;

    int dcid;
    int dcidLength;
    int scid;
    int scidLength;

    /** Where the packet number begins; for packets without one, where the rest begins. */
    int number;

    /**
     * Reads the header at {@code i}; false where it is none.
     *
     * @param shortId length of the connection id of a short header, which does not tell it; -1
     *     where it is not known
     */
    boolean read(byte[] b, int i, int to, int shortId) {
        from = i;
        version = null;
        if (i >= to) return false;
        if (b[i] >= 0) {
            type = Type.ONE_RTT;
            dcid = i + 1;
            dcidLength = Math.max(0, shortId);
            scidLength = 0;
            number = dcid + dcidLength;
            end = to;
            return number <= to;
        }
        if (to - i < 7) return false;
        int v = int32(b, i + 1);
        Optional<Version> known = Version.of(v);
        if (known.isPresent() && !known.get().readable()) {
            type = Type.OTHER;
            version = known.get();
            number = i + 5;
            end = to;
            return true;
        }
        dcid = i + 6;
        dcidLength = b[i + 5] & 0xff;
        if (dcidLength > MAX_CONNECTION_ID || dcid + dcidLength >= to) return false;
        scid = dcid + dcidLength + 1;
        scidLength = b[scid - 1] & 0xff;
        if (scidLength > MAX_CONNECTION_ID || scid + scidLength > to) return false;
        number = scid + scidLength;
        end = to;
        if (v == 0) {
            type = Type.VERSION_NEGOTIATION;
            return (to - number) % 4 == 0 && number < to;
        }
        if (known.isEmpty()) return false;
        version = known.get();
        type = type(b[i] >> 4 & 3, known.get().second());
        if (type == Type.RETRY) return to - number >= 16;
        if (type == Type.INITIAL) {
            long token = Varint.read(b, number, to);
            if (token < 0) return false;
            number += Varint.size(b[number]);
            if (token > to - number) return false;
            number += (int) token;
        }
        long length = Varint.read(b, number, to);
        if (length < 0) return false;
        number += Varint.size(b[number]);
        // Cut by the snap length, or another's: what is there belongs to it.
        end = (int) Math.min(to, number + length);
        return true;
    }

    private static Type type(int bits, boolean second) {
        return switch (second ? bits + 3 & 3 : bits) {
            case 0 -> Type.INITIAL;
            case 1 -> Type.ZERO_RTT;
            case 2 -> Type.HANDSHAKE;
            default -> Type.RETRY;
        };
    }

    static int int32(byte[] b, int i) {
        return (b[i] & 0xff) << 24
                | (b[i + 1] & 0xff) << 16
                | (b[i + 2] & 0xff) << 8
                | (b[i + 3] & 0xff);
    }

    /**
     * Google QUIC up to Q043 (draft-hamilton-early-deployment-quic-00 6.1), which phones spoke
     * until about 2019: flags with the version bit and an 8-byte connection id, then the version.
     * Empty where it is something else.
     */
    static Optional<Version> google(byte[] b, int from, int length) {
        if (length < 14 || (b[from] & 0x89) != 0x09 || b[from + 9] != 'Q') return Optional.empty();
        return Version.of(int32(b, from + 9));
    }
}
