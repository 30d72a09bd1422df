package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encryption that a vendor made himself: records of a length and AES-GCM under a key that is
 * compiled in, over plain TCP. Nothing of it is any standard's.
 *
 * <pre>
 * +------------------+-----------+--------+------------------------+
 * | length 4         | version 1 | IV 12  | ciphertext, tag 16     |
 * +------------------+-----------+--------+------------------------+
 * </pre>
 */
final class OwnCrypto {
    private static final byte[] KEY = Codecs.digest("SHA-256", "compiled into every phone");
    private static final int LONGEST = 1 << 16;

    private OwnCrypto() {}

    static void send(InputStream in, OutputStream out, SecureRandom random, String text)
            throws IOException {
        out.write(sealed(random, text));
        opened(in);
    }

    /** The server's end. */
    static void answer(InputStream in, OutputStream out, int connection) throws IOException {
        SecureRandom random = new SeededRandom(connection);
        while (true) {
            try {
                opened(in);
            } catch (EOFException e) {
                return;
            }
            out.write(sealed(random, "{\"result\":\"ok\"}"));
        }
    }

    private static byte[] sealed(SecureRandom random, String text) throws IOException {
        byte[] iv = new byte[12];
        random.nextBytes(iv);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, iv, text.getBytes(UTF_8));
        ByteBuffer record = ByteBuffer.allocate(17 + sealed.length);
        return record.putInt(13 + sealed.length).put((byte) 1).put(iv).put(sealed).array();
    }

    private static String opened(InputStream in) throws IOException {
        byte[] head = in.readNBytes(17);
        if (head.length < 17) throw new EOFException("The connection breaks off");
        ByteBuffer b = ByteBuffer.wrap(head);
        int length = b.getInt() - 13;
        if (length < 16 || length > LONGEST || b.get() != 1) throw new IOException("Not a record");
        byte[] iv = new byte[12];
        b.get(iv);
        return new String(crypt(Cipher.DECRYPT_MODE, iv, in.readNBytes(length)), UTF_8);
    }

    private static byte[] crypt(int mode, byte[] iv, byte[] bytes) throws IOException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(KEY, 0, 16, "AES"), new GCMParameterSpec(128, iv));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
