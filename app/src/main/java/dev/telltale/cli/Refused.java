package dev.telltale.cli;

/** What was asked cannot be done; the message is one line: what, where, what to do. Exit code 2. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
        super(message);
    }
}
