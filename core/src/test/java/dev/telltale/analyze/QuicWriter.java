package dev.telltale.analyze;

import static dev.telltale.analyze.H2Writer.ascii;
import static dev.telltale.analyze.H2Writer.join;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes the packets of a QUIC connection of version 1 under TLS_AES_128_GCM_SHA256, after RFC 9000
 * 17 and RFC 9001 5, with the ciphers of the JDK.
 */
final class QuicWriter {
    static final int INITIAL = 0, ZERO_RTT = 1, HANDSHAKE = 2;
    private static final byte[] SALT = hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");

    final byte[] random = filled(32, 0x51);
    final byte[] clientId = hex("c1c2c3c4c5");
    final byte[] serverId = hex("d1d2d3d4d5d6d7d8");
    byte[] original = hex("8394c8f03e515708");
    private final byte[] early = filled(32, 1);
    private final byte[] clientHandshake = filled(32, 2);
    private final byte[] serverHandshake = filled(32, 3);
    private byte[] clientSecret = filled(32, 4);
    private byte[] serverSecret = filled(32, 5);
    private final byte[] clientMask = expand(clientSecret, "quic hp", 16);
    private final byte[] serverMask = expand(serverSecret, "quic hp", 16);
    private boolean clientPhase;
    private boolean serverPhase;
    private final int[] numbers = new int[8];

    String keyLog() {
        HexFormat h = HexFormat.of();
        String r = " " + h.formatHex(random) + " ";
        return "CLIENT_EARLY_TRAFFIC_SECRET"
                + (r + h.formatHex(early))
                + "\nCLIENT_HANDSHAKE_TRAFFIC_SECRET"
                + (r + h.formatHex(clientHandshake))
                + "\nSERVER_HANDSHAKE_TRAFFIC_SECRET"
                + (r + h.formatHex(serverHandshake))
                + "\nCLIENT_TRAFFIC_SECRET_0"
                + (r + h.formatHex(filled(32, 4)))
                + "\nSERVER_TRAFFIC_SECRET_0"
                + (r + h.formatHex(filled(32, 5)))
                + "\n";
    }

    // --- Packets

    byte[] clientInitial(byte[] frames) {
        byte[] secret = expand(hmac(SALT, original), "client in", 32);
        return longHeader(INITIAL, 1, original, clientId, secret, 0, frames);
    }

    byte[] serverInitial(byte[] frames) {
        byte[] secret = expand(hmac(SALT, original), "server in", 32);
        return longHeader(INITIAL, 1, clientId, serverId, secret, 1, frames);
    }

    byte[] early(byte[] frames) {
        return longHeader(ZERO_RTT, 1, original, clientId, early, 2, frames);
    }

    byte[] serverHandshake(byte[] frames) {
        return longHeader(HANDSHAKE, 1, clientId, serverId, serverHandshake, 3, frames);
    }

    byte[] clientHandshake(byte[] frames) {
        return longHeader(HANDSHAKE, 1, serverId, clientId, clientHandshake, 4, frames);
    }

    byte[] client(byte[] frames) {
        int number = number(2);
        return shortHeader(serverId, clientSecret, clientMask, clientPhase, number, frames);
    }

    byte[] server(byte[] frames) {
        int number = number(5);
        return shortHeader(clientId, serverSecret, serverMask, serverPhase, number, frames);
    }

    /** The next packets of the client have new keys (RFC 9001 6.1), but not for their header. */
    void updateClient() {
        clientSecret = expand(clientSecret, "quic ku", 32);
        clientPhase = !clientPhase;
    }

    void updateServer() {
        serverSecret = expand(serverSecret, "quic ku", 32);
        serverPhase = !serverPhase;
    }

    /** Offers version 1 (RFC 9000 17.2.1). */
    static byte[] versionNegotiation(byte[] dcid, byte[] scid, int... versions) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xca);
        out.writeBytes(new byte[4]);
        id(out, dcid);
        id(out, scid);
        for (int v : versions) out.writeBytes(int32(v));
        return out.toByteArray();
    }

    private int number(int space) {
        return numbers[space]++;
    }

    private byte[] longHeader(
            int type, int version, byte[] dcid, byte[] scid, byte[] secret, int space, byte[] f) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xc0 | type << 4 | 3);
        out.writeBytes(int32(version));
        id(out, dcid);
        id(out, scid);
        if (type == INITIAL) out.write(0);
        byte[] frames = type == INITIAL && space == 0 ? Arrays.copyOf(f, 1150) : f;
        frames = frames.length < 4 ? Arrays.copyOf(frames, 4) : frames;
        int length = 4 + frames.length + 16;
        out.write(0x40 | length >> 8);
        out.write(length);
        int number = number(space);
        out.writeBytes(int32(number));
        byte[] mask = expand(secret, "quic hp", 16);
        return protect(out.toByteArray(), secret, mask, number, 0x0f, frames);
    }

    private static byte[] shortHeader(
            byte[] dcid, byte[] secret, byte[] mask, boolean phase, int number, byte[] frames) {
        byte[] head = join(new byte[] {(byte) (0x43 | (phase ? 4 : 0))}, dcid, int32(number));
        return protect(head, secret, mask, number, 0x1f, frames);
    }

    /** RFC 9001 5.3 and 5.4; the packet number has four bytes. */
    private static byte[] protect(
            byte[] head, byte[] secret, byte[] hp, int number, int bits, byte[] frames) {
        try {
            byte[] nonce = expand(secret, "quic iv", 12);
            for (int i = 0; i < 4; i++) nonce[8 + i] ^= (byte) (number >>> 24 - 8 * i);
            Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
            gcm.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(expand(secret, "quic key", 16), "AES"),
                    new GCMParameterSpec(128, nonce));
            gcm.updateAAD(head);
            byte[] packet = join(head, gcm.doFinal(frames));
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(hp, "AES"));
            byte[] mask = aes.doFinal(packet, head.length, 16);
            packet[0] ^= (byte) (mask[0] & bits);
            for (int i = 0; i < 4; i++) packet[head.length - 4 + i] ^= mask[1 + i];
            return packet;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void id(ByteArrayOutputStream out, byte[] id) {
        out.write(id.length);
        out.writeBytes(id);
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** HKDF-Expand-Label (RFC 8446 7.1) of up to one block. */
    private static byte[] expand(byte[] secret, String label, int length) {
        byte[] l = ascii("tls13 " + label);
        byte[] info = join(new byte[] {0, (byte) length, (byte) l.length}, l, new byte[] {0, 1});
        return Arrays.copyOf(hmac(secret, info), length);
    }

    // --- Frames

    static byte[] crypto(byte[] message) {
        return join(new byte[] {6, 0}, varint(message.length), message);
    }

    static byte[] stream(long id, long offset, boolean fin, byte[] data) {
        return join(
                new byte[] {(byte) (fin ? 0x0f : 0x0e)},
                varint(id),
                varint(offset),
                varint(data.length),
                data);
    }

    static byte[] datagram(byte[] data) {
        return join(new byte[] {0x31}, varint(data.length), data);
    }

    static byte[] varint(long n) {
        if (n < 64) return new byte[] {(byte) n};
        if (n < 1 << 14) return new byte[] {(byte) (0x40 | n >> 8), (byte) n};
        return int32(0x80000000 | (int) n);
    }

    // --- Handshake messages (RFC 8446 4)

    byte[] clientHello(String name, String alpn) {
        byte[] n = ascii(name);
        byte[] host = join(new byte[] {0}, short16(n.length), n);
        byte[] extensions =
                join(
                        extension(0, join(short16(host.length), host)),
                        extension(16, alpnList(alpn)),
                        extension(43, hex("020304")));
        return message(
                1,
                join(
                        hex("0303"),
                        random,
                        hex("00"),
                        hex("00021301"),
                        hex("0100"),
                        short16(extensions.length),
                        extensions));
    }

    byte[] serverHello() {
        byte[] extensions = extension(43, hex("0304"));
        return message(
                2,
                join(
                        hex("0303"),
                        filled(32, 0x77),
                        hex("00"),
                        hex("1301"),
                        hex("00"),
                        short16(extensions.length),
                        extensions));
    }

    static byte[] encryptedExtensions(String alpn) {
        byte[] e = extension(16, alpnList(alpn));
        return message(8, join(short16(e.length), e));
    }

    private static byte[] alpnList(String alpn) {
        byte[] a = ascii(alpn);
        return join(short16(a.length + 1), new byte[] {(byte) a.length}, a);
    }

    private static byte[] extension(int type, byte[] body) {
        return join(short16(type), short16(body.length), body);
    }

    private static byte[] message(int type, byte[] body) {
        return join(new byte[] {(byte) type, 0}, short16(body.length), body);
    }

    // --- HTTP/3

    static byte[] h3(int type, byte[] payload) {
        return join(varint(type), varint(payload.length), payload);
    }

    /** A field section of literals with literal names (RFC 9204 4.5.6). */
    static byte[] section(String... namesAndValues) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[2]);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            byte[] name = ascii(namesAndValues[i]);
            byte[] value = ascii(namesAndValues[i + 1]);
            if (name.length < 7) {
                out.write(0x20 | name.length);
            } else {
                out.write(0x27);
                out.write(name.length - 7);
            }
            out.writeBytes(name);
            out.write(value.length);
            out.writeBytes(value);
        }
        return out.toByteArray();
    }

    static byte[] headers(String... namesAndValues) {
        return h3(1, section(namesAndValues));
    }

    // --- Bytes

    static byte[] hex(String s) {
        return HexFormat.of().parseHex(s);
    }

    private static byte[] filled(int length, int with) {
        byte[] b = new byte[length];
        for (int i = 0; i < length; i++) b[i] = (byte) (with * 31 + i);
        return b;
    }

    private static byte[] short16(int n) {
        return new byte[] {(byte) (n >> 8), (byte) n};
    }

    private static byte[] int32(int n) {
        return ByteBuffer.allocate(4).putInt(n).array();
    }
}
