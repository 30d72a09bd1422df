package dev.telltale.audit;

/** An input that cannot be used at all. The message is one line: what, where, what to do. */
public final class UnreadableInput extends Exception {
    private static final long serialVersionUID = 1L;

    public UnreadableInput(String message) {
        super(message);
    }
}
