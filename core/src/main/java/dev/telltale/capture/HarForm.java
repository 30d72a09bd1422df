package dev.telltale.capture;

import dev.telltale.model.MessageSink.PartSink;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A form's body built again from {@code postData.params}, where a recorder kept no text: as {@code
 * multipart/form-data} (RFC 7578) where the media type says so, else as {@code
 * application/x-www-form-urlencoded}. Names and values stay as recorded; only an ampersand, which
 * shows that the recorder had undone the percent-encoding, is encoded again.
 */
final class HarForm {
    private static final String BOUNDARY = "----TelltaleRebuiltForm";

    private final PartSink part;
    private final String boundary;
    private boolean any;

    private HarForm(PartSink part, String boundary) {
        this.part = part;
        this.boundary = boundary;
    }

    /**
     * The media type of the form built again: the one given, with a boundary where it needs one.
     */
    static String mediaType(String given) {
        if (!multipart(given)) return given.isEmpty() ? "application/x-www-form-urlencoded" : given;
        return boundary(given).isEmpty() ? given + "; boundary=" + BOUNDARY : given;
    }

    /**
     * @param mediaType from {@link #mediaType}
     */
    static HarForm of(String mediaType, PartSink part) {
        return new HarForm(part, multipart(mediaType) ? boundary(mediaType) : "");
    }

    private static boolean multipart(String mediaType) {
        return mediaType.regionMatches(true, 0, "multipart/", 0, 10);
    }

    private static String boundary(String mediaType) {
        int at = mediaType.toLowerCase(Locale.ROOT).indexOf("boundary=");
        if (at < 0) return "";
        String b = mediaType.substring(at + 9).strip();
        int end = b.startsWith("\"") ? b.indexOf('"', 1) : b.indexOf(';');
        return b.substring(b.startsWith("\"") ? 1 : 0, end < 0 ? b.length() : end).strip();
    }

    void begin(HarItems.Item item) {
        if (boundary.isEmpty()) {
            if (any) write("&");
            value(item.name(), 0, item.name().length);
            write("=");
        } else {
            write("--" + boundary + "\r\nContent-Disposition: form-data; name=\"");
            feed(item.name(), 0, item.name().length);
            if (item.file().length > 0) {
                write("\"; filename=\"");
                feed(item.file(), 0, item.file().length);
            }
            write("\"");
            if (item.type().length > 0) {
                write("\r\nContent-Type: ");
                feed(item.type(), 0, item.type().length);
            }
            write("\r\n\r\n");
        }
        any = true;
    }

    void value(byte[] b, int from, int length) {
        if (!boundary.isEmpty()) {
            feed(b, from, length);
            return;
        }
        int start = from;
        for (int i = from; i < from + length; i++) {
            if (b[i] != '&') continue;
            feed(b, start, i - start);
            write("%26");
            start = i + 1;
        }
        feed(b, start, from + length - start);
    }

    void end() {
        if (!boundary.isEmpty()) write("\r\n");
    }

    /** After the last element. */
    void close() {
        if (!boundary.isEmpty()) write("--" + boundary + "--\r\n");
    }

    private void write(String s) {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        feed(b, 0, b.length);
    }

    private void feed(byte[] b, int from, int length) {
        if (length > 0) part.feed(b, from, length, -1);
    }
}
