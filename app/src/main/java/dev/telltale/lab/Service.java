package dev.telltale.lab;

import java.io.IOException;
import java.util.Map;

/** One virtual host of the vendor cloud. */
interface Service {
    /**
     * @param target as sent: path and query
     * @param headers names in lower case
     */
    record Request(String method, String target, Map<String, String> headers, byte[] body) {
        String host() {
            return headers.getOrDefault("host", "");
        }

        String path() {
            int q = target.indexOf('?');
            return q < 0 ? target : target.substring(0, q);
        }
    }

    /**
     * @param body before chunks and gzip
     */
    record Response(int status, String reason, String contentType, String body, Dress dress) {}

    /** How a body goes over the wire. */
    enum Dress {
        LENGTH,
        CHUNKED,
        GZIP
    }

    Response answer(Request request) throws IOException;

    static Response json(String body, Dress dress) {
        return new Response(200, "OK", "application/json; charset=utf-8", body, dress);
    }

    static Response notFound() {
        return new Response(404, "Not Found", "text/plain", "Not part of the lab.\n", Dress.LENGTH);
    }

    static Response refused(String why) {
        return new Response(
                403,
                "Forbidden",
                "application/json; charset=utf-8",
                "{\"result\":\"error\",\"code\":403,\"description\":\"" + why + "\"}",
                Dress.LENGTH);
    }
}
