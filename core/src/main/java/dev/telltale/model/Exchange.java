package dev.telltale.model;

/**
 * A request and its answer, or a one-way message: what every protocol flattens to.
 *
 * @param entry index in an exchange capture (0-based), -1 for packet captures
 * @param protocol {@code http/1.1}, {@code http/2}, {@code dns}, {@code tcp}, {@code udp}, ...
 * @param operation HTTP method, {@code QUERY A}, {@code DATA}, ...; empty where the request was not
 *     captured
 * @param scheme {@code http}, {@code https}, or empty for protocols without URLs
 * @param host Host or :authority, else SNI, else empty: names only, no port, no brackets
 * @param port port named by the request or of the responder
 * @param target request target byte for byte as sent (ISO-8859-1 view of the bytes), for other
 *     protocols the resource
 * @param secured protection this exchange travelled under
 * @param app process or package that sent it where the capture tells, else empty
 * @param placedByTarget true where a target that is no URL belongs to the place as a path does (an
 *     MQTT topic)
 */
public record Exchange(
        Flow flow,
        int entry,
        String protocol,
        String operation,
        String scheme,
        String host,
        int port,
        byte[] target,
        Secured secured,
        String app,
        boolean placedByTarget) {

    /** An exchange whose place is its operation, or its URL's path where it has one. */
    public Exchange(
            Flow flow,
            int entry,
            String protocol,
            String operation,
            String scheme,
            String host,
            int port,
            byte[] target,
            Secured secured,
            String app) {
        this(flow, entry, protocol, operation, scheme, host, port, target, secured, app, false);
    }

    /**
     * True where the target is a request URI, whose path and query are split and shown as a URL.
     */
    public boolean hasUrl() {
        return !scheme.isEmpty();
    }
}
