package dev.telltale.capture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Writes tnetstrings as mitmproxy does: a dictionary's entries last first. */
final class TnetWriter {
    private TnetWriter() {}

    static byte[] dump(Object value) {
        return switch (value) {
            case null -> tagged(new byte[0], '~');
            case byte[] b -> tagged(b, ',');
            case String s -> tagged(s.getBytes(StandardCharsets.UTF_8), ';');
            case Boolean b -> tagged(b.toString().getBytes(StandardCharsets.US_ASCII), '!');
            case Double d -> tagged(d.toString().getBytes(StandardCharsets.US_ASCII), '^');
            case Number n -> tagged(n.toString().getBytes(StandardCharsets.US_ASCII), '#');
            case List<?> list -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                for (Object o : list) out.writeBytes(dump(o));
                yield tagged(out.toByteArray(), ']');
            }
            case Map<?, ?> map -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
                Collections.reverse(entries);
                for (Map.Entry<?, ?> e : entries) {
                    out.writeBytes(dump(e.getKey()));
                    out.writeBytes(dump(e.getValue()));
                }
                yield tagged(out.toByteArray(), '}');
            }
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    private static byte[] tagged(byte[] payload, char type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((payload.length + ":").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        out.write(type);
        return out.toByteArray();
    }
}
