package dev.telltale.audit;

import dev.telltale.model.Audit.DeviceAddress;
import dev.telltale.model.Direction;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Ends;
import dev.telltale.model.Observations.Traffic;
import dev.telltale.model.Persona;
import dev.telltale.model.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which ends in one capture are the phone: the address asked for; else the persona's own where the
 * capture holds it; else the initiator of each flow. An exchange capture is the phone's own by
 * nature.
 */
final class Phones {
    private static final int MOST_LISTED = 64;

    private final String how;
    private final Set<String> ips = new HashSet<>();
    private final Set<String> macs = new HashSet<>();
    private final List<DeviceAddress> addresses = new ArrayList<>();

    /**
     * Where something went.
     *
     * @param ip of the other end; {@code host} as the traffic named it, or empty
     */
    record Way(Direction direction, String ip, int port, String host) {}

    private Phones(String how) {
        this.how = how;
    }

    static Phones of(CaptureSeen capture, Persona persona, Optional<String> asked) {
        List<Ends> ends = new ArrayList<>();
        // In order: what is said of both sides of two ends stands together.
        for (Traffic t : capture.traffic())
            if (ends.isEmpty() || !ends.getLast().equals(t.ends())) ends.add(t.ends());
        if (asked.isPresent()) return matching(ends, "option", Set.of(normal(asked.get())));
        Set<String> own = new TreeSet<>();
        for (Persona.Entry e : persona.entries()) {
            String kind = e.identifier().kind();
            if (kind.equals("local_ip") || kind.equals("wifi_mac")) own.add(normal(e.value()));
        }
        Phones byPersona = matching(ends, "persona", own);
        if (!byPersona.addresses.isEmpty()) return byPersona;
        Phones initiators = new Phones("initiator");
        TreeSet<DeviceAddress> found =
                new TreeSet<>(
                        Comparator.comparing(DeviceAddress::ip).thenComparing(DeviceAddress::mac));
        String ip = "";
        String mac = "";
        for (Ends e : ends) {
            if (e.clientIp().isEmpty() || e.clientIp().equals(ip) && e.clientMac().equals(mac))
                continue;
            ip = e.clientIp();
            mac = e.clientMac();
            found.add(new DeviceAddress(ip, mac, "initiator"));
            if (found.size() > MOST_LISTED) found.pollLast();
        }
        initiators.addresses.addAll(found);
        return initiators;
    }

    private static Phones matching(List<Ends> ends, String how, Set<String> wanted) {
        Phones p = new Phones(how);
        TreeSet<DeviceAddress> found =
                new TreeSet<>(
                        Comparator.comparing(DeviceAddress::ip).thenComparing(DeviceAddress::mac));
        for (Ends e : ends) {
            p.take(wanted, e.clientIp(), e.clientMac(), found);
            p.take(wanted, e.serverIp(), e.serverMac(), found);
        }
        p.addresses.addAll(found);
        return p;
    }

    private void take(Set<String> wanted, String ip, String mac, Set<DeviceAddress> found) {
        boolean byIp = wanted.contains(ip) && !ip.isEmpty();
        boolean byMac = wanted.contains(mac) && !mac.isEmpty();
        if (!byIp && !byMac) return;
        if (byIp) ips.add(ip);
        if (byMac) macs.add(mac);
        found.add(new DeviceAddress(ip, mac, how));
    }

    private static String normal(String address) {
        String a = address.trim().toLowerCase(Locale.ROOT);
        return a.matches("([0-9a-f]{2}-){5}[0-9a-f]{2}") ? a.replace('-', ':') : a;
    }

    List<DeviceAddress> addresses() {
        return List.copyOf(addresses);
    }

    /**
     * Direction and other end of what {@code side} sent; empty where it is not the phone's traffic.
     */
    Optional<Way> way(Ends e, Side side) {
        boolean client =
                how.equals("initiator")
                        || is(e.clientIp(), e.clientMac())
                        || e.clientIp().isEmpty();
        if (client) {
            Direction d = side == Side.INITIATOR ? Direction.SENT : Direction.RECEIVED;
            return Optional.of(new Way(d, e.serverIp(), e.serverPort(), e.host()));
        }
        if (!is(e.serverIp(), e.serverMac())) return Optional.empty();
        Direction d = side == Side.RESPONDER ? Direction.SENT : Direction.RECEIVED;
        return Optional.of(new Way(d, e.clientIp(), 0, ""));
    }

    private boolean is(String ip, String mac) {
        return ips.contains(ip) || macs.contains(mac);
    }
}
