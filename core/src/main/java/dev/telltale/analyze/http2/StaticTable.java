package dev.telltale.analyze.http2;

import java.nio.charset.StandardCharsets;

/**
 * The static table of HPACK (<a href="https://www.rfc-editor.org/rfc/rfc7541#appendix-A">RFC 7541
 * appendix A</a>): entries 1 to 61.
 */
final class StaticTable {
    private static final String[] ENTRIES = {
        ":authority",
        ":method: GET",
        ":method: POST",
        ":path: /",
        ":path: /index.html",
        ":scheme: http",
        ":scheme: https",
        ":status: 200",
        ":status: 204",
        ":status: 206",
        ":status: 304",
        ":status: 400",
        ":status: 404",
        ":status: 500",
        "accept-charset",
        "accept-encoding: gzip, deflate",
        "accept-language",
        "accept-ranges",
        "accept",
        "access-control-allow-origin",
        "age",
        "allow",
        "authorization",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "cookie",
        "date",
        "etag",
        "expect",
        "expires",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authorization",
        "range",
        "referer",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "www-authenticate"
    };

    static final int SIZE = ENTRIES.length;

    /** By index; the first place is empty. */
    static final String[] NAMES = new String[SIZE + 1];

    static final byte[][] VALUES = new byte[SIZE + 1][];

    static {
        NAMES[0] = "";
        VALUES[0] = new byte[0];
        for (int i = 1; i <= SIZE; i++) {
            String entry = ENTRIES[i - 1];
            int colon = entry.indexOf(": ");
            NAMES[i] = colon < 0 ? entry : entry.substring(0, colon);
            VALUES[i] =
                    (colon < 0 ? "" : entry.substring(colon + 2))
                            .getBytes(StandardCharsets.US_ASCII);
        }
    }

    private StaticTable() {}
}
