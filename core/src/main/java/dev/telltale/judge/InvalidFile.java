package dev.telltale.judge;

/**
 * A run or policy file that cannot be used. The message is one line: {@code run.yaml:7:3: what is
 * wrong}.
 */
public final class InvalidFile extends Exception {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    /**
     * @param line 1-based
     * @param column 1-based
     */
    InvalidFile(String file, int line, int column, String text) {
        super(file + ":" + line + ":" + column + ": " + text);
        this.line = line;
        this.column = column;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }
}
