package dev.telltale.capture;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the fields of one side of an entry say that the telling of the rest depends on. */
final class HarHead {
    private static final int LONGEST = 4096;

    final HarItems fields;

    /** Name and port of Host or :authority, without brackets; empty and 0 where not given. */
    String host = "";

    int port;
    String scheme = "";
    String mediaType = "";

    /** Content codings in the order applied, lower case, without identity. */
    List<String> codings = List.of();

    /** Content-Length, -1 where there is none. */
    long declared = -1;

    boolean chunked;

    /** Cookies are among the fields. */
    boolean cookies;

    HarHead(HarItems fields, HarNames names) {
        this.fields = fields;
        for (int i = 0; i < fields.size(); i++) {
            switch (names.of(fields, i).toLowerCase(Locale.ROOT)) {
                case "host" -> {
                    if (host.isEmpty()) authority(value(i));
                }
                case ":authority" -> authority(value(i));
                case ":scheme" -> scheme = value(i);
                case "cookie", "set-cookie" -> cookies = true;
                case "content-type" -> mediaType = value(i).strip();
                case "content-encoding" -> addCodings(value(i));
                case "content-length" -> {
                    byte[] v = value(i).strip().getBytes(StandardCharsets.ISO_8859_1);
                    declared = HarEntry.number(v, 0, v.length);
                }
                case "transfer-encoding" -> chunked = true;
                default -> {}
            }
        }
    }

    private void authority(String value) {
        byte[] b = ("x://" + value.strip()).getBytes(StandardCharsets.UTF_8);
        HarUrl url = HarUrl.of(b, 0, b.length);
        host = url.host();
        port = url.port();
    }

    private void addCodings(String value) {
        List<String> all = new ArrayList<>(codings);
        for (String c : value.split(",", 9)) {
            String coding = c.strip().toLowerCase(Locale.ROOT);
            if (!coding.isEmpty() && !coding.equals("identity") && all.size() < 8) all.add(coding);
        }
        codings = all;
    }

    private String value(int i) {
        int length = Math.min(LONGEST, fields.length(i, HarLeaf.ITEM_VALUE));
        return new String(
                fields.bytes(),
                fields.start(i, HarLeaf.ITEM_VALUE),
                length,
                StandardCharsets.UTF_8);
    }
}
