package dev.telltale.analyze.tls;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the openers of a connection of its secrets. */
final class Keys {
    private Keys() {}

    /** Openers of both directions under one master secret. */
    record Pair(Opener client, Opener server) {}

    /**
     * TLS up to 1.2 (RFC 5246 6.3; RFC 2246 6.3.1 and RFC 6101 6.2.2.1 for export grades).
     *
     * <pre>
     * key_block = PRF(master_secret, "key expansion", server_random + client_random) =
     *   client MAC secret, server MAC secret, client key, server key, client IV, server IV
     * </pre>
     */
    static Pair tls12(
            Ciphers ciphers,
            Suite suite,
            int version,
            byte[] master,
            byte[] clientRandom,
            byte[] serverRandom,
            boolean macLast) {
        Suite.Bulk bulk = suite.bulk();
        int mac = suite.mac().length;
        int iv =
                switch (bulk.mode) {
                    case CBC -> version <= 0x301 ? bulk.block : 0;
                    case GCM, CCM -> 4;
                    case POLY1305 -> 12;
                    case NONE, STREAM -> 0;
                };
        boolean export = suite.export();
        int key = export ? bulk.keyMaterial : bulk.key;
        int fromBlock = export ? 0 : iv;
        byte[] block =
                ciphers.kdf.prf(
                        version,
                        suite.sha384(),
                        master,
                        "key expansion",
                        join(serverRandom, clientRandom),
                        2 * (mac + key + fromBlock));
        byte[] clientMac = Arrays.copyOfRange(block, 0, mac);
        byte[] serverMac = Arrays.copyOfRange(block, mac, 2 * mac);
        int i = 2 * mac;
        byte[] clientKey = Arrays.copyOfRange(block, i, i + key);
        byte[] serverKey = Arrays.copyOfRange(block, i + key, i + 2 * key);
        i += 2 * key;
        byte[] clientIv = Arrays.copyOfRange(block, i, i + fromBlock);
        byte[] serverIv = Arrays.copyOfRange(block, i + fromBlock, i + 2 * fromBlock);
        if (export) {
            byte[] randoms = join(clientRandom, serverRandom);
            byte[] reversed = join(serverRandom, clientRandom);
            if (version == 0x300) {
                clientKey = md5(bulk.key, clientKey, randoms);
                serverKey = md5(bulk.key, serverKey, reversed);
                clientIv = md5(iv, randoms);
                serverIv = md5(iv, reversed);
            } else {
                clientKey =
                        ciphers.kdf.prf(
                                version, false, clientKey, "client write key", randoms, bulk.key);
                serverKey =
                        ciphers.kdf.prf(
                                version, false, serverKey, "server write key", randoms, bulk.key);
                byte[] ivs =
                        ciphers.kdf.prf(version, false, new byte[0], "IV block", randoms, 2 * iv);
                clientIv = Arrays.copyOfRange(ivs, 0, iv);
                serverIv = Arrays.copyOfRange(ivs, iv, 2 * iv);
            }
        }
        return new Pair(
                opener(ciphers, suite, version, clientMac, clientKey, clientIv, macLast),
                opener(ciphers, suite, version, serverMac, serverKey, serverIv, macLast));
    }

    private static Opener opener(
            Ciphers ciphers,
            Suite suite,
            int version,
            byte[] mac,
            byte[] key,
            byte[] iv,
            boolean macLast) {
        Suite.Bulk bulk = suite.bulk();
        return switch (bulk.mode) {
            case GCM, CCM, POLY1305 -> AeadOpener.tls12(ciphers.aead(bulk, key), iv, bulk.tag);
            case CBC ->
                    new CbcOpener(
                            ciphers.cbc(bulk, key),
                            bulk.block,
                            new RecordMac(suite.mac(), version == 0x300, mac),
                            version <= 0x301 ? iv : null,
                            macLast,
                            version == 0x300);
            case STREAM, NONE -> {
                byte @Nullable [] k = bulk.mode == Suite.Mode.STREAM ? key : null;
                yield new StreamOpener(k, new RecordMac(suite.mac(), version == 0x300, mac));
            }
        };
    }

    private static byte[] md5(int length, byte[]... parts) {
        MessageDigest md5 = Kdf.digest("MD5");
        for (byte[] part : parts) md5.update(part);
        return Arrays.copyOf(md5.digest(), length);
    }

    /**
     * The master secret (RFC 5246 8.1; RFC 7627 4 where extended).
     *
     * @param transcript handshake messages up to ClientKeyExchange where the master secret is
     *     extended, else empty
     */
    static byte[] master(
            Ciphers ciphers,
            Suite suite,
            int version,
            byte[] premaster,
            byte[] clientRandom,
            byte[] serverRandom,
            byte[] transcript) {
        if (transcript.length == 0)
            return ciphers.kdf.prf(
                    version,
                    suite.sha384(),
                    premaster,
                    "master secret",
                    join(clientRandom, serverRandom),
                    48);
        byte[] hash =
                version >= 0x303
                        ? Kdf.digest(suite.sha384() ? "SHA-384" : "SHA-256").digest(transcript)
                        : join(
                                Kdf.digest("MD5").digest(transcript),
                                Kdf.digest("SHA-1").digest(transcript));
        return ciphers.kdf.prf(
                version, suite.sha384(), premaster, "extended master secret", hash, 48);
    }

    /**
     * TLS 1.3 (RFC 8446 7.3).
     *
     * @param draft number of a draft, 0 for none
     */
    static Opener tls13(Ciphers ciphers, Suite suite, byte[] secret, int draft) {
        String prefix = prefix(draft);
        Suite.Bulk bulk = suite.bulk();
        byte[] key = ciphers.kdf.expandLabel(suite.sha384(), secret, prefix, "key", bulk.key);
        byte[] iv = ciphers.kdf.expandLabel(suite.sha384(), secret, prefix, "iv", 12);
        // Draft 25 began to authenticate the header.
        return AeadOpener.tls13(ciphers.aead(bulk, key), iv, bulk.tag, draft == 0 || draft >= 25);
    }

    /** The traffic secret after a KeyUpdate (RFC 8446 7.2). */
    static byte[] update(Ciphers ciphers, Suite suite, byte[] secret, int draft) {
        String label = draft > 0 && draft < 20 ? "application traffic secret" : "traffic upd";
        return ciphers.kdf.expandLabel(suite.sha384(), secret, prefix(draft), label, secret.length);
    }

    private static String prefix(int draft) {
        return draft > 0 && draft < 20 ? "TLS 1.3, " : "tls13 ";
    }

    static byte[] join(byte[] a, byte[] b) {
        byte[] out = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, out, a.length, b.length);
        return out;
    }
}
