package dev.telltale.model;

/**
 * One end of a flow.
 *
 * @param ip textual address (IPv4 dotted, IPv6 in RFC 5952 form, without brackets), or empty where
 *     unknown
 * @param mac {@code aa:bb:cc:dd:ee:ff} of the link frame that showed this address, or empty
 * @param port transport port, 0 where there is none
 */
public record Endpoint(String ip, String mac, int port) {}
