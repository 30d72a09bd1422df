package dev.telltale.report;

import dev.telltale.model.Destination;
import dev.telltale.model.Finding;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import dev.telltale.report.Recipients.Recipient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What findings have in common in all reports: their attributes in words. */
public final class FindingWords {

    /** Hosts, and ports, that are named before the rest is counted. */
    private static final int HOSTS = 3;

    private final Words words;

    public FindingWords(Words words) {
        this.words = words;
    }

    /** {@code a.example.org (192.0.2.1), b.example.org · port 443}. */
    String hosts(Recipient r) {
        Map<String, Set<String>> hosts = new TreeMap<>();
        Set<Integer> ports = new TreeSet<>();
        for (Finding f : r.findings()) {
            Destination d = f.destination();
            hosts.computeIfAbsent(d.host(), k -> new TreeSet<>()).addAll(d.ips());
            for (Finding.Variant v : f.variants())
                hosts.computeIfAbsent(v.host(), k -> new TreeSet<>());
            if (d.port() != 0) ports.add(d.port());
        }
        List<String> shown = new ArrayList<>();
        hosts.forEach((host, ips) -> {
            if (shown.size() < HOSTS) shown.add(host(host, ips));
        });
        String line = String.join(", ", shown);
        if (hosts.size() > HOSTS) line += " " + words.count("hosts.more", hosts.size() - HOSTS);
        if (ports.isEmpty()) return line;
        List<String> few = ports.stream().limit(HOSTS).map(String::valueOf).toList();
        String more =
                ports.size() > HOSTS
                        ? " " + words.get("more", words.amounts().number(ports.size() - HOSTS))
                        : "";
        return line + " · " + words.get("port", String.join(", ", few) + more);
    }

    private String host(String host, Set<String> ips) {
        List<String> others = ips.stream().filter(ip -> !ip.equals(host)).toList();
        if (others.isEmpty()) return host;
        String rest =
                others.size() > 2
                        ? " " + words.get("more", words.amounts().number(others.size() - 2))
                        : "";
        return host + " (" + String.join(", ", TextReport.head(others, 2)) + rest + ")";
    }

    /** In what a variant differs from the worst, as far as a reader would tell them apart. */
    String difference(Finding.Variant v, Finding.Variant worst) {
        List<String> parts = new ArrayList<>();
        if (!v.host().equals(worst.host())) parts.add(v.host());
        if (!v.secured().equals(worst.secured())) parts.add(protection(v.secured()));
        if (v.disguise() != worst.disguise() || !v.chain().equals(worst.chain())) {
            String chain = String.join(" > ", v.chain());
            parts.add(chain.isEmpty() ? disguise(v) : disguise(v) + " (" + chain + ")");
        } else if (!v.form().equals(worst.form())) {
            parts.add(v.form());
        }
        if (!v.phase().equals(worst.phase())) parts.add(phase(v));
        if (!v.consented().equals(worst.consented()))
            parts.add(words.get("column.consent") + " " + consent(v.consented()));
        return String.join(", ", parts);
    }

    public String protection(Secured s) {
        String name = words.get("protection." + s.protection());
        if (s.protection() != Protection.NONE && !s.version().isEmpty()) name += " " + s.version();
        return s.weak().isEmpty() ? name : words.get("protection.weak", name);
    }

    String phase(Finding.Variant v) {
        return v.phase().isEmpty() ? words.get("phase.none") : v.phase();
    }

    public String disguise(Finding.Variant v) {
        return words.get("disguise." + v.disguise());
    }

    String consent(Optional<Boolean> consented) {
        return consented
                .map(c -> words.get(c ? "consent.true" : "consent.false"))
                .orElseGet(() -> words.get("consent.unknown"));
    }

    /** {@code 4 of 5 contacts}. */
    String set(Finding.SetShare s) {
        return words.get(
                "set",
                words.amounts().number(s.sent()),
                words.amounts().number(s.known()),
                words.has("set." + s.of()) ? words.get("set." + s.of()) : s.of());
    }

    /** {@code Xiaomi · xiaomi.com}, or the domain alone. */
    static String recipient(Destination d) {
        return d.company().isEmpty() ? d.domain() : d.company() + " · " + d.domain();
    }
}
