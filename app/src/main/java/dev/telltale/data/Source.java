package dev.telltale.data;

import java.util.List;
import java.util.Optional;

/**
 * Data that others publish and the user may fetch. None of it is bundled or merged into what is:
 * its licence is the user's to accept.
 *
 * @param base where the files lie, {@code files} their names
 * @param days how far from its date a recording may lie before a reader is warned
 */
record Source(
        String name,
        String title,
        String base,
        List<String> files,
        String licence,
        String licenceText,
        int days,
        PackKind kind,
        Converter converter) {

    interface Converter {
        /**
         * Files in the order of {@code files} to a pack.
         *
         * @throws java.io.IOException saying why a file is not what it should be
         */
        byte[] pack(List<byte[]> files) throws java.io.IOException;
    }

    private static final String IP_LOCATION =
            "https://github.com/sapics/ip-location-db/releases/download/latest/";

    /** In the order they are listed. */
    static final List<Source> ALL =
            List.of(
                    new Source(
                            "ip-country-daily",
                            "ip-location-db server-country",
                            IP_LOCATION,
                            List.of("server-country.mmdb"),
                            "PDDL 1.0",
                            "Open Data Commons Public Domain Dedication and Licence,"
                                    + " https://opendatacommons.org/licenses/pddl/1-0/",
                            90,
                            PackKind.ADDRESSES,
                            files -> Mmdb.pack(files.getFirst())),
                    new Source(
                            "ip-as-daily",
                            "ip-location-db origin-asn",
                            IP_LOCATION,
                            List.of("origin-asn.mmdb"),
                            "PDDL 1.0",
                            "Open Data Commons Public Domain Dedication and Licence,"
                                    + " https://opendatacommons.org/licenses/pddl/1-0/",
                            90,
                            PackKind.ADDRESSES,
                            files -> Mmdb.pack(files.getFirst())),
                    new Source(
                            "adguard-companies",
                            "AdGuard companies database",
                            "https://raw.githubusercontent.com/AdguardTeam/companiesdb/main/dist/",
                            List.of("trackers.json", "companies.json"),
                            "CC BY-SA 4.0",
                            "Attribution and share-alike:"
                                    + " https://creativecommons.org/licenses/by-sa/4.0/",
                            180,
                            PackKind.HOSTS_LAST,
                            HostLists::adguard),
                    new Source(
                            "disconnect",
                            "Disconnect tracker protection lists",
                            "https://raw.githubusercontent.com/disconnectme/disconnect-tracking-protection/master/",
                            List.of("services.json"),
                            "CC BY-NC-SA 4.0",
                            "Not for commercial use; attribution and share-alike:"
                                    + " https://creativecommons.org/licenses/by-nc-sa/4.0/",
                            180,
                            PackKind.HOSTS_LAST,
                            HostLists::disconnect),
                    new Source(
                            "exodus",
                            "Exodus Privacy trackers",
                            "https://reports.exodus-privacy.eu.org/api/",
                            List.of("trackers"),
                            "ODbL 1.0",
                            "Open Database License, attribution and share-alike:"
                                    + " https://opendatacommons.org/licenses/odbl/1-0/",
                            180,
                            PackKind.HOSTS_LAST,
                            HostLists::exodus));

    static Optional<Source> named(String name) {
        return ALL.stream().filter(s -> s.name.equals(name)).findFirst();
    }
}
