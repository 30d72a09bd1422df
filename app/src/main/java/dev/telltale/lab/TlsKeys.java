package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key schedule of TLS 1.3 (RFC 8446, section 7.1) with SHA-256. */
final class TlsKeys {
    private static final int LENGTH = 32;

    private TlsKeys() {}

    static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) mac.update(part);
        return mac.doFinal();
    }

    /** HKDF-Extract (RFC 5869). */
    static byte[] extract(byte[] salt, byte[] input) throws GeneralSecurityException {
        return hmac(salt, input);
    }

    /** HKDF-Expand-Label, for as much as one digest gives. */
    static byte[] expand(byte[] secret, String label, byte[] context, int length)
            throws GeneralSecurityException {
        byte[] name = ("tls13 " + label).getBytes(US_ASCII);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.write(length >> 8);
        info.write(length);
        info.write(name.length);
        info.writeBytes(name);
        info.write(context.length);
        info.writeBytes(context);
        info.write(1);
        return Arrays.copyOf(hmac(secret, info.toByteArray()), length);
    }

    static byte[] digest(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    /** What comes before the handshake's own secrets. */
    static byte[] handshake(byte[] shared) throws GeneralSecurityException {
        byte[] early = extract(new byte[LENGTH], new byte[LENGTH]);
        return extract(next(early), shared);
    }

    static byte[] master(byte[] handshake) throws GeneralSecurityException {
        return extract(next(handshake), new byte[LENGTH]);
    }

    private static byte[] next(byte[] secret) throws GeneralSecurityException {
        return expand(secret, "derived", digest(new byte[0]), LENGTH);
    }

    /**
     * @param transcript all messages so far
     */
    static byte[] traffic(byte[] secret, String label, byte[] transcript)
            throws GeneralSecurityException {
        return expand(secret, label, digest(transcript), LENGTH);
    }

    /** What a Finished message has to hold. */
    static byte[] finished(byte[] traffic, byte[] transcript) throws GeneralSecurityException {
        return hmac(expand(traffic, "finished", new byte[0], LENGTH), digest(transcript));
    }
}
