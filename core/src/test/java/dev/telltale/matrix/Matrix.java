package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** All cases of a seed: kinds, normal forms, digests, encodings, carriers, decoders. */
final class Matrix {
    /** What a value may be dressed in, the first innermost; carriers are another axis. */
    private static final List<List<Coat>> COATS =
            List.of(
                    List.of(Coat.BASE64),
                    List.of(Coat.BARE64),
                    List.of(Coat.URL64),
                    List.of(Coat.BARE_URL64),
                    List.of(Coat.HEX),
                    List.of(Coat.UPPER_HEX),
                    List.of(Coat.BASE32),
                    List.of(Coat.LOWER_BASE32),
                    List.of(Coat.BASE64, Coat.BASE64),
                    List.of(Coat.HEX, Coat.BASE64),
                    List.of(Coat.GZIP, Coat.BASE64),
                    List.of(Coat.ZLIB, Coat.HEX),
                    List.of(Coat.ZSTD, Coat.URL64),
                    List.of(Coat.PERCENT_ALL),
                    List.of(Coat.PERCENT_ALL, Coat.PERCENT_ALL),
                    List.of(Coat.ENTITIES),
                    List.of(Coat.QUOTED),
                    List.of(Coat.BASE58),
                    List.of(Coat.UTF32LE),
                    List.of(Coat.UTF32BE),
                    List.of(Coat.UTF16LE),
                    List.of(Coat.UTF16BE),
                    List.of(Coat.UTF16LE, Coat.BASE64),
                    List.of(Coat.UTF16BE, Coat.HEX));

    /** What a body may be dressed in. */
    private static final List<List<Coat>> BODY_COATS =
            List.of(
                    List.of(Coat.GZIP),
                    List.of(Coat.ZLIB),
                    List.of(Coat.ZSTD),
                    List.of(Coat.BASE64),
                    List.of(Coat.BARE_URL64),
                    List.of(Coat.HEX),
                    List.of(Coat.GZIP, Coat.GZIP),
                    List.of(Coat.GZIP, Coat.BASE64),
                    List.of(Coat.ZLIB, Coat.HEX),
                    List.of(Coat.ZSTD, Coat.GZIP));

    private static final Set<String> PACKED = Set.of("protobuf", "protobuf in protobuf", "cbor");

    /** Encodings of which short words are not tried. */
    private static final Set<String> SHORT = Set.of("base32", "base32, small letters", "base58");

    /** Of text only. */
    private static final List<Coat> SPELT = List.of(Coat.ENTITIES, Coat.QUOTED, Coat.BASE58);

    private static final List<String> USUAL = List.of("md5", "sha1", "sha256", "sha512");

    /** Values that are few enough to need a key or the boundaries of a word. */
    private static final Set<String> MODERATE = Set.of("ssid", "device_name");

    private static final Set<String> WITHIN =
            Set.of("text", "xml", "xml attribute", "dns name", "mqtt topic");

    /** Normal forms beside each kind's first that are looked for reversed and rotated. */
    private static final Set<String> COMMON =
            Set.of(
                    "14 digits",
                    "without check digit",
                    "without +",
                    "00 prefix",
                    "national",
                    "national significant number",
                    "dashes",
                    "bare",
                    "without dashes",
                    "decimal",
                    "decimal signed");

    private final double share;
    private final Random random;
    private final List<Written> written;
    private final List<Case> cases = new ArrayList<>();
    private final Map<String, Set<String>> texts = new LinkedHashMap<>();
    private int turn;

    private Matrix(FreshPersona persona, long seed, double share) {
        this.share = share;
        random = new Random(seed);
        written = Writings.of(persona);
        for (Written w : written)
            if (w.text() && w.searched())
                texts.computeIfAbsent(w.id(), k -> new HashSet<>())
                        .add(w.string().toLowerCase(Locale.ROOT));
    }

    /**
     * @param share of all cases, chosen by the seed
     */
    static List<Case> of(FreshPersona persona, long seed, double share) throws IOException {
        Matrix m = new Matrix(persona, seed, share);
        m.values();
        m.carriers();
        m.bodies();
        m.digests();
        return m.cases;
    }

    private boolean leftOut() {
        turn++;
        return share < 1 && random.nextDouble() >= share;
    }

    // --------------------------------------------------------------------------------- no digest

    /** Every normal form in every coat and rendering. */
    private void values() {
        Set<String> seen = new HashSet<>();
        for (Written w : written) {
            if (!w.searched()) continue;
            boolean first = w.hashed() && seen.add(w.id());
            for (List<Coat> coats : COATS) {
                if (leftOut()) continue;
                boolean recoded =
                        coats.getFirst().name().startsWith("utf")
                                || SPELT.contains(coats.getFirst());
                if (recoded && (!w.text() || w.bytes().length < 8)) continue;
                if (coats.getFirst() == Coat.PERCENT_ALL && !w.text()) continue;
                // Impossible: words of so few small letters or capitals are everywhere.
                if (SHORT.contains(coats.getFirst().name()) && w.bytes().length < 12) continue;
                Coat.Coated c = Coat.stack(w.bytes(), coats);
                // Hex of six bytes is a MAC address as it is written.
                if (!w.text() && isText(w, coats.getFirst())) continue;
                carried(w, w.forms(), c, names(coats));
            }
            if (!w.text()) continue;
            if (leftOut()) continue;
            within(w);
            if (first || w.hashed() && COMMON.contains(w.forms().iterator().next())) rendered(w);
        }
    }

    private boolean isText(Written w, Coat coat) {
        String s = new String(coat.put().apply(w.bytes()), ISO_8859_1).toLowerCase(Locale.ROOT);
        return texts.getOrDefault(w.id(), Set.of()).contains(s);
    }

    private static String names(List<Coat> coats) {
        List<String> names = new ArrayList<>();
        for (Coat c : coats) names.add(c.name());
        return String.join(" in ", names);
    }

    /** Inside longer text in base64, at each place of a group of three bytes; and in lines. */
    private void within(Written w) {
        if (!w.strong()) return;
        for (String before : List.of("t=", ";t=", ";;t=")) {
            byte[] text = Body.join(before, w.bytes(), ";e");
            Coat.Coated c = Coat.stack(text, List.of(Coat.BASE64));
            carried(w, w.forms(), c, "base64 of text, place " + before.length() % 3);
        }
        byte[] text =
                Body.join(
                        "a note, then another line\n".repeat(2) + "v ",
                        w.bytes(),
                        " and\nmore of it ".repeat(4));
        byte[] lines = Base64.getMimeEncoder().encode(text);
        carried(w, w.forms(), new Coat.Coated(lines, List.of("base64"), true), "base64 in lines");
    }

    private void rendered(Written w) {
        String s = w.string();
        if (!w.strong() || s.length() < 8 || !s.chars().allMatch(c -> c >= 0x20 && c < 0x7f))
            return;
        rendered(w, "reversed", new StringBuilder(s).reverse().toString());
        StringBuilder rot13 = new StringBuilder();
        StringBuilder rot47 = new StringBuilder();
        for (char c : s.toCharArray()) {
            char l = Character.toLowerCase(c);
            rot13.append((char) (l >= 'a' && l <= 'm' ? c + 13 : l > 'm' && l <= 'z' ? c - 13 : c));
            rot47.append(c == ' ' ? c : (char) (33 + (c - 33 + 47) % 94));
        }
        if (!rot13.toString().equals(s)) rendered(w, "rot13", rot13.toString());
        rendered(w, "rot47", rot47.toString());
    }

    private void rendered(Written w, String how, String text) {
        if (text.equalsIgnoreCase(w.string())) return;
        Set<String> forms = new TreeSet<>();
        for (String f : w.forms()) forms.add(f + " > " + how);
        carried(w, forms, new Coat.Coated(text.getBytes(UTF_8), List.of(), true), how);
    }

    /** Every normal form in every carrier and body. */
    private void carriers() {
        for (Written w : written) {
            if (!w.searched()) continue;
            Coat.Coated c = new Coat.Coated(w.bytes(), List.of(), w.text());
            for (Carrier carrier : Carrier.VALUES)
                if (!leftOut()) value(w, w.forms(), c, carrier, "");
            for (Body body : Body.ALL)
                if (!leftOut()) body(w, w.forms(), c, body, next(Carrier.BODIES), List.of(), "");
        }
    }

    /** Every body in every carrier and coat, with every kind in turn. */
    private void bodies() {
        List<Written> strong =
                written.stream().filter(w -> w.text() && w.searched() && w.strong()).toList();
        for (Body body : Body.ALL)
            for (Carrier carrier : Carrier.BODIES)
                for (List<Coat> coats : BODY_COATS)
                    if (!leftOut())
                        for (int i = 0; i < 3; i++) {
                            Written w = next(strong);
                            body(
                                    w,
                                    w.forms(),
                                    new Coat.Coated(w.bytes(), List.of(), true),
                                    body,
                                    carrier,
                                    coats,
                                    names(coats));
                        }
    }

    // ----------------------------------------------------------------------------------- digests

    private void digests() throws IOException {
        List<Written> hashed = written.stream().filter(Written::hashed).toList();
        Set<String> first = new HashSet<>();
        List<Written> canonical = hashed.stream().filter(w -> first.add(w.id())).toList();
        for (Written w : hashed) {
            boolean known = canonical.contains(w);
            for (var d : Hashing.ALL.entrySet()) {
                if (leftOut()) continue;
                // A place has hundreds of normal forms: of most the common digests are looked for.
                if (!known && w.id().equals("location[0]") && !USUAL.contains(d.getKey())) continue;
                List<Digested> all = Digested.of(d.getValue().of(w.bytes()));
                int times = known ? all.size() : 2;
                for (int i = 0; i < times; i++)
                    digest(w, known, d.getKey(), known ? all.get(i) : next(all));
            }
        }
        for (Written w : canonical) {
            if (leftOut()) continue;
            for (String d : USUAL)
                for (Digested x : Digested.shortOnes(Hashing.ALL.get(d).of(w.bytes())))
                    digest(w, true, d, x);
            iterated(w);
        }
        List<byte[]> some =
                hashed.stream()
                        .filter(w -> !leftOut() && !w.id().equals("location[0]"))
                        .map(Written::bytes)
                        .toList();
        Map<ByteBuffer, byte[]> xx = Hashing.xxh64(some);
        for (Written w : hashed) {
            byte[] raw = xx.get(ByteBuffer.wrap(w.bytes()));
            if (raw != null)
                for (Digested x : Digested.of(raw)) digest(w, canonical.contains(w), "xxh64", x);
        }
        joined(canonical);
    }

    /** Digests of digests, and of what encodes the value. */
    private void iterated(Written w) {

        for (String outer : USUAL) {
            Hashing.Function o = Hashing.ALL.get(outer);
            writings(w.bytes())
                    .forEach((label, bytes) -> {
                        if (!label.equals("raw"))
                            digest(w, true, label + " > " + outer, next(Digested.of(o.of(bytes))));
                    });
            for (String inner : USUAL)
                writings(Hashing.ALL.get(inner).of(w.bytes()))
                        .forEach((label, bytes) ->
                                digest(
                                        w,
                                        true,
                                        inner + " > " + label + " > " + outer,
                                        next(Digested.of(o.of(bytes)))));
        }
    }

    private static Map<String, byte[]> writings(byte[] b) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("raw", b);
        all.put("hex", HexFormat.of().formatHex(b).getBytes(ISO_8859_1));
        String upper = HexFormat.of().withUpperCase().formatHex(b);
        if (!upper.chars().allMatch(Character::isDigit))
            all.put("upper-case hex", upper.getBytes(ISO_8859_1));
        all.put("base64", Base64.getEncoder().encode(b));
        return all;
    }

    private static final List<String> JOINED =
            List.of(
                    "imei",
                    "imsi",
                    "iccid",
                    "msisdn",
                    "android_id",
                    "advertising_id",
                    "serial",
                    "wifi_mac",
                    "model",
                    "email",
                    "account");

    private void joined(List<Written> canonical) {
        List<Written> some =
                canonical.stream().filter(w -> JOINED.contains(FreshPersona.kind(w.id()))).toList();
        for (Written a : some)
            for (Written b : some) {
                if (a == b) continue;
                for (String s : List.of("", "-", "_", ":", "|", ",", ".")) {
                    if (leftOut()) continue;
                    String d = next(List.of("md5", "sha1", "sha256"));
                    byte[] bytes =
                            Hashing.ALL
                                    .get(d)
                                    .of(Body.join("", Body.join("", a.bytes(), s), b.string()));
                    Digested x = next(Digested.of(bytes));
                    String form =
                            "joined"
                                    + (s.isEmpty() ? "" : " by " + s)
                                    + " > "
                                    + d
                                    + " > "
                                    + x.label();
                    carried(
                            List.of(a.id(), b.id()),
                            true,
                            "uid",
                            Set.of(form),
                            new Coat.Coated(x.bytes(), List.of(), x.text()),
                            form);
                }
            }
    }

    private void digest(Written w, boolean canonical, String digest, Digested x) {
        Set<String> forms = new TreeSet<>();
        for (String f : w.forms())
            forms.add((canonical ? "" : f + " > ") + digest + " > " + x.label());
        // A name may be that of the canonical form although it is another.
        if (!canonical) forms.add(digest + " > " + x.label());
        Coat.Coated c = new Coat.Coated(x.bytes(), List.of(), x.text());
        // Eight bytes in a thousand times are text, in which nobody looks for bytes.
        if (!x.text() && Body.isText(x.bytes())) return;
        // Once in thousands the beginning of a digest has no letter: a number, to who reads it.
        if (x.label().startsWith("hex > first") && new String(x.bytes(), UTF_8).matches("\\d+"))
            return;
        // A digest tells no more than what was hashed.
        boolean strong =
                w.strong() && (x.isWord() || !MODERATE.contains(FreshPersona.kind(w.id())));
        carried(List.of(w.id()), strong && !x.weak(), w.key(), forms, c, digest + " " + x.label());
    }

    // ----------------------------------------------------------------------------------- carrying

    private void carried(Written w, Set<String> forms, Coat.Coated c, String dress) {
        carried(List.of(w.id()), w.strong(), w.key(), forms, c, dress);
    }

    /** In the next carrier that takes it. */
    private void carried(
            List<String> ids,
            boolean strong,
            String key,
            Set<String> forms,
            Coat.Coated c,
            String dress) {
        int ways = Carrier.VALUES.size() + Body.ALL.size();
        for (int i = 0; i < ways; i++) {
            int k = turn++ % ways;
            int before = cases.size();
            if (k < Carrier.VALUES.size())
                value(ids, strong, key, forms, c, Carrier.VALUES.get(k), dress);
            else
                body(
                        ids,
                        strong,
                        key,
                        forms,
                        c,
                        Body.ALL.get(k - Carrier.VALUES.size()),
                        next(Carrier.BODIES),
                        List.of(),
                        dress);
            if (cases.size() > before) return;
        }
        throw new AssertionError("nothing carries " + dress + " of " + ids);
    }

    private void value(Written w, Set<String> forms, Coat.Coated c, Carrier carrier, String dress) {
        value(List.of(w.id()), w.strong(), w.key(), forms, c, carrier, dress);
    }

    private void value(
            List<String> ids,
            boolean strong,
            String key,
            Set<String> forms,
            Coat.Coated c,
            Carrier carrier,
            String dress) {
        if (!carrier.takes().test(c) || !strong && !carrier.keyed()) return;
        if (WITHIN.contains(carrier.name()) && !c.chain().isEmpty() && c.bytes().length < 16)
            return;
        String k = strong && random.nextBoolean() ? "v" : key;
        List<String> chain = Body.chain(carrier.chain().of(c.bytes()), c.chain());
        cases.add(
                new Case(
                        ids,
                        forms,
                        chain,
                        what(ids, forms, dress, carrier.name()),
                        host -> carrier.maker().talk(host, k, "", c.bytes())));
    }

    private void body(
            Written w,
            Set<String> forms,
            Coat.Coated c,
            Body body,
            Carrier carrier,
            List<Coat> coats,
            String dress) {
        body(List.of(w.id()), w.strong(), w.key(), forms, c, body, carrier, coats, dress);
    }

    private void body(
            List<String> ids,
            boolean strong,
            String key,
            Set<String> forms,
            Coat.Coated c,
            Body body,
            Carrier carrier,
            List<Coat> coats,
            String dress) {
        if (!body.takes().test(c) || !strong && !body.keyed()) return;
        // Impossible: short words of a longer text, each of which would have to be decoded.
        if (WITHIN.contains(body.name()) && !c.chain().isEmpty() && c.bytes().length < 16) return;
        // Impossible: raw values in messages of which nothing is announced.
        boolean announced = carrier.name().startsWith("http") && coats.isEmpty();
        boolean reads = c.text() && (!body.name().equals("cbor") || c.bytes().length >= 24);
        if (PACKED.contains(body.name()) && !reads && !announced) return;
        // By its media type alone.
        if (body.name().equals("grpc") && !announced) return;
        String k = strong && random.nextBoolean() ? "v" : key;
        byte[] plain = body.maker().make(k, c.bytes());
        Coat.Coated whole = Coat.stack(plain, coats);
        List<String> inner = Body.chain(body.chain().of(c.bytes()), c.chain());
        List<String> chain = Body.chain(whole.chain(), inner);
        String media = coats.isEmpty() ? body.media() : "application/octet-stream";
        cases.add(
                new Case(
                        ids,
                        forms,
                        chain,
                        what(ids, forms, dress, body.name() + " by " + carrier.name()),
                        host -> carrier.maker().talk(host, k, media, whole.bytes())));
    }

    private static String what(List<String> ids, Set<String> forms, String dress, String carrier) {
        return ids + " " + forms + (dress.isEmpty() ? "" : ", " + dress) + ", in " + carrier;
    }

    private <T> T next(List<T> all) {
        return all.get(turn++ % all.size());
    }
}
