package dev.telltale.bytes.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * A cipher that apps seal payloads with, named as the Java platform names transformations: {@code
 * AES/CBC/PKCS5Padding}. Opens whole texts, and streams where it can.
 *
 * @param padded PKCS#7 padding (RFC 5652 section 6.3) is asked for; else it is taken off where it
 *     is there
 */
public record PayloadCipher(Algorithm algorithm, Mode mode, boolean padded) {
    /** What encrypts. */
    public enum Algorithm {
        AES("AES", 16),
        DES("DES", 8),
        TRIPLE_DES("DESede", 8),
        SM4("SM4", 16),
        RC4("ARCFOUR", 1),
        CHACHA20("ChaCha20", 1),
        /** Words of 32 bits, little endian, as xxtea libraries have it. */
        XXTEA("XXTEA", 1),
        /** Opens keys only. */
        RSA("RSA", 1);

        private final String platform;
        private final int block;

        Algorithm(String platform, int block) {
            this.platform = platform;
            this.block = block;
        }
    }

    /** How blocks are chained. */
    public enum Mode {
        NONE,
        ECB,
        CBC,
        CTR,
        /** NIST SP 800-38D; of ChaCha20, Poly1305 (RFC 8439). */
        AEAD
    }

    private static final int TAG = 16;

    /** Where there is such a cipher. */
    public static Optional<PayloadCipher> of(String transformation) {
        String t = transformation.strip().toUpperCase(Locale.ROOT);
        String[] parts = t.split("/", 3);
        String mode = parts.length > 1 ? parts[1] : "";
        String padding = parts.length > 2 ? parts[2] : "";
        boolean padded = padding.startsWith("PKCS");
        return switch (parts[0]) {
            case "AES", "AES128", "AES256", "AES-128", "AES-192", "AES-256" ->
                    block(Algorithm.AES, mode, padded);
            case "DES" -> block(Algorithm.DES, mode, padded);
            case "DESEDE", "3DES", "TRIPLEDES", "DES-EDE3" ->
                    block(Algorithm.TRIPLE_DES, mode, padded);
            case "SM4" -> block(Algorithm.SM4, mode, padded);
            case "RC4", "ARCFOUR", "ARC4" -> plain(Algorithm.RC4, mode, Mode.NONE);
            case "CHACHA20" -> plain(Algorithm.CHACHA20, mode, Mode.CTR);
            case "CHACHA20-POLY1305" -> plain(Algorithm.CHACHA20, mode, Mode.AEAD);
            case "XXTEA" -> plain(Algorithm.XXTEA, mode, Mode.NONE);
            case "RSA" -> Optional.of(new PayloadCipher(Algorithm.RSA, Mode.NONE, padded));
            default -> Optional.empty();
        };
    }

    private static Optional<PayloadCipher> plain(Algorithm a, String mode, Mode own) {
        boolean named = mode.isEmpty() || mode.equals("NONE") || mode.equals("ECB");
        return named ? Optional.of(new PayloadCipher(a, own, false)) : Optional.empty();
    }

    private static Optional<PayloadCipher> block(Algorithm a, String mode, boolean padded) {
        return switch (mode) {
            case "ECB", "" -> Optional.of(new PayloadCipher(a, Mode.ECB, padded));
            case "CBC" -> Optional.of(new PayloadCipher(a, Mode.CBC, padded));
            case "CTR", "SIC" -> Optional.of(new PayloadCipher(a, Mode.CTR, false));
            case "GCM" ->
                    a.block == 16
                            ? Optional.of(new PayloadCipher(a, Mode.AEAD, false))
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** What is wrong with a key or IV, if anything is. */
    public Optional<String> problem(byte[] key, byte[] iv) {
        boolean fits =
                switch (algorithm) {
                    case AES -> key.length == 16 || key.length == 24 || key.length == 32;
                    case DES -> key.length == 8;
                    case TRIPLE_DES -> key.length == 16 || key.length == 24;
                    case SM4 -> key.length == 16;
                    case RC4 -> key.length >= 5 && key.length <= 256;
                    case CHACHA20 -> key.length == 32;
                    case XXTEA -> key.length > 0 && key.length <= 16;
                    case RSA -> key.length > 256;
                };
        if (!fits) return Optional.of(algorithm + " has no key of " + key.length + " bytes");
        if (iv.length == 0 || ivLength() == 0) return Optional.empty();
        boolean ivFits =
                mode == Mode.AEAD && algorithm != Algorithm.CHACHA20
                        ? iv.length >= 8 && iv.length <= 32
                        : iv.length == ivLength();
        return ivFits
                ? Optional.empty()
                : Optional.of(label() + " has no IV of " + iv.length + " bytes");
    }

    /** As chains show it: {@code aes-cbc}. */
    public String label() {
        String name =
                switch (algorithm) {
                    case AES -> "aes";
                    case DES -> "des";
                    case TRIPLE_DES -> "3des";
                    case SM4 -> "sm4";
                    case RC4 -> "rc4";
                    case CHACHA20 -> "chacha20";
                    case XXTEA -> "xxtea";
                    case RSA -> "rsa";
                };
        return switch (mode) {
            case NONE -> name;
            case ECB -> name + "-ecb";
            case CBC -> name + "-cbc";
            case CTR -> algorithm == Algorithm.CHACHA20 ? name : name + "-ctr";
            case AEAD -> algorithm == Algorithm.CHACHA20 ? name + "-poly1305" : name + "-gcm";
        };
    }

    /** Length of an IV or nonce, 0 where there is none. */
    public int ivLength() {
        return switch (mode) {
            case NONE, ECB -> 0;
            case CBC -> algorithm.block;
            case CTR -> algorithm == Algorithm.CHACHA20 ? 12 : algorithm.block;
            case AEAD -> 12;
        };
    }

    public int block() {
        return mode == Mode.ECB || mode == Mode.CBC ? algorithm.block : 1;
    }

    /** What it opens is certainly what was sealed. */
    public boolean authenticates() {
        return mode == Mode.AEAD;
    }

    /**
     * The text under {@code key}; empty where it cannot be, by its length, padding or tag.
     *
     * @param iv of {@link #ivLength} bytes (of GCM, of any number)
     */
    public Optional<byte[]> open(byte[] key, byte[] iv, byte[] b, int from, int to) {
        int n = to - from;
        if (n <= 0 || n % block() != 0 || mode == Mode.AEAD && n <= TAG) return Optional.empty();
        try {
            return switch (algorithm) {
                case XXTEA -> xxtea(key, b, from, to);
                case SM4 -> sm4(key, iv, b, from, n).flatMap(this::unpadded);
                case RSA -> Optional.empty();
                case AES, DES, TRIPLE_DES, RC4, CHACHA20 ->
                        Optional.of(cipher(key, iv, mode).doFinal(b, from, n))
                                .flatMap(this::unpadded);
            };
        } catch (GeneralSecurityException | CryptoException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Decrypts piece by piece, whole blocks at a time; nothing where that is not possible. */
    public Optional<Cipher> stream(byte[] key, byte[] iv) {
        try {
            switch (algorithm) {
                case SM4, XXTEA, RSA -> {
                    return Optional.empty();
                }
                case AES, DES, TRIPLE_DES, RC4, CHACHA20 -> {}
            }
            if (mode != Mode.AEAD) return Optional.of(cipher(key, iv, mode));
            if (iv.length != 12) return Optional.empty();
            // What follows the tag's counter block, SP 800-38D section 7.1; RFC 8439 section 2.8.
            if (algorithm == Algorithm.CHACHA20) return Optional.of(chacha(key, iv, 1));
            byte[] counter = Arrays.copyOf(iv, 16);
            counter[15] = 2;
            return Optional.of(cipher(key, counter, Mode.CTR));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(byte[] key, byte[] iv, Mode m) throws GeneralSecurityException {
        byte[] k =
                algorithm == Algorithm.TRIPLE_DES && key.length == 16
                        ? ByteBuffer.allocate(24).put(key).put(key, 0, 8).array()
                        : key;
        String name = algorithm.platform;
        if (algorithm == Algorithm.CHACHA20) {
            if (m == Mode.CTR) return chacha(k, iv, 0);
            Cipher c = Cipher.getInstance("ChaCha20-Poly1305");
            c.init(Cipher.DECRYPT_MODE, new SecretKeySpec(k, name), new IvParameterSpec(iv));
            return c;
        }
        SecretKeySpec spec = new SecretKeySpec(k, name);
        Cipher c;
        switch (m) {
            case NONE -> {
                c = Cipher.getInstance(name);
                c.init(Cipher.DECRYPT_MODE, spec);
            }
            case ECB -> {
                c = Cipher.getInstance(name + "/ECB/NoPadding");
                c.init(Cipher.DECRYPT_MODE, spec);
            }
            case AEAD -> {
                c = Cipher.getInstance(name + "/GCM/NoPadding");
                c.init(Cipher.DECRYPT_MODE, spec, new GCMParameterSpec(8 * TAG, iv));
            }
            default -> {
                c = Cipher.getInstance(name + "/" + m + "/NoPadding");
                c.init(Cipher.DECRYPT_MODE, spec, new IvParameterSpec(iv));
            }
        }
        return c;
    }

    private static Cipher chacha(byte[] key, byte[] nonce, int counter)
            throws GeneralSecurityException {
        Cipher c = Cipher.getInstance("ChaCha20");
        c.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "ChaCha20"),
                new ChaCha20ParameterSpec(nonce, counter));
        return c;
    }

    private Optional<byte[]> sm4(byte[] key, byte[] iv, byte[] b, int from, int n)
            throws CryptoException {
        KeyParameter k = new KeyParameter(key);
        if (mode == Mode.AEAD) {
            var gcm = GCMBlockCipher.newInstance(new SM4Engine());
            gcm.init(false, new AEADParameters(k, 8 * TAG, iv));
            byte[] out = new byte[gcm.getOutputSize(n)];
            int m = gcm.processBytes(b, from, n, out, 0);
            m += gcm.doFinal(out, m);
            return Optional.of(Arrays.copyOf(out, m));
        }
        BufferedBlockCipher c =
                new DefaultBufferedBlockCipher(
                        switch (mode) {
                            case CBC -> CBCBlockCipher.newInstance(new SM4Engine());
                            case CTR -> SICBlockCipher.newInstance(new SM4Engine());
                            default -> new SM4Engine();
                        });
        c.init(false, iv.length == 0 ? k : new ParametersWithIV(k, iv));
        byte[] out = new byte[c.getOutputSize(n)];
        int m = c.processBytes(b, from, n, out, 0);
        m += c.doFinal(out, m);
        return Optional.of(Arrays.copyOf(out, m));
    }

    /** Without its padding: PKCS#7's, or zeros where none was asked for. */
    private Optional<byte[]> unpadded(byte[] text) {
        if (block() == 1 || text.length == 0) return Optional.of(text);
        int last = text[text.length - 1];
        boolean pkcs = last >= 1 && last <= algorithm.block && last <= text.length;
        for (int i = 1; pkcs && i <= last; i++) pkcs = text[text.length - i] == last;
        if (pkcs) return Optional.of(Arrays.copyOf(text, text.length - last));
        if (padded) return Optional.empty();
        int n = text.length;
        while (n > 0 && text[n - 1] == 0) n--;
        return Optional.of(Arrays.copyOf(text, n));
    }

    // ------------------------------------------------------------------------------------------------ XXTEA

    private static final int DELTA = 0x9E3779B9;

    /**
     * Corrected Block TEA (Wheeler, Needham 1998) over the whole text; libraries put its length
     * into one more word at the end.
     */
    private static Optional<byte[]> xxtea(byte[] key, byte[] b, int from, int to) {
        int words = (to - from) / 4;
        if (words < 2 || (to - from) % 4 != 0) return Optional.empty();
        int[] v = words(Arrays.copyOfRange(b, from, to));
        int[] k = words(Arrays.copyOf(key, 16));
        int rounds = 6 + 52 / words;
        int sum = rounds * DELTA;
        int y = v[0];
        for (; rounds > 0; rounds--, sum -= DELTA) {
            int e = sum >>> 2 & 3;
            for (int p = words - 1; p >= 0; p--) {
                int z = v[p > 0 ? p - 1 : words - 1];
                y =
                        v[p] -=
                                (z >>> 5 ^ y << 2) + (y >>> 3 ^ z << 4)
                                        ^ (sum ^ y) + (k[p & 3 ^ e] ^ z);
            }
        }
        ByteBuffer out = ByteBuffer.allocate(4 * words).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : v) out.putInt(word);
        int n = v[words - 1];
        boolean told = n > 4 * (words - 2) && n <= 4 * (words - 1);
        return Optional.of(told ? Arrays.copyOf(out.array(), n) : out.array());
    }

    private static int[] words(byte[] b) {
        int[] v = new int[b.length / 4];
        ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(v);
        return v;
    }
}
