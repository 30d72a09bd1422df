package dev.telltale.judge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML 1.2 document as it is written: scalars stay text, every complaint has its line and column,
 * and a key that nobody knows is an error, because what is silently left out is silently not
 * applied.
 */
final class YamlTree {

    private static final int MOST_BYTES = 4 << 20;

    /** Aliases can make a small file large: what is taken out of it is counted. */
    private static final int MOST_ITEMS = 200_000;

    private final String file;
    private int items;

    private YamlTree(String file) {
        this.file = file;
    }

    /**
     * @param file name for messages
     * @param yaml UTF-8, one document
     * @param what the document is, for messages
     */
    static Value read(String file, byte[] yaml, String what) throws InvalidFile {
        return new YamlTree(file).read(yaml, what);
    }

    private Value read(byte[] yaml, String what) throws InvalidFile {
        if (yaml.length > MOST_BYTES) throw at(1, 1, "larger than " + (MOST_BYTES >> 20) + " MB");
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(file)
                        .setUseMarks(true)
                        .setCodePointLimit(MOST_BYTES)
                        .build();
        try {
            List<Node> documents = new ArrayList<>();
            for (Node node : new Compose(settings).composeAllFromString(text(yaml))) {
                documents.add(node);
                if (documents.size() > 1)
                    throw wrong(node, "a second document: a file holds one " + what);
            }
            if (documents.isEmpty()) throw at(1, 1, "empty: expected a " + what);
            return new Value(documents.getFirst(), what);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw at(
                    mark.map(Mark::getLine).orElse(0) + 1,
                    mark.map(Mark::getColumn).orElse(0) + 1,
                    "not YAML: " + oneLine(String.valueOf(e.getProblem())));
        } catch (YamlEngineException e) {
            throw at(1, 1, "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            throw at(1, 1, "not a " + what + ": nested too deep");
        }
    }

    private String text(byte[] yaml) throws InvalidFile {
        try {
            String s = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
            return s.startsWith("\ufeff") ? s.substring(1) : s;
        } catch (CharacterCodingException e) {
            throw at(1, 1, "not UTF-8 text");
        }
    }

    private InvalidFile at(int line, int column, String text) {
        return new InvalidFile(file, line, column, text);
    }

    private InvalidFile wrong(Node node, String text) {
        Optional<Mark> mark = node.getStartMark();
        return at(
                mark.map(Mark::getLine).orElse(0) + 1,
                mark.map(Mark::getColumn).orElse(0) + 1,
                text);
    }

    interface From<T> {
        T read(Value value) throws InvalidFile;
    }

    /** A value and what it is called in messages. */
    final class Value {

        private final Node node;
        private final String name;

        private Value(Node node, String name) {
            this.node = node;
            this.name = name;
        }

        InvalidFile wrong(String text) {
            return YamlTree.this.wrong(node, text);
        }

        /** Nothing, {@code ~} or {@code null}. */
        boolean isNull() {
            return node instanceof ScalarNode s
                    && s.isPlain()
                    && (s.getValue().isEmpty()
                            || s.getValue().equals("~")
                            || s.getValue().equals("null"));
        }

        /** As written. */
        String text() throws InvalidFile {
            if (node instanceof ScalarNode s) return isNull() ? "" : s.getValue();
            throw wrong(name + " wants a single value, not a " + shape());
        }

        String oneOf(List<String> known) throws InvalidFile {
            String text = text();
            if (known.contains(text)) return text;
            throw wrong(name + " is one of " + String.join(", ", known) + suggestion(text, known));
        }

        /** As {@link #oneOf}, whatever the case; returned as it is known. */
        String oneOfAnyCase(List<String> known) throws InvalidFile {
            String text = text();
            for (String k : known) if (k.equalsIgnoreCase(text)) return k;
            return oneOf(known);
        }

        double number() throws InvalidFile {
            try {
                double number = Double.parseDouble(text());
                if (Double.isFinite(number)) return number;
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw wrong(name + " is a number");
        }

        /** The entries of a mapping whose keys are the writer's own. */
        Map<String, Value> entries() throws InvalidFile {
            if (!(node instanceof MappingNode mapping)) throw wrong(name + " wants a mapping");
            Map<String, Value> entries = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                count(tuple.getKeyNode());
                if (!(tuple.getKeyNode() instanceof ScalarNode key))
                    throw YamlTree.this.wrong(
                            tuple.getKeyNode(), "a key of " + name + " is not a word");
                if (entries.put(key.getValue(), new Value(tuple.getValueNode(), key.getValue()))
                        != null)
                    throw YamlTree.this.wrong(key, "duplicate key '" + shown(key.getValue()) + "'");
            }
            return entries;
        }

        /** A list's items; one value alone stands for a list of one, nothing for an empty list. */
        <T> List<T> list(From<T> from) throws InvalidFile {
            List<T> all = new ArrayList<>();
            if (node instanceof SequenceNode sequence) {
                for (Node item : sequence.getValue()) {
                    count(item);
                    all.add(from.read(new Value(item, name)));
                }
            } else if (!isNull()) {
                all.add(from.read(this));
            }
            return List.copyOf(all);
        }

        /** The fields of a mapping, of which all must be known. */
        Fields fields(String... known) throws InvalidFile {
            List<String> names = List.of(known);
            Map<String, Value> fields = new LinkedHashMap<>();
            if (isNull()) return new Fields(this, fields);
            if (!(node instanceof MappingNode mapping))
                throw wrong(name + " wants a mapping with " + String.join(", ", names));
            for (NodeTuple tuple : mapping.getValue()) {
                count(tuple.getKeyNode());
                if (!(tuple.getKeyNode() instanceof ScalarNode key))
                    throw YamlTree.this.wrong(
                            tuple.getKeyNode(), "a key of " + name + " is not a word");
                String k = key.getValue();
                if (!names.contains(k)) {
                    throw YamlTree.this.wrong(
                            key,
                            "unknown key '" + shown(k) + "' in " + name + suggestion(k, names));
                }
                if (fields.put(k, new Value(tuple.getValueNode(), k)) != null)
                    throw YamlTree.this.wrong(key, "duplicate key '" + shown(k) + "'");
            }
            return new Fields(this, fields);
        }

        private void count(Node where) throws InvalidFile {
            if (++items > MOST_ITEMS)
                throw YamlTree.this.wrong(where, "more than " + MOST_ITEMS + " items");
        }

        private String shape() {
            return node instanceof SequenceNode ? "list" : "mapping";
        }
    }

    /** The known fields of a mapping. */
    static final class Fields {

        private final Value of;
        private final Map<String, Value> fields;

        private Fields(Value of, Map<String, Value> fields) {
            this.of = of;
            this.fields = fields;
        }

        InvalidFile wrong(String text) {
            return of.wrong(text);
        }

        boolean hasAny(String name) {
            return optional(name).isPresent();
        }

        Optional<Value> optional(String name) {
            return Optional.ofNullable(fields.get(name)).filter(v -> !v.isNull());
        }

        Value required(String name) throws InvalidFile {
            Optional<Value> value = optional(name);
            if (value.isEmpty()) throw of.wrong(of.name + " wants " + name);
            return value.get();
        }

        /** Empty where there is none. */
        String text(String name) throws InvalidFile {
            Optional<Value> value = optional(name);
            return value.isPresent() ? value.get().text() : "";
        }

        <T> List<T> list(String name, From<T> from) throws InvalidFile {
            Optional<Value> value = optional(name);
            return value.isPresent() ? value.get().list(from) : List.of();
        }
    }

    /** A file's name without folder and ending. */
    static String nameOf(String file) {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
                .replaceFirst("\\.(ya?ml|json)$", "");
    }

    private static String oneLine(String s) {
        return s.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }

    private static String shown(String key) {
        String k = oneLine(key);
        return k.length() <= 40 ? k : k.substring(0, 40) + "...";
    }

    /** {@code . Did you mean 'x'?}, where a known word is a slip or two away. */
    static String suggestion(String word, List<String> known) {
        String w = word.toLowerCase(Locale.ROOT);
        if (w.length() > 40) return "";
        return known.stream()
                .filter(k ->
                        Math.min(distance(w, k), distance(w.replace('-', '_'), k))
                                <= Math.clamp(k.length() / 3, 1, 2))
                .min(Comparator.comparingInt(k -> distance(w, k)))
                .map(k -> ". Did you mean '" + k + "'?")
                .orElse("");
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) d[i][0] = i;
        for (int j = 0; j <= b.length(); j++) d[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1))
                    d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
            }
        }
        return d[a.length()][b.length()];
    }
}
