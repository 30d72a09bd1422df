package dev.telltale.analyze.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The MAC of a record.
 *
 * <pre>
 * TLS (RFC 5246 6.2.3.1):   HMAC(sequence (64), type (8), version (16), length (16), content)
 * SSL 3.0 (RFC 6101 5.2.3.1): hash(secret, pad_2, hash(secret, pad_1, sequence (64), type (8), length (16), content))
 * </pre>
 */
final class RecordMac {
    private final int length;
    private final @Nullable Mac hmac;
    private final @Nullable MessageDigest digest;
    private final byte[] secret;
    private final byte[] head = new byte[13];

    RecordMac(Suite.Mac mac, boolean ssl3, byte[] secret) {
        this.length = mac.length;
        this.secret = secret;
        if (ssl3) {
            hmac = null;
            digest = Kdf.digest(mac == Suite.Mac.MD5 ? "MD5" : "SHA-1");
        } else {
            digest = null;
            hmac = Kdf.hmac("Hmac" + mac.label);
            try {
                hmac.init(new SecretKeySpec(secret, "HMAC"));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("HMAC takes every key", e);
            }
        }
    }

    int length() {
        return length;
    }

    /** Whether the MAC at {@code given[at]} is that of the content. */
    boolean fits(
            long sequence, int type, int version, byte[] b, int from, int n, byte[] given, int at) {
        Opener.put64(head, 0, sequence);
        head[8] = (byte) type;
        byte[] mac;
        Mac m = hmac;
        MessageDigest d = digest;
        if (m != null) {
            head[9] = (byte) (version >>> 8);
            head[10] = (byte) version;
            head[11] = (byte) (n >>> 8);
            head[12] = (byte) n;
            m.update(head);
            m.update(b, from, n);
            mac = m.doFinal();
        } else if (d != null) {
            head[9] = (byte) (n >>> 8);
            head[10] = (byte) n;
            int pad = length == 16 ? 48 : 40;
            d.update(secret);
            for (int i = 0; i < pad; i++) d.update((byte) 0x36);
            d.update(head, 0, 11);
            d.update(b, from, n);
            byte[] inner = d.digest();
            d.update(secret);
            for (int i = 0; i < pad; i++) d.update((byte) 0x5c);
            mac = d.digest(inner);
        } else {
            return false;
        }
        for (int i = 0; i < length; i++) if (mac[i] != given[at + i]) return false;
        return true;
    }
}
