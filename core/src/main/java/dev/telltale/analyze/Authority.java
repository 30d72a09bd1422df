package dev.telltale.analyze;

/**
 * Host and port of a Host field, an :authority or the authority of a URI (RFC 3986 3.2) whose
 * userinfo is cut off already.
 *
 * @param host without brackets
 * @param port -1 where none is named
 */
public record Authority(String host, int port) {
    public static final Authority NONE = new Authority("", -1);

    /**
     * @param port what stands where none is named
     */
    public static Authority of(Context context, byte[] b, int from, int to, int port) {
        int end = to;
        int colon = -1;
        for (int i = to - 1; i >= from && (Http1Head.digit(b[i]) || b[i] == ':'); i--)
            if (b[i] == ':') {
                colon = i;
                break;
            }
        boolean bracket = from < to && b[from] == '[';
        // An address without brackets has several colons and no port.
        boolean single =
                colon >= 0
                        && (bracket
                                ? b[colon - 1] == ']'
                                : Http1Head.indexOf(b, (byte) ':', from, to) == colon);
        if (single) {
            int n = 0;
            for (int i = colon + 1; i < to && n < 1 << 16; i++) n = n * 10 + b[i] - '0';
            if (colon + 1 < to && n < 1 << 16) port = n;
            end = colon;
        }
        if (bracket && b[end - 1] == ']') {
            from++;
            end--;
        }
        return new Authority(context.name(b, from, Math.max(0, end - from)), port);
    }
}
