package dev.telltale.audit;

import dev.telltale.identify.IdentifierKinds;
import dev.telltale.model.Form;
import dev.telltale.model.Identifier;
import dev.telltale.model.PartKind;
import java.util.List;

/** A sighting in one line: what matched, how it was dressed, where it stood. Holds no value. */
final class Explain {
    private Explain() {}

    /**
     * @param salt what went into a digest beside the value, in words, or empty
     * @param part the place's last section: part, key and keys inside, ids and identifiers replaced
     */
    static String sighting(
            Identifier who,
            Form form,
            int matched,
            String salt,
            List<String> chain,
            PartKind kind,
            String part) {
        StringBuilder s = new StringBuilder();
        // "md5 > hex > sha1": SHA-1 of the hex MD5 of ...
        List<String> steps =
                form.digest().isEmpty() ? List.of() : List.of(form.digest().split(" > "));
        for (int i = steps.size() - 1; i >= 0; i--) {
            boolean outermost = i == steps.size() - 1;
            String title = IdentifierKinds.digestTitle(steps.get(i));
            if (outermost) {
                s.append(title).append(" of ");
            } else if (i > 0) {
                s.append("the ").append(title).append(' ');
                s.append(IdentifierKinds.digestTitle(steps.get(--i))).append(" of ");
            } else {
                s.append("the ").append(title).append(" of ");
            }
        }
        s.append(KindWords.your(who));
        s.append(" (").append(form.normal()).append(')');
        if (!salt.isEmpty()) s.append(", ").append(salt);
        if (!form.encoding().isEmpty()) s.append(", ").append(form.encoding());
        if (matched < form.full()) {
            s.append(", first ")
                    .append(matched)
                    .append(form.encoding().equals("raw") ? " bytes" : " characters");
        }
        String before = ", inside ";
        for (int i = chain.size() - 1; i >= 0; i--) {
            if (STRUCTURE.contains(chain.get(i))) continue;
            s.append(before).append(chain.get(i));
            before = " in ";
        }
        return s.append(", in ").append(where(kind, part)).toString();
    }

    /** Decoders that only take structure apart; they dress nothing. */
    static final List<String> STRUCTURE =
            List.of(
                    "json",
                    "form",
                    "multipart",
                    "percent",
                    "text",
                    "grpc",
                    "protobuf",
                    "cbor",
                    "msgpack",
                    "bplist",
                    "xml",
                    "entities",
                    "mime",
                    "tar",
                    "int",
                    "csv",
                    "bson",
                    "thrift",
                    "avro",
                    "der",
                    "sqlite",
                    "exif",
                    "degrees",
                    "int-be",
                    "int-le",
                    "int-zigzag",
                    "int-varint",
                    "double",
                    "double-be",
                    "double-le",
                    "float",
                    "float-be",
                    "float-le");

    /** A step that a key of the persona undid is named {@code cipher(key)}. */
    static boolean opened(String step) {
        return step.endsWith(")");
    }

    private static String where(PartKind kind, String part) {
        if (part.contains(" + ")) return "pieces: " + part;
        String rest = part.substring(kind.label().length());
        String key = "";
        if (rest.startsWith("[") && !rest.startsWith("[]") && rest.indexOf(']') > 0) {
            key = " " + rest.substring(1, rest.indexOf(']'));
            rest = rest.substring(rest.indexOf(']') + 1);
        }
        String what =
                switch (kind) {
                    case TARGET -> "the request target";
                    case PATH -> "the path";
                    case QUERY -> "query parameter" + key;
                    case HEADER -> "header" + key;
                    case COOKIE -> "cookie" + key;
                    case BODY -> "the body";
                    case FRAME -> "the payload";
                    case NAME -> "the name";
                };
        if (rest.startsWith(".")) rest = rest.substring(1);
        return rest.isEmpty() ? what : what + ", field " + rest;
    }
}
