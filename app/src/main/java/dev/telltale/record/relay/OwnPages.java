package dev.telltale.record.relay;

import java.util.Optional;

/** What the recorder itself answers to a browser that is pointed at it. */
public interface OwnPages {
    /** Where the phone's traffic already goes through the recorder, it is found by this name. */
    String HOST = "telltale.test";

    /**
     * @param type as in Content-Type
     */
    record Page(String type, byte[] body) {}

    /**
     * @param path without a query
     */
    Optional<Page> page(String path);
}
