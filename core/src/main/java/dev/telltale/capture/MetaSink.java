package dev.telltale.capture;

import java.util.List;

/**
 * Takes what a packet capture tells beside its packets. Bounded: a capture that tells too much gets
 * an anomaly.
 */
public interface MetaSink {
    /** Takes nothing. */
    MetaSink NONE = new MetaSink() {};

    /** A section began (pcapng SHB); texts are empty where not given. */
    default void section(String hardware, String os, String application) {}

    /** An interface, in file order. */
    default void captureInterface(Interface described) {}

    /**
     * @param packet number of the packet it belongs to, 0 where it belongs to the section or
     *     another block
     */
    default void comment(long packet, String text) {}

    /**
     * Decryption secrets (pcapng DSB).
     *
     * @param type {@link #TLS_KEY_LOG} or another type code
     */
    default void secrets(int type, byte[] bytes) {}

    /**
     * A name that the capture's own resolver had for an address (pcapng NRB); {@code ip} as in
     * {@code Endpoint}.
     */
    default void name(String ip, String name) {}

    /**
     * How many packets the recorder says that it lost at an interface, up to then (pcapng ISB).
     *
     * @param interfaceIndex as in {@link Interface#index}
     * @param dropped by interface and operating system together
     */
    default void dropped(int interfaceIndex, long dropped) {}

    /** DSB type of a key log in NSS format (SSLKEYLOGFILE). */
    int TLS_KEY_LOG = 0x544c534b;

    /**
     * @param index 0-based, counted over the whole file
     * @param linkType LINKTYPE_* value
     * @param snapLength most bytes kept of a packet, 0 for no limit
     * @param mac {@code aa:bb:cc:dd:ee:ff} or empty
     */
    record Interface(
            int index,
            int linkType,
            int snapLength,
            String name,
            String description,
            String mac,
            List<String> ips) {
        /** An interface of which no more is told. */
        public Interface(int index, int linkType, int snapLength) {
            this(index, linkType, snapLength, "", "", "", List.of());
        }
    }
}
