package dev.telltale.model;

/**
 * What a TLS or DTLS handshake showed. Empty strings mean unknown: not captured, or closed and
 * without keys.
 *
 * @param version as in {@link Secured#version}
 * @param cipher IANA name of the suite that was chosen, {@code TLS_...}
 * @param serverName SNI
 * @param alpn protocol that was agreed on
 * @param ja4 fingerprint of the client
 * @param encryptedHello the client offered ECH: the name may be a cover
 * @param subject of the server's certificate, RFC 2253; {@code issuer} likewise
 * @param clientSubject of the client's certificate
 * @param opened some of what was closed could be read
 */
public record TlsFacts(
        String version,
        String cipher,
        String serverName,
        String alpn,
        String ja4,
        boolean encryptedHello,
        String subject,
        String issuer,
        String clientSubject,
        boolean opened) {}
