package dev.telltale.analyze.http2;

import dev.telltale.analyze.Authority;
import dev.telltale.analyze.Context;
import dev.telltale.model.Hint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the fields of a head mean, in HTTP/2 (RFC 9113 8.3) and HTTP/3 (RFC 9114 4.3) alike. */
public final class Heads {
    private Heads() {}

    /**
     * What a request asks for.
     *
     * @param target byte for byte as sent
     * @param targetField the field it stands in, -1 for none
     */
    public record Request(
            String method, String scheme, String host, int port, byte[] target, int targetField) {}

    /**
     * @param scheme where none is named
     */
    public static Request request(Context context, Fields f, String scheme, int port) {
        int k = f.find(":method");
        String method = k < 0 ? "" : text(context, f, k);
        k = f.find(":scheme");
        String named =
                k < 0 || f.length(k) > 16 ? scheme : text(context, f, k).toLowerCase(Locale.ROOT);
        int authority = f.find(":authority");
        if (authority < 0) authority = f.find("host");
        Authority a = Authority.NONE;
        if (authority >= 0) {
            byte[] v = f.value(authority);
            int to = f.from(authority) + f.length(authority);
            int from = to;
            while (from > f.from(authority) && v[from - 1] != '@') from--;
            a = Authority.of(context, v, from, to, -1);
        }
        String host = a.host().isEmpty() ? context.serverName() : a.host();
        int path = target(f);
        byte[] target =
                path < 0
                        ? new byte[0]
                        : Arrays.copyOfRange(
                                f.value(path), f.from(path), f.from(path) + f.length(path));
        return new Request(method, named, host, a.port() >= 0 ? a.port() : port, target, path);
    }

    /**
     * The field that says what is asked for, -1 for none. CONNECT names nothing but the authority
     * (RFC 9113 8.5, RFC 9114 4.4).
     */
    public static int target(Fields f) {
        int path = f.find(":path");
        if (path >= 0) return path;
        int method = f.find(":method");
        return method >= 0 && f.is(method, "CONNECT") ? f.find(":authority") : -1;
    }

    /**
     * As what a field of a head is told; empty where the exchange itself says it. A host has the
     * same place under every version of HTTP.
     */
    public static String told(String name) {
        return switch (name) {
            case ":method", ":scheme", ":status" -> "";
            case ":authority" -> "host";
            default -> name;
        };
    }

    /**
     * Puts a mark behind the name of a field whose value is cut, where the part that is there would
     * make another request of it, or another body: it is told as any field is.
     */
    public static void mark(Fields f, int k) {
        String name = f.names[k];
        if (name.startsWith(":") || name.startsWith("content-") || name.equals("host"))
            f.names[k] = name + "\u2026";
    }

    /** An answer that another one follows (RFC 9110 15.2). */
    public static boolean interim(Fields f) {
        return status(f, '1');
    }

    /** What was asked for is so (RFC 9110 15.3). */
    public static boolean successful(Fields f) {
        return status(f, '2');
    }

    /** The status code, 0 where there is none. */
    public static int status(Fields f) {
        int k = f.find(":status");
        if (k < 0 || f.length(k) != 3) return 0;
        int code = 0;
        for (int i = 0; i < 3; i++) {
            int digit = f.value(k)[f.from(k) + i] - '0';
            if (digit < 0 || digit > 9) return 0;
            code = 10 * code + digit;
        }
        return code;
    }

    private static boolean status(Fields f, char first) {
        int k = f.find(":status");
        return k >= 0 && f.length(k) == 3 && f.value(k)[f.from(k)] == first;
    }

    /** What the fields say of the body. */
    public static Hint hint(Context context, Fields f) {
        int type = f.find("content-type");
        int length = f.find("content-length");
        List<String> codings = List.of();
        for (int k = 0; k < f.count; k++)
            if (f.names[k].equals("content-encoding") && f.length(k) < 1024) {
                if (codings.isEmpty()) codings = new ArrayList<>(2);
                for (String c : text(context, f, k).split(",", 16)) coding(codings, c);
            }
        int messages = f.find("grpc-encoding");
        if (type < 0 && length < 0 && codings.isEmpty()) return Hint.NONE;
        return new Hint(
                type < 0 ? "" : text(context, f, type),
                List.copyOf(codings),
                length < 0 ? -1 : number(f, length),
                messages < 0 || f.length(messages) > 64 ? "" : text(context, f, messages));
    }

    private static void coding(List<String> all, String name) {
        String c = name.strip().toLowerCase(Locale.ROOT);
        switch (c) {
            case "", "identity", "none" -> {}
            case "x-gzip" -> all.add("gzip");
            case "x-compress" -> all.add("compress");
            default -> all.add(c);
        }
    }

    private static long number(Fields f, int k) {
        byte[] b = f.value(k);
        long n = 0;
        if (f.length(k) == 0 || f.length(k) > 18) return -1;
        for (int i = 0; i < f.length(k); i++) {
            int digit = b[f.from(k) + i] - '0';
            if (digit < 0 || digit > 9) return -1;
            n = 10 * n + digit;
        }
        return n;
    }

    private static String text(Context context, Fields f, int k) {
        return context.name(f.value(k), f.from(k), f.length(k));
    }
}
