package dev.telltale.identify;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.telltale.bytes.codec.PayloadCipher;
import dev.telltale.model.Identifier;
import dev.telltale.model.Persona;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads a persona (YAML 1.2). Scalars are taken as written, whatever YAML would make of them:
 * {@code +91...}, {@code 0123} and {@code yes} stay text. What the format does not know is an error
 * with its line and column, because an identifier that is silently left out would be a leak
 * silently not found. A value that fails its kind's check is a warning and is searched for.
 */
public final class PersonaFile {
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_ENTRIES = 100_000;
    private static final int LONGEST_VALUE = 64 << 10;

    private static final List<String> TOP =
            List.of("persona", "region", "identifiers", "payload_keys");
    private static final List<String> CONTACT = List.of("name", "phone", "email");
    private static final List<String> SMS = List.of("peer", "direction", "text");
    private static final List<String> CALL = List.of("peer", "direction");
    private static final List<String> LOCATION = List.of("lat", "lon");
    private static final List<String> PAYLOAD_KEY = List.of("name", "cipher", "key", "iv");

    /**
     * Keys under {@code identifiers} that hold values of the kind of that name, in contract order,
     * up to the collections.
     */
    private static final List<String> SIMPLE =
            IdentifierKinds.names().stream()
                    .filter(k ->
                            !k.contains("contact_")
                                    && !k.endsWith("_peer")
                                    && !k.equals("sms_text"))
                    .filter(k -> !k.equals("app") && !k.equals("custom"))
                    .toList();

    private static final List<String> COLLECTIONS =
            List.of("contacts", "sms", "calls", "apps", "custom");
    private static final List<String> KEYS = new ArrayList<>(SIMPLE);

    static {
        KEYS.addAll(COLLECTIONS);
    }

    /**
     * @param warnings in the order of the entries
     */
    public record Loaded(Persona persona, List<Warning> warnings) {}

    /**
     * A value that does not look right and is searched for all the same.
     *
     * @param line 1-based
     * @param text names the identifier, never shows the value
     */
    public record Warning(int line, String text) {}

    private final String file;
    private final List<Persona.Entry> entries = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private String region = "";

    private PersonaFile(String file) {
        this.file = file;
    }

    /**
     * @param file name for messages, and of a persona that does not say its own
     * @param yaml UTF-8
     */
    public static Loaded read(String file, byte[] yaml) throws InvalidPersona {
        return new PersonaFile(file).read(yaml);
    }

    private Loaded read(byte[] yaml) throws InvalidPersona {
        Map<String, Node> top = fields(compose(yaml), "persona", TOP, "key");
        String name = top.containsKey("persona") ? scalar(top.get("persona"), "persona") : "";
        if (name.isBlank())
            name = file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.ya?ml$", "");
        Node regionNode = top.get("region");
        if (regionNode != null) region = region(regionNode);
        Node identifiers = top.get("identifiers");
        if (identifiers != null && !empty(identifiers)) identifiers(identifiers);
        if (entries.isEmpty())
            warnings.add(
                    new Warning(
                            identifiers == null ? 1 : line(identifiers),
                            "no identifiers: nothing will be found"));
        Node keys = top.get("payload_keys");
        List<Persona.PayloadKey> payloadKeys =
                keys == null || empty(keys) ? List.of() : payloadKeys(keys);
        return new Loaded(
                new Persona(name, region, List.copyOf(entries), payloadKeys),
                List.copyOf(warnings));
    }

    private Node compose(byte[] yaml) throws InvalidPersona {
        if (yaml.length > MOST_BYTES)
            throw new InvalidPersona(file, 1, 1, "larger than " + (MOST_BYTES >> 20) + " MB");
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(file)
                        .setUseMarks(true)
                        .setCodePointLimit(MOST_BYTES)
                        .setMaxAliasesForCollections(50)
                        .build();
        try {
            Iterable<Node> documents = new Compose(settings).composeAllFromString(text(yaml));
            List<Node> nodes = new ArrayList<>();
            for (Node node : documents) {
                if (!nodes.isEmpty())
                    throw wrong(node, "a second document: a file holds one persona");
                nodes.add(node);
            }
            if (nodes.isEmpty())
                throw new InvalidPersona(
                        file, 1, 1, "empty: expected persona, region and identifiers");
            return nodes.getFirst();
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw new InvalidPersona(
                    file,
                    mark.map(m -> m.getLine() + 1).orElse(1),
                    mark.map(m -> m.getColumn() + 1).orElse(1),
                    "not YAML: " + oneLine(String.valueOf(e.getProblem())));
        } catch (ReaderException e) {
            throw new InvalidPersona(
                    file,
                    1,
                    1,
                    "not YAML: a character that text does not hold (U+%04X)"
                            .formatted(e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw new InvalidPersona(
                    file, 1, 1, "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            throw new InvalidPersona(file, 1, 1, "not a persona: nested too deep");
        }
    }

    private String text(byte[] yaml) throws InvalidPersona {
        try {
            String s = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
            return s.startsWith("\ufeff") ? s.substring(1) : s;
        } catch (CharacterCodingException e) {
            int[] at = firstNotUtf8(yaml);
            throw new InvalidPersona(file, at[0], at[1], "not UTF-8 text");
        }
    }

    /** Line and column (in bytes) of the first byte that is not UTF-8. */
    private static int[] firstNotUtf8(byte[] yaml) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(yaml);
        decoder.decode(in, CharBuffer.allocate(yaml.length + 1), true);
        int line = 1;
        int column = 1;
        for (int i = 0; i < in.position(); i++) {
            column = yaml[i] == '\n' ? 1 : column + 1;
            if (yaml[i] == '\n') line++;
        }
        return new int[] {line, column};
    }

    private String region(Node node) throws InvalidPersona {
        String r = scalar(node, "region").strip().toUpperCase(Locale.ROOT);
        if (r.isEmpty()) return "";
        if (!PhoneNumberUtil.getInstance().getSupportedRegions().contains(r))
            throw wrong(node, "region is not an ISO 3166 country code of two letters");
        return r;
    }

    private void identifiers(Node node) throws InvalidPersona {
        Map<String, Node> kinds = fields(node, "identifiers", KEYS, "identifier kind");
        for (String kind : SIMPLE) {
            Node values = kinds.get(kind);
            if (values == null) continue;
            int i = 0;
            for (Node value : list(values)) {
                String id = kind + "[" + i++ + "]";
                if (!kind.equals("location")) add(id, kind, value);
                else location(id, value);
            }
        }
        for (String collection : COLLECTIONS) {
            Node values = kinds.get(collection);
            if (values == null || empty(values)) continue;
            if (collection.equals("custom")) custom(values);
            else {
                int i = 0;
                for (Node value : list(values))
                    member(collection, collection + "[" + i++ + "]", value);
            }
        }
    }

    private void member(String collection, String id, Node node) throws InvalidPersona {
        switch (collection) {
            case "contacts" -> {
                Map<String, Node> f = fields(node, id, CONTACT, "contact field");
                for (String field : CONTACT)
                    several(id + "." + field, "contact_" + field, f.get(field));
            }
            case "sms" -> {
                Map<String, Node> f = fields(node, id, SMS, "sms field");
                direction(f.get("direction"));
                several(id + ".peer", "sms_peer", f.get("peer"));
                several(id + ".text", "sms_text", f.get("text"));
            }
            case "calls" -> {
                Map<String, Node> f = fields(node, id, CALL, "call field");
                direction(f.get("direction"));
                several(id + ".peer", "call_peer", f.get("peer"));
            }
            default -> add(id, "app", node);
        }
    }

    private void custom(Node node) throws InvalidPersona {
        if (!(node instanceof MappingNode mapping))
            throw wrong(node, "custom wants names and values: {name: value}");
        for (Map.Entry<String, Node> e : pairs(mapping, "custom").entrySet()) {
            String name = e.getKey();
            if (!name.matches("[A-Za-z0-9_.-]{1,64}"))
                throw wrong(e.getValue(), "a custom name is up to 64 letters, digits, _ . and -");
            int i = 0;
            for (Node value : list(e.getValue()))
                add("custom." + name + "[" + i++ + "]", "custom", value);
        }
    }

    /** The first value has the id itself, further ones of the same field an index behind it. */
    private void several(String id, String kind, @Nullable Node values) throws InvalidPersona {
        if (values == null) return;
        int i = 0;
        for (Node value : list(values)) {
            add(i == 0 ? id : id + "[" + i + "]", kind, value);
            i++;
        }
    }

    private void direction(@Nullable Node node) throws InvalidPersona {
        if (node == null) return;
        String d = scalar(node, "direction");
        if (!d.equals("sent") && !d.equals("received"))
            throw wrong(node, "direction is sent or received");
    }

    private void location(String id, Node node) throws InvalidPersona {
        if (node instanceof ScalarNode) {
            add(id, "location", node);
            return;
        }
        Map<String, Node> f = fields(node, id, LOCATION, "location field");
        Node lat = f.get("lat");
        Node lon = f.get("lon");
        if (lat == null || lon == null) throw wrong(node, id + " wants lat and lon");
        add(id, "location", node, scalar(lat, "lat").strip() + "," + scalar(lon, "lon").strip());
    }

    private void add(String id, String kind, Node node) throws InvalidPersona {
        add(id, kind, node, scalar(node, id));
    }

    private void add(String id, String kindName, Node node, String value) throws InvalidPersona {
        if (value.isBlank()) {
            warnings.add(new Warning(line(node), id + ": empty, left out"));
            return;
        }
        if (value.length() > LONGEST_VALUE)
            throw wrong(node, id + " is longer than " + LONGEST_VALUE + " characters");
        if (entries.size() == MOST_ENTRIES)
            throw wrong(node, "more than " + MOST_ENTRIES + " identifiers");
        IdentifierKind kind = IdentifierKinds.named(kindName).orElseThrow();
        entries.add(
                new Persona.Entry(
                        new Identifier(id, kindName, kind.scope(), kind.personal()), value));
        kind.validator()
                .complaint(value, region)
                .ifPresent(c ->
                        warnings.add(
                                new Warning(
                                        line(node), id + ": " + c + "; searched for as written")));
    }

    private List<Persona.PayloadKey> payloadKeys(Node node) throws InvalidPersona {
        List<Persona.PayloadKey> keys = new ArrayList<>();
        for (Node item : list(node)) {
            Map<String, Node> f = fields(item, "payload_keys", PAYLOAD_KEY, "payload key field");
            Node name = f.get("name");
            Node cipher = f.get("cipher");
            Node key = f.get("key");
            if (name == null || cipher == null || key == null)
                throw wrong(item, "a payload key wants name, cipher and key");
            Node iv = f.get("iv");
            String named = scalar(cipher, "cipher");
            byte[] k = bytes(key, "key");
            byte[] v = iv == null ? new byte[0] : bytes(iv, "iv");
            PayloadCipher known =
                    PayloadCipher.of(named)
                            .orElseThrow(() ->
                                    wrong(
                                            cipher,
                                            "no such cipher: AES, DES, DESede or SM4 with /ECB, /CBC,"
                                                    + " /CTR or /GCM, RC4, ChaCha20,"
                                                    + " ChaCha20-Poly1305, XXTEA or RSA"));
            Optional<String> problem = known.problem(k, v);
            if (problem.isPresent()) throw wrong(key, problem.get());
            keys.add(new Persona.PayloadKey(scalar(name, "name"), named, k, v));
        }
        return List.copyOf(keys);
    }

    /** {@code hex:...}, {@code base64:...} (either alphabet), else the text itself. */
    private byte[] bytes(Node node, String what) throws InvalidPersona {
        String s = scalar(node, what).strip();
        try {
            if (s.startsWith("hex:"))
                return HexFormat.of().parseHex(s.substring(4).replaceAll("[\\s:]", ""));
            if (s.startsWith("base64:"))
                return Base64.getDecoder()
                        .decode(s.substring(7).strip().replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            throw wrong(node, what + " is not " + s.substring(0, s.indexOf(':')));
        }
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /** The fields of a mapping, only known ones. */
    private Map<String, Node> fields(Node node, String where, List<String> known, String what)
            throws InvalidPersona {
        if (!(node instanceof MappingNode mapping))
            throw wrong(
                    node,
                    where
                            + " wants a mapping with "
                            + String.join(", ", known.size() < 8 ? known : List.of("kinds")));
        Map<String, Node> fields = pairs(mapping, where);
        for (NodeTuple t : mapping.getValue()) {
            String key = ((ScalarNode) t.getKeyNode()).getValue();
            if (known.contains(key)) continue;
            throw wrong(
                    t.getKeyNode(),
                    "unknown " + what + " '" + shown(key) + "'." + hint(key, known));
        }
        return fields;
    }

    private Map<String, Node> pairs(MappingNode mapping, String where) throws InvalidPersona {
        Map<String, Node> pairs = new LinkedHashMap<>();
        for (NodeTuple t : mapping.getValue()) {
            if (!(t.getKeyNode() instanceof ScalarNode key))
                throw wrong(t.getKeyNode(), "a key of " + where + " is not a word");
            if (pairs.put(key.getValue(), t.getValueNode()) != null)
                throw wrong(key, "duplicate key '" + shown(key.getValue()) + "'");
        }
        return pairs;
    }

    private String scalar(Node node, String where) throws InvalidPersona {
        if (node instanceof ScalarNode s) return s.getValue();
        throw wrong(
                node,
                where
                        + " wants a single value, not a "
                        + (node instanceof SequenceNode ? "list" : "mapping"));
    }

    /** A list's items, or the one value itself. */
    private static List<Node> list(Node node) {
        if (node instanceof SequenceNode s) return s.getValue();
        return empty(node) ? List.of() : List.of(node);
    }

    /** True where nothing stands behind a key. */
    private static boolean empty(Node node) {
        return node instanceof ScalarNode s && s.isPlain() && s.getValue().isEmpty();
    }

    private InvalidPersona wrong(Node node, String text) {
        Optional<Mark> mark = node.getStartMark();
        return new InvalidPersona(
                file, line(node), mark.map(m -> m.getColumn() + 1).orElse(1), text);
    }

    private static int line(Node node) {
        return node.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    }

    private static String oneLine(String s) {
        return s.replaceAll("\\s+", " ").strip();
    }

    private static String shown(String key) {
        String k = oneLine(key);
        return k.length() <= 40 ? k : k.substring(0, 40) + "...";
    }

    private static String hint(String key, List<String> known) {
        String few = known.size() < 8 ? " Known: " + String.join(", ", known) : "";
        return nearest(key, known).map(n -> " Did you mean '" + n + "'?").orElse(few);
    }

    /** The known word that a slip or two away may have been meant. */
    private static Optional<String> nearest(String word, List<String> known) {
        String w = word.toLowerCase(Locale.ROOT).replace('-', '_');
        if (w.length() > 40) return Optional.empty();
        return known.stream()
                .filter(k ->
                        distance(w, k) <= Math.max(1, Math.min(2, k.length() / 3))
                                || k.replace("_", "").equals(w.replace("_", "")))
                .min(Comparator.comparingInt(k -> distance(w, k)));
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) d[i][0] = i;
        for (int j = 0; j <= b.length(); j++) d[0][j] = j;
        for (int i = 1; i <= a.length(); i++)
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swap =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swap) d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
            }
        return d[a.length()][b.length()];
    }
}
