package dev.telltale.report;

import dev.telltale.report.AuditJsonReader.Malformed;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A small JSON value in memory, which knows where in the document it stands. */
sealed interface JsonTree {

    record Null() implements JsonTree {}

    record Flag(boolean value) implements JsonTree {}

    record Whole(long value) implements JsonTree {}

    record Decimal(double value) implements JsonTree {}

    record Text(String value) implements JsonTree {}

    record Items(List<JsonTree> items) implements JsonTree {}

    /** Reads the value the parser stands on. */
    static JsonTree value(JsonParser json, String path) throws Malformed {
        JsonToken token = json.currentToken();
        return switch (token) {
            case VALUE_NULL -> new Null();
            case VALUE_TRUE -> new Flag(true);
            case VALUE_FALSE -> new Flag(false);
            case VALUE_NUMBER_INT -> new Whole(json.getLongValue());
            case VALUE_NUMBER_FLOAT -> new Decimal(json.getDoubleValue());
            case VALUE_STRING -> new Text(json.getString());
            case START_ARRAY -> {
                List<JsonTree> items = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY)
                    items.add(value(json, path + "[" + items.size() + "]"));
                yield new Items(items);
            }
            case START_OBJECT -> fields(json, path);
            default -> throw new Malformed(path + ": cut short");
        };
    }

    /** Reads the object the parser stands on. */
    static Fields fields(JsonParser json, String path) throws Malformed {
        if (json.currentToken() != JsonToken.START_OBJECT)
            throw new Malformed(path + ": not an object");
        Fields fields = new Fields(path);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            fields.put(name, value(json, path + "." + name));
        }
        return fields;
    }

    interface From<T> {
        T read(Fields fields) throws Malformed;
    }

    /** An object, read by name. */
    final class Fields implements JsonTree {

        private final String path;
        private final Map<String, JsonTree> values = new HashMap<>();

        Fields(String path) {
            this.path = path;
        }

        void put(String name, JsonTree value) {
            values.put(name, value);
        }

        /** Empty where the field is missing or null. */
        Optional<JsonTree> optional(String name) {
            return Optional.ofNullable(values.get(name)).filter(v -> !(v instanceof Null));
        }

        private JsonTree required(String name) throws Malformed {
            return optional(name).orElseThrow(() -> wrong(name, "missing"));
        }

        private Malformed wrong(String name, String how) {
            return new Malformed((path.isEmpty() ? name : path + "." + name) + ": " + how);
        }

        Fields object(String name) throws Malformed {
            if (required(name) instanceof Fields fields) return fields;
            throw wrong(name, "not an object");
        }

        String text(String name) throws Malformed {
            if (required(name) instanceof Text text) return text.value();
            throw wrong(name, "not a string");
        }

        String text(String name, String ifMissing) throws Malformed {
            return optional(name).isPresent() ? text(name) : ifMissing;
        }

        long number(String name) throws Malformed {
            if (required(name) instanceof Whole whole) return whole.value();
            throw wrong(name, "not a whole number");
        }

        long number(String name, long ifMissing) throws Malformed {
            return optional(name).isPresent() ? number(name) : ifMissing;
        }

        int small(String name) throws Malformed {
            long value = number(name);
            if (value != (int) value) throw wrong(name, "out of range");
            return (int) value;
        }

        OptionalInt optionalInt(String name) throws Malformed {
            return optional(name).isPresent() ? OptionalInt.of(small(name)) : OptionalInt.empty();
        }

        double decimal(String name) throws Malformed {
            return switch (required(name)) {
                case Decimal decimal -> decimal.value();
                case Whole whole -> whole.value();
                default -> throw wrong(name, "not a number");
            };
        }

        boolean flag(String name) throws Malformed {
            if (required(name) instanceof Flag flag) return flag.value();
            throw wrong(name, "neither true nor false");
        }

        Optional<Boolean> optionalFlag(String name) throws Malformed {
            return optional(name).isPresent() ? Optional.of(flag(name)) : Optional.empty();
        }

        Instant instant(String name) throws Malformed {
            try {
                return Instant.parse(text(name));
            } catch (DateTimeException e) {
                throw wrong(name, "not a time like 2014-08-07T10:01:00.123456Z");
            }
        }

        Optional<Instant> optionalInstant(String name) throws Malformed {
            return optional(name).isPresent() ? Optional.of(instant(name)) : Optional.empty();
        }

        /** Enum constants are written in upper or lower case, by the contract. */
        <E extends Enum<E>> E oneOf(String name, Class<E> type) throws Malformed {
            return oneOf(name, text(name), type);
        }

        <E extends Enum<E>> List<E> listOf(String name, Class<E> type) throws Malformed {
            List<E> all = new ArrayList<>();
            for (String text : texts(name)) all.add(oneOf(name, text, type));
            return List.copyOf(all);
        }

        private <E extends Enum<E>> E oneOf(String name, String text, Class<E> type)
                throws Malformed {
            for (E constant : type.getEnumConstants()) {
                if (text.equals(constant.name())
                        || text.equals(constant.name().toLowerCase(Locale.ROOT))) return constant;
            }
            throw wrong(name, "unknown value \"" + text + "\"");
        }

        private List<JsonTree> items(String name) throws Malformed {
            if (required(name) instanceof Items items) return items.items();
            throw wrong(name, "not an array");
        }

        <T> List<T> list(String name, From<T> read) throws Malformed {
            List<T> all = new ArrayList<>();
            for (JsonTree item : items(name)) {
                if (!(item instanceof Fields fields)) throw wrong(name, "holds more than objects");
                all.add(read.read(fields));
            }
            return List.copyOf(all);
        }

        /** A field that came later: audits of older versions do not have it. */
        <T> List<T> optionalList(String name, From<T> read) throws Malformed {
            return optional(name).isPresent() ? list(name, read) : List.of();
        }

        List<String> texts(String name) throws Malformed {
            List<String> all = new ArrayList<>();
            for (JsonTree item : items(name)) {
                if (!(item instanceof Text text)) throw wrong(name, "holds more than strings");
                all.add(text.value());
            }
            return List.copyOf(all);
        }

        List<Long> numbers(String name) throws Malformed {
            return numbers(name, items(name));
        }

        private List<Long> numbers(String name, List<JsonTree> items) throws Malformed {
            List<Long> all = new ArrayList<>();
            for (JsonTree item : items) {
                if (!(item instanceof Whole whole))
                    throw wrong(name, "holds more than whole numbers");
                all.add(whole.value());
            }
            return List.copyOf(all);
        }

        List<List<Long>> pairs(String name) throws Malformed {
            List<List<Long>> all = new ArrayList<>();
            for (JsonTree item : items(name)) {
                if (!(item instanceof Items pair) || pair.items().size() != 2)
                    throw wrong(name, "holds more than [start, length] pairs");
                all.add(numbers(name, pair.items()));
            }
            return all;
        }

        /** All fields, each a string. */
        Map<String, String> texts() throws Malformed {
            Map<String, String> all = new TreeMap<>();
            for (String name : values.keySet()) all.put(name, text(name));
            return all;
        }
    }
}
