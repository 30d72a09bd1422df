package dev.telltale.attribute;

import java.util.List;
import java.util.stream.Stream;

/**
 * Addresses that belong to nobody (RFC 6890 and IANA's registries): private networks, examples,
 * multicast. Registration data files some of them under a registry's own country.
 */
final class SpecialPurpose {
    private static final List<Prefix> ALL =
            Stream.of(
                            "0.0.0.0/8",
                            "10.0.0.0/8",
                            "100.64.0.0/10",
                            "127.0.0.0/8",
                            "169.254.0.0/16",
                            "172.16.0.0/12",
                            "192.0.0.0/24",
                            "192.0.2.0/24",
                            "192.168.0.0/16",
                            "198.18.0.0/15",
                            "198.51.100.0/24",
                            "203.0.113.0/24",
                            "224.0.0.0/3",
                            "::/16",
                            "64:ff9b::/96",
                            "64:ff9b:1::/48",
                            "100::/64",
                            "2001:db8::/32",
                            "3fff::/20",
                            "fc00::/7",
                            "fe80::/10",
                            "ff00::/8")
                    .map(Prefix::of)
                    .toList();

    private SpecialPurpose() {}

    static boolean is(byte[] address) {
        return ALL.stream().anyMatch(p -> p.holds(address));
    }
}
