package dev.telltale.tap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * The secrets of TLS and QUIC connections as they are made, a line each ({@code SSLKEYLOGFILE}, RFC
 * 9850): label, client random, secret.
 */
public final class KeyLog {
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    /** Takes a secret under its label, e.g. {@code CLIENT_RANDOM}. */
    public void add(String label, byte[] clientRandom, byte[] secret) {
        HexFormat hex = HexFormat.of();
        line(label + " " + hex.formatHex(clientRandom) + " " + hex.formatHex(secret));
    }

    /** Takes a line as a TLS library writes it. */
    public synchronized void line(String line) {
        lines.writeBytes((line + "\n").getBytes(US_ASCII));
    }

    public synchronized byte[] bytes() {
        return lines.toByteArray();
    }
}
