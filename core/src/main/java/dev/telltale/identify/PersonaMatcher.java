package dev.telltale.identify;

import dev.telltale.identify.DigestIndex.Usage;
import dev.telltale.model.Disguise;
import dev.telltale.model.Form;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes all forms of a persona and the matcher that looks for them at once. */
public final class PersonaMatcher {
    /**
     * Shorter forms are everywhere: they count only as a whole value. Also what lets the scan step.
     */
    static final int SEARCHED_FROM = 8;

    /** Shortest part of a written digest that counts: 64 bits of hex, 96 of base64. */
    static final int DIGEST_CHARACTERS = 16;

    /** Shortest part of a raw digest that counts. */
    private static final int DIGEST_BYTES = 12;

    /** Values of fewer bits are everywhere by accident once they may be written in any way. */
    private static final double RENDERED = 24;

    /**
     * Normal forms of one identifier of which every digest is looked for. A place has hundreds, in
     * all decimals and separators: of the rest the common digests are.
     */
    private static final int RARE = 100;

    private final Persona persona;
    private final List<Literal> literals = new ArrayList<>();
    private final List<DigestIndex.Source> sources = new ArrayList<>();

    private PersonaMatcher(Persona persona) {
        this.persona = persona;
    }

    /** Forms are numbered by identifier in the persona's order, within it the simplest first. */
    public static Matcher of(Persona persona) {
        PersonaMatcher m = made(persona);
        return new GramMatcher(m.literals, m.sources);
    }

    /** What tries salts, with the values that {@code matcher} looks for. */
    public static SaltedDigests salted(Matcher matcher) {
        return new SaltedDigests(matcher instanceof GramMatcher g ? g.sources() : List.of());
    }

    static List<Literal> literals(Persona persona) {
        return made(persona).literals;
    }

    private static PersonaMatcher made(Persona persona) {
        PersonaMatcher m = new PersonaMatcher(persona);
        for (int i = 0; i < persona.entries().size(); i++) m.entry(i, persona.entries().get(i));
        return m;
    }

    private void entry(int index, Persona.Entry entry) {
        IdentifierKind kind =
                IdentifierKinds.named(entry.identifier().kind())
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "No such kind: " + entry.identifier().kind()));
        List<String> telling = telling(kind, entry.identifier().id());
        List<NormalForm> forms = kind.forms().of(entry.value(), persona.region());
        Set<ByteBuffer> seen = new HashSet<>();
        for (int i = 0; i < forms.size(); i++) {
            NormalForm f = forms.get(i);
            if (f.searched() && f.bytes().length > 0 && seen.add(key(f)))
                plain(index, f, i == 0, telling);
        }
        for (int i = 0; i < forms.size(); i++) {
            NormalForm f = forms.get(i);
            if (!f.searched() || i > 0 && !f.hashed() || f.bits() < RENDERED) continue;
            for (Rendering r : Rendering.of(f))
                if (seen.add(ByteBuffer.wrap(r.bytes()))) rendered(index, f, i == 0, r, telling);
        }
        Set<ByteBuffer> hashed = new HashSet<>();
        for (int i = 0; i < forms.size(); i++) {
            NormalForm f = forms.get(i);
            if (!f.hashed() || f.bytes().length == 0 || !hashed.add(ByteBuffer.wrap(f.bytes())))
                continue;
            boolean canonical = f.name().equals(forms.getFirst().name());
            for (Digest d : kind.digests()) digest(index, f, canonical, d, telling);
            source(
                    index,
                    f,
                    canonical ? Usage.CANONICAL : Usage.COMMON,
                    i == 0 && kind.joins(),
                    telling);
        }
        // Software hashes what it has: whatever is written may be.
        int rare = 0;
        for (NormalForm f : forms)
            if (f.searched()
                    && !f.isBeginning()
                    && f.bytes().length > 0
                    && hashed.add(ByteBuffer.wrap(f.bytes())))
                source(index, f, rare++ < RARE ? Usage.RARE : Usage.RAREST, false, telling);
    }

    private void source(int index, NormalForm f, Usage usage, boolean joins, List<String> telling) {
        sources.add(
                new DigestIndex.Source(
                        index, -1, f.name(), usage, joins, f.bytes(), f.bits(), telling));
    }

    /** A custom identifier's name is what apps call it. */
    private static List<String> telling(IdentifierKind kind, String id) {
        if (!kind.name().equals("custom")) return kind.telling();
        String name =
                id.substring(
                        id.indexOf('.') + 1, Math.max(id.indexOf('.') + 1, id.lastIndexOf('[')));
        return name.isEmpty() ? kind.telling() : List.of(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Equal for forms that would match the same bytes; the token is in it, because a 14-digit IMEI
     * has two.
     */
    private static ByteBuffer key(NormalForm f) {
        byte[] k = new byte[f.bytes().length + 1];
        for (int i = 0; i < f.bytes().length; i++)
            k[i] = f.ignoreCase() ? Literal.fold(f.bytes()[i]) : f.bytes()[i];
        k[f.bytes().length] = (byte) (f.token() == Token.IMEISV ? 1 : 0);
        return ByteBuffer.wrap(k);
    }

    private void plain(int index, NormalForm f, boolean canonical, List<String> telling) {
        int length = f.bytes().length;
        Form form =
                new Form(
                        literals.size(),
                        index,
                        f.name(),
                        canonical,
                        "",
                        "",
                        Disguise.PLAIN,
                        f.bits(),
                        f.token() != Token.BYTES,
                        length,
                        length,
                        length < SEARCHED_FROM,
                        telling);
        literals.add(new Literal(form, f.bytes(), f.token(), f.ignoreCase(), 0));
    }

    private void rendered(
            int index, NormalForm f, boolean canonical, Rendering r, List<String> telling) {
        int length = r.bytes().length;
        boolean anywhere = f.token() == Token.BYTES;
        Form form =
                new Form(
                        literals.size(),
                        index,
                        f.name(),
                        canonical,
                        "",
                        r.way().label,
                        Disguise.ENCODED,
                        Math.min(f.bits(), r.way().isBase64() ? 6.0 * length : f.bits()),
                        !anywhere && !r.way().isBase64(),
                        length,
                        length,
                        false,
                        telling);
        literals.add(new Literal(form, r.bytes(), Token.BYTES, r.way().ignoreCase, 0, r));
    }

    private void digest(
            int index, NormalForm f, boolean canonical, Digest digest, List<String> telling) {
        byte[] raw = digest.of(f.bytes());
        byte[] hex = HexFormat.of().formatHex(raw).getBytes(StandardCharsets.US_ASCII);
        byte[] base64 = Base64.getEncoder().withoutPadding().encode(raw);
        byte[] base64url = Base64.getUrlEncoder().withoutPadding().encode(raw);
        int padding = (4 - base64.length % 4) % 4;
        // Where both alphabets agree, padding is base64's habit and its absence base64url's.
        int urlPadding = Arrays.equals(base64, base64url) ? 0 : padding;
        encoded(index, f, canonical, digest, telling, "hex", hex, Token.HEX, 4, 0);
        encoded(
                index,
                f,
                canonical,
                digest,
                telling,
                "base64url",
                base64url,
                Token.BASE64URL,
                6,
                urlPadding);
        encoded(index, f, canonical, digest, telling, "base64", base64, Token.BASE64, 6, padding);
        encoded(index, f, canonical, digest, telling, "raw", raw, Token.BYTES, 8, 0);
    }

    private void encoded(
            int index,
            NormalForm f,
            boolean canonical,
            Digest digest,
            List<String> telling,
            String encoding,
            byte[] bytes,
            Token token,
            int bitsPerByte,
            int padding) {
        int length = token == Token.BYTES ? DIGEST_BYTES : DIGEST_CHARACTERS;
        Form form =
                new Form(
                        literals.size(),
                        index,
                        f.name(),
                        canonical,
                        digest.label(),
                        encoding,
                        Disguise.HASHED,
                        Math.min(f.bits(), length * bitsPerByte),
                        token != Token.BYTES,
                        length,
                        bytes.length,
                        false,
                        telling);
        literals.add(new Literal(form, bytes, token, token == Token.HEX, padding));
    }
}
