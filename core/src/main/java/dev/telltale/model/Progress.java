package dev.telltale.model;

/** Told now and then how far reading has come. */
@FunctionalInterface
public interface Progress {
    /**
     * @param total bytes of all captures together
     */
    void at(long done, long total);

    Progress NONE = (done, total) -> {};
}
