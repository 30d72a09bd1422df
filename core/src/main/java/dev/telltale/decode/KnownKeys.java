package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.bytes.codec.PayloadCipher;
import dev.telltale.decode.Decoders.Decoder;
import dev.telltale.decode.Decoders.Kind;
import dev.telltale.decode.Decoders.Trust;
import dev.telltale.model.Persona.PayloadKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;

/**
 * Keys that reverse engineering found, tried on what nothing explains. A key is right where the
 * text authenticates, holds a form of the persona, or reads as text or a known format; so a wrong
 * one opens nothing.
 */
final class KnownKeys {
    /** Shortest text that is believed for being text. */
    private static final int SHORTEST = 6;

    /** Of a cipher without padding more is asked. */
    private static final int SHORTEST_UNPADDED = 16;

    /** So much of a stream is opened to see whether the key is right. */
    private static final int TRIAL = 1 << 10;

    private enum Iv {
        NONE,
        FIXED,
        FIRST,
        /** None is known: zeros, as careless software has it. */
        ZERO
    }

    /**
     * One key in one way.
     *
     * @param name as chains show it
     */
    private record Opening(
            String name, PayloadCipher cipher, byte[] key, Iv iv, byte[] fixed, Decoder decoder) {
        int ivBytes() {
            return iv == Iv.FIRST ? cipher.ivLength() : 0;
        }

        byte[] ivOf(byte[] b, int from) {
            return switch (iv) {
                case NONE -> new byte[0];
                case FIXED -> fixed;
                case FIRST -> Arrays.copyOfRange(b, from, from + cipher.ivLength());
                case ZERO -> new byte[cipher.ivLength()];
            };
        }
    }

    private record Wrapping(String name, RSAPrivateKey key, String padding) {
        int bytes() {
            return (key.getModulus().bitLength() + 7) / 8;
        }
    }

    private final List<Opening> openings = new ArrayList<>();
    private final List<Wrapping> wrappings = new ArrayList<>();

    KnownKeys(List<PayloadKey> keys) {
        for (PayloadKey k : keys) {
            PayloadCipher c = PayloadCipher.of(k.cipher()).orElse(null);
            if (c == null) continue;
            if (c.algorithm() == PayloadCipher.Algorithm.RSA) {
                rsa(k.key())
                        .ifPresent(key -> wrappings.add(new Wrapping(k.name(), key, k.cipher())));
            } else {
                add(openings, k.name(), c, k.key(), k.iv());
            }
        }
    }

    boolean isEmpty() {
        return openings.isEmpty() && wrappings.isEmpty();
    }

    private static void add(List<Opening> to, String name, PayloadCipher c, byte[] key, byte[] iv) {
        if (c.problem(key, iv).isPresent()) return;
        if (c.ivLength() == 0) {
            to.add(opening(name, c, key, Iv.NONE, iv));
            return;
        }
        if (iv.length > 0) to.add(opening(name, c, key, Iv.FIXED, iv));
        // Before the IV that stands first: without it a text would only lose its first block.
        if (iv.length == 0) to.add(opening(name, c, key, Iv.ZERO, iv));
        to.add(opening(name, c, key, Iv.FIRST, iv));
    }

    private static Opening opening(String name, PayloadCipher c, byte[] key, Iv iv, byte[] fixed) {
        String step = c.label() + "(" + name + ")";
        Decoder[] own = new Decoder[1];
        Opening[] self = new Opening[1];
        own[0] =
                new Decoder(
                        step,
                        Kind.CODEC,
                        Trust.TRIED,
                        List.of(),
                        Decoders.NEVER,
                        () -> new Deciphering(self[0]));
        self[0] = new Opening(step, c, key, iv, fixed, own[0]);
        return self[0];
    }

    private static Optional<RSAPrivateKey> rsa(byte[] key) {
        byte[] der = key;
        String text = new String(key, ISO_8859_1);
        if (text.contains("-----BEGIN"))
            der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", "").strip());
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der))
                            instanceof RSAPrivateKey k
                    ? Optional.of(k)
                    : Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    // ------------------------------------------------------------------------------------------------ whole leaves

    /**
     * Opens all of a leaf; true where a key was right. What it unwraps of other keys goes to {@code
     * l}'s message.
     */
    boolean open(Layer l, byte[] b, int from, int to) {
        if (!l.deeper()) return false;
        for (Wrapping w : wrappings)
            if (to - from == w.bytes() && unwrapped(l, w, b, from, to)) return true;
        List<Opening> all = new ArrayList<>(openings);
        for (byte[] k : l.u.unwrappedKeys()) all.addAll(session(k));
        for (Sign sign : Sign.values())
            for (Opening o : all) if (opens(l, o, b, from, to, sign)) return true;
        return false;
    }

    /** What shows that a key is right, best first: a wrong IV spoils or loses a block only. */
    private enum Sign {
        BOTH,
        FORM,
        TEXT
    }

    private static boolean opens(Layer l, Opening o, byte[] b, int from, int to, Sign sign) {
        int text = from + o.ivBytes();
        if (text >= to) return false;
        byte[] plain = o.cipher.open(o.key, o.ivOf(b, from), b, text, to).orElse(null);
        if (plain == null || plain.length == 0) return false;
        boolean form = sign != Sign.TEXT && l.below().holdsForm(plain, plain.length);
        boolean right =
                switch (sign) {
                    case BOTH -> form && reads(o.cipher, plain, plain.length, true);
                    case FORM -> form;
                    case TEXT -> reads(o.cipher, plain, plain.length, true);
                };
        if (!right) return false;
        if (!l.u.budget.take(plain.length)) {
            l.u.tooDeep(l, 0);
            return false;
        }
        Layer x = l.child(o.name, false, text - from, to - text, KeySource.NONE);
        x.all(plain, 0, plain.length);
        l.explained.addAll(x.explained);
        return true;
    }

    /** It authenticates, is text, or begins like a known format. */
    private static boolean reads(PayloadCipher c, byte[] plain, int n, boolean complete) {
        if (c.authenticates() && complete) return true;
        if (n < (c.padded() && complete ? SHORTEST : SHORTEST_UNPADDED)) return false;
        // The first block shows a wrong IV.
        int head = Math.min(n, 48);
        if (Chars.isText(plain, 0, n, complete) && Chars.isText(plain, 0, head, head == n))
            return true;
        for (Decoder d : Decoders.sniffed(plain[0]))
            if (d.trust() != Trust.TEXT
                    && d.sniff().begins(plain, 0, Math.min(n, TRIAL), complete, "", false))
                return true;
        return false;
    }

    // ------------------------------------------------------------------------------------------------ streams

    /** What opens a leaf of which only the beginning is here, or nothing. */
    @Nullable Decoder begins(Layer l, byte[] b, int from, int to) {
        for (Opening o : openings) if (begins(l, o, b, from, to)) return o.decoder;
        return null;
    }

    private static boolean begins(Layer l, Opening o, byte[] b, int from, int to) {
        int text = from + o.ivBytes();
        int n = Math.min(TRIAL, to - text) / 16 * 16;
        if (n <= 0) return false;
        Cipher c = o.cipher.stream(o.key, o.ivOf(b, from)).orElse(null);
        byte[] plain = c == null ? null : c.update(b, text, n);
        return plain != null
                && (reads(o.cipher, plain, plain.length, false)
                        || l.below().holdsForm(plain, plain.length));
    }

    /** Its IV stands first, or is known. */
    private static final class Deciphering extends Codec {
        private final Opening opening;
        private @Nullable Cipher cipher;

        Deciphering(Opening opening) {
            this.opening = opening;
        }

        @Override
        void begin() {
            super.begin();
            cipher = null;
        }

        @Override
        int output(byte[] out, int offset, int length) {
            Cipher c = cipher;
            if (c == null) {
                if (to - at < opening.ivBytes()) return 0;
                c = opening.cipher.stream(opening.key, opening.ivOf(in, at)).orElse(null);
                if (c == null) return fail("cannot be opened piece by piece");
                cipher = c;
                at += opening.ivBytes();
            }
            int block = opening.cipher.block();
            int n = Math.min(length, to - at) / block * block;
            if (n == 0) return 0;
            byte[] plain = c.update(in, at, n);
            at += n;
            if (plain == null) return 0;
            System.arraycopy(plain, 0, out, offset, plain.length);
            return plain.length;
        }
    }

    // ------------------------------------------------------------------------------------------------ wrapped keys

    private static boolean unwrapped(Layer l, Wrapping w, byte[] b, int from, int to) {
        byte[] key;
        try {
            Cipher c;
            String padding = w.padding.toUpperCase(Locale.ROOT);
            if (padding.contains("OAEP")) {
                boolean sha256 = padding.contains("256");
                c = Cipher.getInstance("RSA/ECB/OAEPPadding");
                c.init(
                        Cipher.DECRYPT_MODE,
                        w.key,
                        new OAEPParameterSpec(
                                sha256 ? "SHA-256" : "SHA-1",
                                "MGF1",
                                MGF1ParameterSpec.SHA1,
                                PSource.PSpecified.DEFAULT));
            } else {
                c = Cipher.getInstance("RSA/ECB/PKCS1Padding");
                c.init(Cipher.DECRYPT_MODE, w.key);
            }
            key = c.doFinal(b, from, to - from);
        } catch (GeneralSecurityException e) {
            return false;
        }
        l.u.unwrapped(key);
        return true;
    }

    /** The ways in which an unwrapped key may be used; it may be text, or have its IV behind it. */
    private static List<Opening> session(byte[] unwrapped) {
        List<Opening> all = new ArrayList<>();
        for (byte[] k : readings(unwrapped)) {
            for (String mode : List.of("GCM", "CBC", "CTR", "ECB"))
                for (String algorithm : k.length == 16 ? List.of("AES", "SM4") : List.of("AES"))
                    PayloadCipher.of(algorithm + "/" + mode + "/PKCS5Padding")
                            .ifPresent(c -> add(all, "unwrapped", c, k, new byte[0]));
            for (int n : new int[] {16, 24, 32}) {
                if (k.length != n + 16 && k.length != n + 12) continue;
                byte[] iv = Arrays.copyOfRange(k, n, k.length);
                String mode = k.length == n + 16 ? "CBC" : "GCM";
                PayloadCipher.of("AES/" + mode + "/PKCS5Padding")
                        .ifPresent(c -> add(all, "unwrapped", c, Arrays.copyOf(k, n), iv));
            }
        }
        return all;
    }

    private static List<byte[]> readings(byte[] key) {
        List<byte[]> all = new ArrayList<>();
        all.add(key);
        String text = new String(key, ISO_8859_1).strip();
        if (text.matches("([0-9A-Fa-f]{2})+")) all.add(HexFormat.of().parseHex(text));
        if (text.matches("[A-Za-z0-9+/]{16,}={0,2}") && text.length() % 4 == 0)
            all.add(Base64.getDecoder().decode(text));
        return all;
    }
}
