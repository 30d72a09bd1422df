package dev.telltale.record.relay;

/**
 * Labels of key log lines that hold no secret, but what the recorder knows of a connection by its
 * client random. Others who read key logs pass over labels that they do not know.
 */
final class KeyLabels {
    /** The client took a certificate that it should have refused. */
    static final String UNCHECKED = "TELLTALE_UNCHECKED";

    /** The client refuses every certificate but the server's own. */
    static final String PINNED = "TELLTALE_PINNED";

    private KeyLabels() {}
}
