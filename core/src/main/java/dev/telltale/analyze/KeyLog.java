package dev.telltale.analyze;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A key log as TLS libraries write it to SSLKEYLOGFILE (<a
 * href="https://datatracker.ietf.org/doc/draft-ietf-tls-keylogfile/">draft-ietf-tls-keylogfile</a>,
 * NSS key log format), and RSA private keys in PEM (RFC 7468) among its lines. Lines of other
 * kinds, comments and blank ones are passed over, so that several files may be read one after the
 * other, and whole directories of tools' logs given.
 *
 * <pre>
 * CLIENT_RANDOM &lt;64 hex: client random&gt; &lt;96 hex: master secret&gt;
 * CLIENT_TRAFFIC_SECRET_0 &lt;64 hex: client random&gt; &lt;64 or 96 hex: secret&gt;      and the other labels of {@link Secrets.Label}
 * QUIC_CLIENT_TRAFFIC_SECRET_0 ...                                                 the same
 * RSA &lt;16 hex: first bytes of the encrypted premaster secret&gt; &lt;96 hex: premaster secret&gt;
 * RSA Session-ID:&lt;hex&gt; Master-Key:&lt;96 hex&gt;
 * -----BEGIN [RSA ]PRIVATE KEY----- ...
 * </pre>
 */
public final class KeyLog {
    private static final int LONGEST_LINE = 16 << 10;
    private static final int LONGEST_PEM = 64 << 10;
    private static final Map<String, Secrets.Label> LABELS = new HashMap<>();

    static {
        for (Secrets.Label label : Secrets.Label.values()) {
            LABELS.put(label.name(), label);
            // As some QUIC libraries wrote them before they agreed on those of TLS.
            LABELS.put("QUIC_" + label.name(), label);
        }
    }

    private final Secrets into;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private boolean tooLong;
    private final StringBuilder pem = new StringBuilder();
    private boolean inPem;
    private boolean pkcs1;
    private long understood;

    public KeyLog(Secrets into) {
        this.into = into;
    }

    /** Reads a whole key log. */
    public static void read(byte[] bytes, Secrets into) {
        KeyLog log = new KeyLog(into);
        log.feed(bytes, 0, bytes.length);
        log.end();
    }

    public void feed(byte[] bytes, int from, int length) {
        int start = from;
        for (int i = from; i < from + length; i++) {
            if (bytes[i] != '\n' && bytes[i] != '\r') continue;
            collect(bytes, start, i);
            lineEnd();
            start = i + 1;
        }
        collect(bytes, start, from + length);
    }

    public void end() {
        lineEnd();
        inPem = false;
    }

    /** Lines and keys that were of use, so far. */
    public long understood() {
        return understood;
    }

    private void collect(byte[] b, int from, int to) {
        if (line.size() + (to - from) > LONGEST_LINE) tooLong = true;
        else line.write(b, from, to - from);
    }

    private void lineEnd() {
        String text = line.toString(StandardCharsets.ISO_8859_1).strip();
        line.reset();
        boolean skip = tooLong;
        tooLong = false;
        if (skip || text.isEmpty()) return;
        if (text.startsWith("\u00ef\u00bb\u00bf")) text = text.substring(3); // byte order mark
        if (text.startsWith("-----")) pemEdge(text);
        else if (!inPem) line(text);
        else if (pem.length() + text.length() <= LONGEST_PEM) pem.append(text);
    }

    private void line(String text) {
        String[] word = text.split("[ \t]+", 4);
        if (word.length < 3) return;
        Secrets.Label label = LABELS.get(word[0]);
        if (label != null) {
            byte[] random = hex(word[1]);
            byte[] secret = hex(word[2]);
            if (random.length != 32 || secret.length == 0) return;
            into.add(label, random, secret);
        } else if (word[0].equals("RSA") && word[1].startsWith("Session-ID:")) {
            byte[] id = hex(word[1].substring("Session-ID:".length()));
            if (!word[2].startsWith("Master-Key:") || id.length == 0) return;
            byte[] master = hex(word[2].substring("Master-Key:".length()));
            if (master.length != 48) return;
            into.addSession(id, master);
        } else if (word[0].equals("RSA")) {
            byte[] encrypted = hex(word[1]);
            byte[] premaster = hex(word[2]);
            if (encrypted.length != 8 || premaster.length != 48) return;
            into.addPremaster(encrypted, premaster);
        } else {
            return;
        }
        understood++;
    }

    /** The bytes; none where the text is no hex. */
    private static byte[] hex(String s) {
        int n = s.length();
        if (n % 2 != 0) return new byte[0];
        byte[] out = new byte[n / 2];
        for (int i = 0; i < n; i += 2) {
            int high = Character.digit(s.charAt(i), 16);
            int low = Character.digit(s.charAt(i + 1), 16);
            if (high < 0 || low < 0) return new byte[0];
            out[i / 2] = (byte) (high << 4 | low);
        }
        return out;
    }

    private void pemEdge(String text) {
        if (text.equals("-----BEGIN PRIVATE KEY-----")
                || text.equals("-----BEGIN RSA PRIVATE KEY-----")) {
            inPem = true;
            pkcs1 = text.contains("RSA");
            pem.setLength(0);
            return;
        }
        if (inPem && text.startsWith("-----END ")) key();
        inPem = false;
    }

    private void key() {
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.toString());
            KeyFactory factory = KeyFactory.getInstance("RSA");
            RSAPrivateKey key =
                    (RSAPrivateKey)
                            factory.generatePrivate(
                                    pkcs1 ? pkcs1(der) : new PKCS8EncodedKeySpec(der));
            into.add(key);
            understood++;
        } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
            // Not an RSA key, or none at all: it opens nothing.
        }
    }

    /**
     * RSAPrivateKey (RFC 8017 A.1.2): SEQUENCE of version, modulus, publicExponent,
     * privateExponent, ...
     */
    private static RSAPrivateKeySpec pkcs1(byte[] der) {
        int[] at = {0};
        if (der.length < 2 || der[0] != 0x30) throw new IllegalArgumentException("no sequence");
        at[0] = 1;
        length(der, at);
        integer(der, at);
        BigInteger modulus = integer(der, at);
        integer(der, at);
        return new RSAPrivateKeySpec(modulus, integer(der, at));
    }

    private static BigInteger integer(byte[] der, int[] at) {
        if (at[0] >= der.length || der[at[0]++] != 2)
            throw new IllegalArgumentException("no integer");
        int n = length(der, at);
        if (n < 1 || n > der.length - at[0]) throw new IllegalArgumentException("too long");
        BigInteger v = new BigInteger(Arrays.copyOfRange(der, at[0], at[0] + n));
        at[0] += n;
        return v;
    }

    private static int length(byte[] der, int[] at) {
        if (at[0] >= der.length) throw new IllegalArgumentException("cut");
        int n = der[at[0]++] & 0xff;
        if (n < 0x80) return n;
        int count = n & 0x7f;
        if (count > 3 || count > der.length - at[0]) throw new IllegalArgumentException("too long");
        n = 0;
        for (int i = 0; i < count; i++) n = n << 8 | der[at[0]++] & 0xff;
        return n;
    }
}
