package dev.telltale.decode;

import java.util.List;
import java.util.Locale;

/**
 * The messages of a gRPC call (<a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP/2</a>), and
 * of gRPC-Web, whose trailers are a message too. Each message is a layer of its own, undone by the
 * coding that the call names.
 *
 * <pre>
 * Length-Prefixed-Message: flags (8): 1 compressed, 128 trailers (gRPC-Web); length (32), message
 * </pre>
 */
final class Grpc implements Apart, KeySource {
    private static final int HEADER = 5;
    private static final int COMPRESSED = 1;
    private static final int TRAILERS = 0x80;

    /** Longer ones are not believed before they are seen. */
    private static final long LONGEST = 1L << 30;

    private static final List<String> MESSAGE = List.of("[]");
    private static final List<String> TRAILER = List.of("trailer");

    private final Layer layer;
    private String mediaType = "";
    private List<String> codings = List.of();
    private String broken = "";
    private List<String> keys = MESSAGE;

    /** Bytes of the message at hand that are still to come; -1 before a header. */
    private long left = -1;

    Grpc(Layer layer) {
        this.layer = layer;
    }

    /** {@code application/grpc}, also {@code +proto}, {@code -web}, {@code -web-text+proto}, ... */
    static boolean isNamed(String mediaType) {
        return mediaType.regionMatches(true, 0, "application/grpc", 0, 16);
    }

    /** gRPC-Web in base 64: for senders that can only read text. */
    static boolean inText(String mediaType) {
        return mediaType.regionMatches(true, 0, "application/grpc-web-text", 0, 25);
    }

    /** The type that is left once the base 64 is undone. */
    static String outOfText(String mediaType) {
        return "application/grpc-web" + mediaType.substring(25);
    }

    static boolean begins(byte[] b, int s, int e, boolean complete, String mediaType) {
        if (!isNamed(mediaType) || inText(mediaType)) return false;
        if (e - s < HEADER) return !complete;
        return header(b, s);
    }

    private static boolean header(byte[] b, int i) {
        return (b[i] & 0xff & ~(COMPRESSED | TRAILERS)) == 0 && length(b, i) < LONGEST;
    }

    private static long length(byte[] b, int i) {
        return (b[i + 1] & 0xffL) << 24
                | (b[i + 2] & 0xff) << 16
                | (b[i + 3] & 0xff) << 8
                | b[i + 4] & 0xff;
    }

    @Override
    public void begin(String mediaType, String coding) {
        String type = mediaType.toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        if (parameters >= 0) type = type.substring(0, parameters).strip();
        int plus = type.indexOf('+');
        String message = plus < 0 ? "proto" : type.substring(plus + 1);
        this.mediaType = message.equals("proto") ? Protobuf.MEDIA_TYPE : "application/" + message;
        codings = coding.isEmpty() ? List.of() : List.of(coding.toLowerCase(Locale.ROOT).strip());
        broken = "";
        left = -1;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public String name() {
        return "gRPC";
    }

    @Override
    public boolean named(String mediaType) {
        return isNamed(mediaType);
    }

    @Override
    public String broken() {
        return broken;
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (true) {
            if (left < 0) {
                if (i == to) return i;
                if (to - i < HEADER && !last) return i;
                if (to - i < HEADER || !header(b, i)) {
                    broken = "no header of a message";
                    return i;
                }
                boolean trailers = (b[i] & TRAILERS) != 0;
                boolean compressed = (b[i] & COMPRESSED) != 0;
                keys = trailers ? TRAILER : MESSAGE;
                left = length(b, i);
                i += HEADER;
                layer.openPart(
                        "grpc",
                        base + i,
                        this,
                        trailers ? "text/plain" : mediaType,
                        compressed ? codings : List.of());
            }
            int n = (int) Math.min(left, to - i);
            layer.feedPart(b, i, i + n);
            i += n;
            left -= n;
            if (left > 0 && !last) return i;
            layer.closePart(base + i);
            if (left > 0) broken = "ends inside a message";
            left = -1;
            if (!broken.isEmpty()) return i;
        }
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        if (i < to || left < missing) {
            if (left >= 0) layer.closePart(base + i);
            left = -1;
            return false;
        }
        layer.gapPart(missing);
        left -= missing;
        return true;
    }
}
