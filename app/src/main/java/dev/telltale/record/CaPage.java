package dev.telltale.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.record.relay.OwnPages;
import java.security.GeneralSecurityException;
import java.util.Optional;

/** What a phone's browser finds at the recorder: the certificate to install, and how. */
public final class CaPage implements OwnPages {
    private final Authority authority;

    public CaPage(Authority authority) {
        this.authority = authority;
    }

    @Override
    public Optional<Page> page(String path) {
        try {
            return switch (path) {
                case "/", "/index.html" -> Optional.of(html());
                // Android takes the DER encoding under this type, iOS as well.
                case "/ca.crt", "/ca.cer" ->
                        Optional.of(
                                new Page(
                                        "application/x-x509-ca-cert",
                                        authority.authority().certificate().getEncoded()));
                case "/ca.pem" ->
                        Optional.of(
                                new Page(
                                        "application/x-pem-file", authority.pem().getBytes(UTF_8)));
                default -> Optional.empty();
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Page html() {
        String html =
                """
                <!doctype html><html lang="en"><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>telltale record</title>
                <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em}
                code{word-break:break-all}a.b{display:inline-block;padding:.6em 1em;border:1px solid}</style>
                <h1>telltale record</h1>
                <p>This phone's traffic is being recorded. To open its TLS, it has to trust this certificate authority:</p>
                <p><a class="b" href="/ca.crt">ca.crt</a> (<a href="/ca.pem">PEM</a>)</p>
                <p>SHA-256 fingerprint, to compare with what the recorder's terminal shows:<br><code>%s</code></p>
                <p><b>Android</b>: Settings, Security, Encryption &amp; credentials, Install a certificate, CA certificate.
                Apps for Android 7 and later trust it only where they say so; see the guide for rooted and userdebug phones.</p>
                <p><b>iOS</b>: install the profile in Settings, then switch it on in General, About, Certificate Trust Settings.</p>
                <p>Remove it after the test: whoever has its key can read this phone's traffic.</p>
                </html>
                """
                        .formatted(authority.fingerprint());
        return new Page("text/html; charset=utf-8", html.getBytes(UTF_8));
    }
}
