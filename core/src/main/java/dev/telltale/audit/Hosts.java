package dev.telltale.audit;

import dev.telltale.model.Coverage;
import dev.telltale.model.Direction;
import dev.telltale.model.Inspection.Host;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.HostSeen;
import dev.telltale.model.Observations.Traffic;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The hosts one capture's phone talked to, most traffic first. */
final class Hosts {
    private final TreeSet<String> ips = new TreeSet<>();
    private final TreeSet<Integer> ports = new TreeSet<>();
    private final TreeSet<String> protocols = new TreeSet<>();
    private final TreeSet<String> secured = new TreeSet<>();
    private final TreeSet<String> serverNames = new TreeSet<>();
    private final TreeSet<String> ciphers = new TreeSet<>();
    private final TreeSet<String> ja4 = new TreeSet<>();
    private final TreeSet<String> apps = new TreeSet<>();
    private long flows;
    private long exchanges;
    private Coverage.Sums sent = Coverage.Sums.ZERO;
    private long received;

    private Hosts() {}

    static List<Host> of(CaptureSeen capture, Phones who, Reference reference) {
        Names names = new Names(capture);
        Map<String, Hosts> byHost = new TreeMap<>();
        for (HostSeen h : capture.hosts()) {
            who.way(h.ends(), Side.INITIATOR)
                    .ifPresent(w -> at(byHost, names, w, Long.MAX_VALUE).talk(h));
        }
        for (Traffic t : capture.traffic()) {
            Optional<Phones.Way> way = who.way(t.ends(), t.side());
            way.ifPresent(w -> at(byHost, names, w, t.span().firstNanos()).traffic(t, w));
        }
        List<Host> out = new ArrayList<>();
        byHost.forEach((name, h) ->
                out.add(
                        new Host(
                                name,
                                h.ips,
                                h.ports,
                                h.protocols,
                                h.secured(),
                                h.serverNames,
                                h.ciphers,
                                h.ja4,
                                h.apps,
                                h.flows,
                                h.exchanges,
                                h.sent,
                                h.received,
                                reference.of(name, h.ips, List.of()))));
        out.sort(
                Comparator.comparingLong((Host h) -> -h.sent().bytes() - h.received())
                        .thenComparing(Host::host));
        return List.copyOf(out);
    }

    private static Hosts at(Map<String, Hosts> byHost, Names names, Phones.Way way, long nanos) {
        Hosts h = byHost.computeIfAbsent(names.host(way, nanos), k -> new Hosts());
        if (!way.ip().isEmpty()) h.ips.add(way.ip());
        if (way.port() > 0) h.ports.add(way.port());
        return h;
    }

    /** That a version was not known yet when a flow began says nothing once it is. */
    private TreeSet<String> secured() {
        TreeSet<String> out = new TreeSet<>(secured);
        for (String s : secured) if (s.indexOf(' ') > 0) out.remove(s.substring(0, s.indexOf(' ')));
        return out;
    }

    private void talk(HostSeen h) {
        flows += h.flows();
        exchanges += h.exchanges();
        protocols.addAll(h.protocols());
        serverNames.addAll(h.serverNames());
        ciphers.addAll(h.ciphers());
        ja4.addAll(h.ja4());
        apps.addAll(h.apps());
        for (Secured s : h.secured()) secured.add((s.protection() + " " + s.version()).strip());
    }

    private void traffic(Traffic t, Phones.Way way) {
        if (way.direction() == Direction.SENT) sent = sent.plus(t.sums());
        else received += t.sums().bytes();
    }
}
