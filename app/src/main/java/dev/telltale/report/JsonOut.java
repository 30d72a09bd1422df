package dev.telltale.report;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** What the JSON documents are made of: the same values give the same bytes. */
class JsonOut {

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .streamWriteConstraints(
                            StreamWriteConstraints.builder().maxNestingDepth(32).build())
                    .build();

    final JsonGenerator json;
    final JsonLayout layout;
    private final Timestamps timestamps = new Timestamps();

    JsonOut(JsonGenerator json, JsonLayout layout) {
        this.json = json;
        this.layout = layout;
    }

    /** UTF-8, ends with a line feed, leaves {@code out} open. */
    static void write(OutputStream out, BiConsumer<JsonGenerator, JsonLayout> document)
            throws IOException {
        JsonLayout layout = new JsonLayout();
        try (JsonGenerator json = JSON.createGenerator(layout.context(), out)) {
            document.accept(json, layout);
            json.writeRaw('\n');
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
    }

    void text(String name, String value) {
        json.writeStringProperty(name, wellFormed(value));
    }

    void texts(String name, List<String> values) {
        json.writeName(name);
        int before = layout.inline();
        json.writeStartArray();
        for (String value : values) json.writeString(wellFormed(value));
        json.writeEndArray();
        layout.restore(before);
    }

    /** Sorted by name: a map need not keep an order. */
    void texts(Map<String, String> values) {
        if (!values.isEmpty())
            new TreeMap<>(values).forEach((name, value) -> text(wellFormed(name), value));
    }

    void number(String name, OptionalInt value) {
        if (value.isPresent()) json.writeNumberProperty(name, value.getAsInt());
        else json.writeNullProperty(name);
    }

    void instant(String name, Instant value) {
        json.writeStringProperty(name, timestamps.micros(value));
    }

    void instant(String name, Optional<Instant> value) {
        if (value.isPresent()) instant(name, value.get());
        else json.writeNullProperty(name);
    }

    void object(String name, Runnable fields) {
        json.writeName(name);
        json.writeStartObject();
        fields.run();
        json.writeEndObject();
    }

    // What is written for every finding does without lambdas, which are slow until compiled.

    /** Begins an object on one line; returns what {@link #close} takes. */
    int open(String name) {
        json.writeName(name);
        return open();
    }

    int open() {
        int before = layout.inline();
        json.writeStartObject();
        return before;
    }

    void close(int before) {
        json.writeEndObject();
        layout.restore(before);
    }

    void line(String name, Runnable fields) {
        json.writeName(name);
        layout.inline(() -> {
            json.writeStartObject();
            fields.run();
            json.writeEndObject();
        });
    }

    /** One line an item. */
    <T> void list(String name, List<T> items, Consumer<T> fields) {
        json.writeName(name);
        json.writeStartArray();
        for (T item : items) {
            layout.inline(() -> {
                json.writeStartObject();
                fields.accept(item);
                json.writeEndObject();
            });
        }
        json.writeEndArray();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Captured text can hold half a surrogate pair, which UTF-8 cannot: it becomes U+FFFD. */
    static String wellFormed(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (Character.isSurrogate(s.charAt(i)))
                return s.codePoints()
                        .map(c ->
                                c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                                        ? 0xFFFD
                                        : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        }
        return s;
    }
}
