package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.bytes.codec.PayloadCipher;
import dev.telltale.model.Persona.PayloadKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys of ciphers as hooking tools log them at run time, a line each: JSON, or words with {@code =}
 * or {@code :}. A line counts where it names an algorithm and a key that fits it:
 *
 * <pre>
 * {"algorithm":"AES/CBC/PKCS5Padding","key":"00112233445566778899aabbccddeeff","iv":"..."}
 * SecretKeySpec algorithm=AES key=ABEiM0RVZneImaq7zN3u/w==
 * </pre>
 *
 * Bytes are hex or base 64. Where a line names no mode, each is tried.
 */
final class SeenKeys {
    private static final int MOST = 64;
    private static final int LONGEST_LINE = 16 << 10;
    private static final String IS = "[\"']?\\s*[:=]\\s*[\"']?";
    private static final Pattern ALGORITHM =
            Pattern.compile(
                    "(?i)\\b(?:algorithm|algo|alg|cipher|transformation)"
                            + IS
                            + "([A-Za-z0-9/_-]+)");
    private static final Pattern KEY =
            Pattern.compile(
                    "(?i)\\b(?:secret_?key|key_?hex|key_?base64|key|secret)"
                            + IS
                            + "(?:hex:|base64:|0x)?([A-Za-z0-9+/_-]+={0,2})");
    private static final Pattern IV =
            Pattern.compile(
                    "(?i)\\b(?:iv_?hex|iv_?base64|iv|nonce)"
                            + IS
                            + "(?:hex:|base64:|0x)?([A-Za-z0-9+/_-]+={0,2})");
    private static final List<String> MODES =
            List.of("/CBC/PKCS5Padding", "/ECB/PKCS5Padding", "/GCM/NoPadding", "/CTR/NoPadding");

    private final List<PayloadKey> keys = new ArrayList<>();
    private int lines;

    List<PayloadKey> keys() {
        return List.copyOf(keys);
    }

    /** Reads a file; the number of lines that were of use. */
    int read(byte[] file) {
        int before = lines;
        int from = 0;
        for (int i = 0; i <= file.length; i++) {
            if (i < file.length && file[i] != '\n') continue;
            if (i > from && i - from <= LONGEST_LINE)
                line(new String(file, from, i - from, ISO_8859_1));
            from = i + 1;
        }
        return lines - before;
    }

    private void line(String text) {
        Matcher algorithm = ALGORITHM.matcher(text);
        Matcher key = KEY.matcher(text);
        if (!algorithm.find() || !key.find()) return;
        Matcher iv = IV.matcher(text);
        byte[] v = iv.find() ? bytes(iv.group(1)) : new byte[0];
        byte[] k = bytes(key.group(1));
        String named = algorithm.group(1);
        boolean used = false;
        if (named.indexOf('/') < 0) for (String mode : MODES) used |= add(named + mode, k, v);
        if (!used) used = add(named, k, v);
        if (used) lines++;
    }

    private boolean add(String named, byte[] key, byte[] iv) {
        PayloadCipher c = PayloadCipher.of(named).orElse(null);
        if (c == null || c.problem(key, new byte[0]).isPresent() || keys.size() >= MOST)
            return false;
        byte[] fits = c.problem(key, iv).isEmpty() ? iv : new byte[0];
        for (PayloadKey k : keys)
            if (k.cipher().equals(named)
                    && Arrays.equals(k.key(), key)
                    && Arrays.equals(k.iv(), fits)) return true;
        keys.add(new PayloadKey("seen " + (lines + 1), named, key, fits));
        return true;
    }

    private static byte[] bytes(String text) {
        try {
            if (text.length() % 2 == 0 && text.matches("[0-9A-Fa-f]+"))
                return HexFormat.of().parseHex(text);
            return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
