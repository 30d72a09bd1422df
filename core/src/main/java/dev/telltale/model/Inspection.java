package dev.telltale.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What is in a capture, without a persona: who talks to whom, how, and how much of it can be read.
 *
 * @param makers of the devices' network cards, by MAC address, where known
 */
public record Inspection(
        String name,
        String sha256,
        String format,
        long bytes,
        long packets,
        long exchanges,
        Optional<Instant> start,
        Optional<Instant> end,
        List<Audit.DeviceAddress> devices,
        List<Host> hosts,
        Coverage coverage,
        List<Anomaly> anomalies,
        List<Audit.Reference> reference,
        SortedMap<String, String> makers) {

    /**
     * One host that was talked to.
     *
     * @param host name, or the address where no name is known
     * @param protocols {@code http/1.1}, {@code tls}, {@code dns}, ...
     * @param secured protections seen, worst first, as {@code TLS 1.3}
     * @param serverNames asked for by SNI
     * @param ciphers suites agreed on, by their IANA names
     * @param ja4 fingerprints of the programs that spoke TLS
     * @param apps names of apps, where the capture tells
     * @param sent what the phone sent there, {@code received} the bytes that came back
     * @param who is behind it
     */
    public record Host(
            String host,
            SortedSet<String> ips,
            SortedSet<Integer> ports,
            SortedSet<String> protocols,
            SortedSet<String> secured,
            SortedSet<String> serverNames,
            SortedSet<String> ciphers,
            SortedSet<String> ja4,
            SortedSet<String> apps,
            long flows,
            long exchanges,
            Coverage.Sums sent,
            long received,
            Attribution who) {}
}
