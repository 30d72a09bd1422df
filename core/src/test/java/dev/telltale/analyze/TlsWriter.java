package dev.telltale.analyze;

import static dev.telltale.analyze.H2Writer.ascii;
import static dev.telltale.analyze.H2Writer.join;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes the records of a session of TLS 1.0 (RFC 2246) or 1.2 (RFC 5246) under a CBC suite whose
 * cipher it is given.
 */
final class TlsWriter {
    /** Encrypts whole blocks. */
    interface Cbc {
        byte[] encrypt(byte[] key, byte[] iv, byte[] plain) throws Exception;
    }

    /**
     * @param material bytes of key material; fewer than {@code key} where it is of export grade
     */
    record Suite(int id, int material, int key, int block, String mac, Cbc cipher) {}

    private final int version;
    private final Suite suite;
    private final byte[] clientRandom;
    private final byte[] serverRandom;
    private final byte[] master;
    private final Half client;
    private final Half server;

    /**
     * @param seed that makes its randoms others than those of another
     */
    TlsWriter(int version, Suite suite, int seed) throws Exception {
        this.version = version;
        this.suite = suite;
        clientRandom = filled(32, seed);
        serverRandom = filled(32, seed + 1);
        master = filled(48, seed + 2);
        int mac = suite.mac.equals("HmacMD5") ? 16 : 20;
        boolean export = suite.material < suite.key;
        int iv = version == 0x301 && !export ? suite.block : 0;
        byte[] b =
                prf(
                        master,
                        "key expansion",
                        join(serverRandom, clientRandom),
                        2 * (mac + suite.material + iv));
        int k = 2 * mac;
        int v = k + 2 * suite.material;
        client = new Half(slice(b, 0, mac), slice(b, k, suite.material), slice(b, v, iv));
        server =
                new Half(
                        slice(b, mac, mac),
                        slice(b, k + suite.material, suite.material),
                        slice(b, v + iv, iv));
        if (!export) return;
        // RFC 2246 6.3.1.
        byte[] randoms = join(clientRandom, serverRandom);
        client.key = prf(client.key, "client write key", randoms, suite.key);
        server.key = prf(server.key, "server write key", randoms, suite.key);
        byte[] ivs = prf(new byte[0], "IV block", randoms, 2 * suite.block);
        client.iv = slice(ivs, 0, suite.block);
        server.iv = slice(ivs, suite.block, suite.block);
    }

    String keyLog() {
        HexFormat h = HexFormat.of();
        return "CLIENT_RANDOM " + h.formatHex(clientRandom) + " " + h.formatHex(master) + "\n";
    }

    /** Client's and server's messages by turns, the client's first. */
    byte[][] handshake(String name) throws Exception {
        byte[] n = ascii(name);
        byte[] extension =
                join(
                        new byte[] {0, 0, 0, (byte) (n.length + 5), 0, (byte) (n.length + 3), 0, 0},
                        new byte[] {(byte) n.length},
                        n);
        byte[] hello =
                join(
                        new byte[] {3, (byte) version},
                        clientRandom,
                        new byte[] {0, 0, 2, (byte) (suite.id >> 8), (byte) suite.id, 1, 0, 0},
                        new byte[] {(byte) extension.length},
                        extension);
        byte[] answer =
                join(
                        new byte[] {3, (byte) version},
                        serverRandom,
                        new byte[] {0, (byte) (suite.id >> 8), (byte) suite.id, 0});
        byte[] changed = plain(20, new byte[] {1});
        byte[] exchanged = plain(22, message(16, new byte[66]));
        return new byte[][] {
            plain(22, message(1, hello)),
            plain(22, join(message(2, answer), message(14, new byte[0]))),
            join(exchanged, changed, client(22, message(20, new byte[12]))),
            join(changed, server(22, message(20, new byte[12])))
        };
    }

    byte[] sent(byte[] data) throws Exception {
        return client(23, data);
    }

    byte[] answered(byte[] data) throws Exception {
        return server(23, data);
    }

    private byte[] client(int type, byte[] data) throws Exception {
        return client.record(type, data);
    }

    private byte[] server(int type, byte[] data) throws Exception {
        return server.record(type, data);
    }

    private static byte[] message(int type, byte[] body) {
        return join(
                new byte[] {(byte) type, 0, (byte) (body.length >> 8), (byte) body.length}, body);
    }

    private byte[] plain(int type, byte[] data) {
        byte[] head = {
            (byte) type, 3, (byte) version, (byte) (data.length >> 8), (byte) data.length
        };
        return join(head, data);
    }

    private final class Half {
        private final byte[] mac;
        private byte[] key;
        private byte[] iv;
        private int number;

        Half(byte[] mac, byte[] key, byte[] iv) {
            this.mac = mac;
            this.key = key;
            this.iv = iv;
        }

        /** RFC 5246 6.2.3.2: MAC, padding, and in 1.2 an IV of each record. */
        byte[] record(int type, byte[] data) throws Exception {
            Mac m = Mac.getInstance(suite.mac);
            m.init(new SecretKeySpec(mac, suite.mac));
            m.update(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) number});
            byte[] tag = m.doFinal(plain(type, data));
            int rest = (data.length + tag.length + 1) % suite.block;
            int padding = rest == 0 ? 0 : suite.block - rest;
            byte[] fill = new byte[padding + 1];
            Arrays.fill(fill, (byte) padding);
            byte[] first = version == 0x301 ? iv : filled(suite.block, 40 + number);
            byte[] closed = suite.cipher.encrypt(key, first, join(data, tag, fill));
            number++;
            if (version != 0x301) return plain(type, join(first, closed));
            iv = Arrays.copyOfRange(closed, closed.length - suite.block, closed.length);
            return plain(type, closed);
        }
    }

    private byte[] prf(byte[] secret, String label, byte[] seed, int length) throws Exception {
        byte[] s = join(ascii(label), seed);
        if (version == 0x303) return hash("HmacSHA256", secret, s, length);
        int half = (secret.length + 1) / 2;
        byte[] out = hash("HmacMD5", Arrays.copyOf(secret, half), s, length);
        byte[] sha =
                hash(
                        "HmacSHA1",
                        Arrays.copyOfRange(secret, secret.length - half, secret.length),
                        s,
                        length);
        for (int i = 0; i < length; i++) out[i] ^= sha[i];
        return out;
    }

    /** P_hash (RFC 5246 5). */
    private static byte[] hash(String name, byte[] secret, byte[] seed, int length)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance(name);
        // A key of one zero byte is that of none: HMAC fills it up with zeros.
        mac.init(new SecretKeySpec(secret.length == 0 ? new byte[1] : secret, name));
        byte[] out = new byte[0];
        byte[] a = seed;
        while (out.length < length) {
            a = mac.doFinal(a);
            out = join(out, mac.doFinal(join(a, seed)));
        }
        return Arrays.copyOf(out, length);
    }

    private static byte[] slice(byte[] b, int from, int length) {
        return Arrays.copyOfRange(b, from, from + length);
    }

    private static byte[] filled(int length, int seed) throws GeneralSecurityException {
        byte[] out = new byte[0];
        for (int i = 0; out.length < length; i++)
            out = join(out, MessageDigest.getInstance("SHA-256").digest(ascii(seed + "/" + i)));
        return Arrays.copyOf(out, length);
    }
}
