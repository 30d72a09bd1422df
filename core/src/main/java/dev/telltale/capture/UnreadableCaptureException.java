package dev.telltale.capture;

/**
 * A file nothing can be read from. The message is one line for the user: what, where, what to do.
 */
public final class UnreadableCaptureException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnreadableCaptureException(String message) {
        super(message);
    }
}
