package dev.telltale.model;

/** {@code length} bytes from {@code start}. */
public record Range(long start, long length) {
    public long end() {
        return start + length;
    }
}
