package dev.telltale.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Packets of QUIC version 1 (RFC 9000, section 17) under AES-128-GCM (RFC 9001, section 5).
 *
 * <pre>
 * Initial, Handshake: | 11 type 2, 00, number length 2 | version 4 | DCID | SCID | [token] | length |
 *                     | number 2 | payload, tag 16 |
 * 1-RTT:              | 01 00 0 00, number length 2 | DCID | number 2 | payload, tag 16 |
 * </pre>
 */
final class QuicPackets {
    static final int INITIAL = 0;
    static final int HANDSHAKE = 2;
    static final int ONE_RTT = 4;

    /** All connection ids of the lab's are that long. */
    static final int ID_LENGTH = 8;

    private static final byte[] INITIAL_SALT =
            HexFormat.of().parseHex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");

    private static final int TAG = 16;
    private static final int SAMPLE = 16;

    private QuicPackets() {}

    /** Keys of one direction at one level. */
    record Keys(byte[] key, byte[] iv, byte[] header) {
        static Keys of(byte[] secret) throws GeneralSecurityException {
            return new Keys(
                    TlsKeys.expand(secret, "quic key", new byte[0], 16),
                    TlsKeys.expand(secret, "quic iv", new byte[0], 12),
                    TlsKeys.expand(secret, "quic hp", new byte[0], 16));
        }

        /** Anybody can have these: they follow from the id the client chose first. */
        static Keys initial(byte[] firstId, boolean client) throws GeneralSecurityException {
            byte[] secret = TlsKeys.extract(INITIAL_SALT, firstId);
            return of(TlsKeys.expand(secret, client ? "client in" : "server in", new byte[0], 32));
        }
    }

    record Packet(int type, byte[] destination, byte[] source, byte[] payload) {}

    /** Seals a packet. */
    static byte[] seal(
            int type, byte[] destination, byte[] source, int number, byte[] payload, Keys keys)
            throws GeneralSecurityException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        if (type == ONE_RTT) {
            head.write(0x41);
            head.writeBytes(destination);
        } else {
            head.write(0xc1 | type << 4);
            head.writeBytes(new byte[] {0, 0, 0, 1, ID_LENGTH});
            head.writeBytes(destination);
            head.write(ID_LENGTH);
            head.writeBytes(source);
            if (type == INITIAL) head.write(0);
            head.writeBytes(varint2(2 + payload.length + TAG));
        }
        int numberAt = head.size();
        head.write(number >> 8);
        head.write(number);
        byte[] header = head.toByteArray();
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, keys, number, header, payload);
        byte[] packet = new byte[header.length + sealed.length];
        System.arraycopy(header, 0, packet, 0, header.length);
        System.arraycopy(sealed, 0, packet, header.length, sealed.length);
        byte[] mask = mask(keys, packet, numberAt);
        packet[0] ^= (byte) (mask[0] & (type == ONE_RTT ? 0x1f : 0x0f));
        packet[numberAt] ^= mask[1];
        packet[numberAt + 1] ^= mask[2];
        return packet;
    }

    /** Where keys for a level come from; they may turn up while a datagram is being read. */
    interface KeysOf {
        Keys level(int type, byte[] destination) throws IOException, GeneralSecurityException;
    }

    interface Reading {
        void packet(Packet packet) throws IOException, GeneralSecurityException;
    }

    /** Opens the packets of a datagram one after the other. */
    static void open(byte[] datagram, KeysOf keys, Reading reading)
            throws IOException, GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(datagram);
        while (in.hasRemaining()) {
            int start = in.position();
            int first = in.get() & 0xff;
            byte[] destination = new byte[ID_LENGTH];
            byte[] source = new byte[0];
            int type = ONE_RTT;
            int length;
            if ((first & 0x80) != 0) {
                type = first >> 4 & 3;
                if (in.getInt() != 1 || in.get() != ID_LENGTH) throw new IOException("Not ours");
                in.get(destination);
                if (in.get() != ID_LENGTH) throw new IOException("Not ours");
                source = new byte[ID_LENGTH];
                in.get(source);
                if (type == INITIAL && in.get() != 0) throw new IOException("A token");
                length = in.getShort() & 0x3fff;
            } else {
                in.get(destination);
                length = in.remaining();
            }
            int numberAt = in.position();
            byte[] packet = new byte[numberAt - start + length];
            System.arraycopy(datagram, start, packet, 0, packet.length);
            in.position(numberAt + length);
            Keys level = keys.level(type, destination);
            int at = numberAt - start;
            byte[] mask = mask(level, packet, at);
            packet[0] ^= (byte) (mask[0] & (type == ONE_RTT ? 0x1f : 0x0f));
            packet[at] ^= mask[1];
            packet[at + 1] ^= mask[2];
            if ((packet[0] & 3) != 1) throw new IOException("A packet number of another length");
            int number = (packet[at] & 0xff) << 8 | packet[at + 1] & 0xff;
            byte[] header = new byte[at + 2];
            System.arraycopy(packet, 0, header, 0, header.length);
            byte[] sealed = new byte[packet.length - header.length];
            System.arraycopy(packet, header.length, sealed, 0, sealed.length);
            byte[] payload = crypt(Cipher.DECRYPT_MODE, level, number, header, sealed);
            reading.packet(new Packet(type, destination, source, payload));
        }
    }

    private static byte[] mask(Keys keys, byte[] packet, int numberAt)
            throws GeneralSecurityException {
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(keys.header(), "AES"));
        // The sample stands where it would with a packet number of four bytes.
        return aes.doFinal(packet, numberAt + 4, SAMPLE);
    }

    private static byte[] crypt(int mode, Keys keys, int number, byte[] header, byte[] bytes)
            throws GeneralSecurityException {
        byte[] nonce = keys.iv().clone();
        nonce[10] ^= (byte) (number >> 8);
        nonce[11] ^= (byte) number;
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(mode, new SecretKeySpec(keys.key(), "AES"), new GCMParameterSpec(128, nonce));
        gcm.updateAAD(header);
        return gcm.doFinal(bytes);
    }

    /** A variable-length integer in two bytes (RFC 9000, section 16). */
    static byte[] varint2(int value) {
        return new byte[] {(byte) (0x40 | value >> 8), (byte) value};
    }

    private static long varint(ByteBuffer in) {
        int first = in.get() & 0xff;
        long value = first & 0x3f;
        for (int i = (1 << (first >> 6)) - 1; i > 0; i--) value = value << 8 | in.get() & 0xff;
        return value;
    }

    // --- frames (RFC 9000, section 19) ---

    /** A frame that carries bytes: of the handshake, or of a stream. */
    record Carried(long stream, byte[] bytes) {
        static final long CRYPTO = -1;
    }

    static byte[] crypto(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x06, 0});
        out.writeBytes(varint2(bytes.length));
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    /**
     * @param last no more follows on this stream
     */
    static byte[] stream(int id, boolean last, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(last ? 0x0b : 0x0a);
        out.write(id);
        out.writeBytes(varint2(bytes.length));
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    /** Packets 0 to {@code largest} came, just now. */
    static byte[] ack(int largest) {
        return new byte[] {0x02, (byte) largest, 0, 0, (byte) largest};
    }

    static byte[] handshakeDone() {
        return new byte[] {0x1e};
    }

    /** H3_NO_ERROR (RFC 9114, section 8.1). */
    static byte[] close() {
        return new byte[] {0x1d, 0x41, 0x00, 0};
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) out.writeBytes(part);
        return out.toByteArray();
    }

    /** What a payload carries; all else in it is understood and left out. */
    static List<Carried> carried(byte[] payload) throws IOException {
        List<Carried> carried = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(payload);
        while (in.hasRemaining()) {
            int type = in.get();
            switch (type) {
                case 0x00, 0x01, 0x1e -> {}
                case 0x02 -> {
                    for (int i = 0; i < 4; i++) varint(in);
                }
                case 0x06 -> {
                    varint(in);
                    carried.add(new Carried(Carried.CRYPTO, bytes(in)));
                }
                case 0x0a, 0x0b -> {
                    long id = varint(in);
                    carried.add(new Carried(id, bytes(in)));
                }
                case 0x1d -> in.position(in.limit());
                default -> throw new IOException("A frame the lab does not write: " + type);
            }
        }
        return carried;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[(int) varint(in)];
        in.get(bytes);
        return bytes;
    }
}
