package dev.telltale.decode;

/**
 * Bytes to bytes, pulled: {@link #input} presents what has not been consumed yet, {@link #output}
 * is called until it gives nothing more. Reused after {@link #begin}.
 */
abstract class Codec {
    /** Input presented and not consumed: {@code [at, to)}. */
    protected byte[] in = NOTHING;

    protected int at;
    protected int to;

    /** Nothing follows {@code to}. */
    protected boolean last;

    private boolean done;
    private String broken = "";

    private static final byte[] NOTHING = {};

    void begin() {
        in = NOTHING;
        at = to = 0;
        done = false;
        broken = "";
    }

    void input(byte[] b, int from, int end, boolean nothingFollows) {
        in = b;
        at = from;
        to = end;
        last = nothingFollows;
    }

    /**
     * Bytes written to {@code out}, at most {@code length > 0}; 0 where more input is needed, at
     * the end, or when broken.
     */
    abstract int output(byte[] out, int offset, int length);

    /** Index in the input of the first byte not consumed. */
    int consumedTo() {
        return at;
    }

    /** True once the coding said that it ends; bytes after that are not its own. */
    boolean done() {
        return done;
    }

    /** Why the bytes do not follow the coding, or empty. */
    String broken() {
        return broken;
    }

    protected int finish() {
        done = true;
        return 0;
    }

    protected int fail(String why) {
        broken = why;
        return 0;
    }

    /** Gives back what the platform lent. */
    void close() {}
}
