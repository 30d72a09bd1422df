package dev.telltale.audit;

import dev.telltale.attribute.Pack;
import dev.telltale.attribute.ReferenceData;
import dev.telltale.model.Attribution;
import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.model.Evidence;
import dev.telltale.model.Persona;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reference data: who is behind hosts, addresses and numbers. One is used by one thread; it loads
 * what is asked of it and remembers what that was.
 */
public final class Reference {
    /** Endpoints are few; a finding's evidence may be long. */
    private static final int MOST_URLS = 64;

    private static final Pattern URL = Pattern.compile("^[A-Z]+ (https?://[^ ?#]+)");

    private final ReferenceData data;

    private Reference(ReferenceData data) {
        this.data = data;
    }

    /** What comes with the product. */
    public static Reference bundled() {
        return new Reference(ReferenceData.bundled());
    }

    /** What a pack of the user's own holds. */
    public enum Kind {
        /** Hosts that count before the bundled ones. */
        HOSTS_FIRST,
        /** Hosts asked where the bundled ones know nothing. */
        HOSTS_LAST,
        /** Addresses that count before the bundled ones. */
        ADDRESSES
    }

    /**
     * @param content in the layout of the bundled packs
     */
    public record Extra(
            String name,
            String title,
            String date,
            String licence,
            String sha256,
            int lastsDays,
            Kind kind,
            byte[] content) {}

    /** With packs of the user's own. */
    public static Reference with(List<Extra> extras) {
        return new Reference(
                ReferenceData.with(
                        extras.stream()
                                .map(e ->
                                        new ReferenceData.Extra(
                                                new Pack(
                                                        e.name(),
                                                        e.title(),
                                                        e.date(),
                                                        e.licence(),
                                                        e.sha256(),
                                                        e.lastsDays()),
                                                switch (e.kind()) {
                                                    case HOSTS_FIRST ->
                                                            ReferenceData.Kind.HOSTS_FIRST;
                                                    case HOSTS_LAST ->
                                                            ReferenceData.Kind.HOSTS_LAST;
                                                    case ADDRESSES -> ReferenceData.Kind.ADDRESSES;
                                                },
                                                e.content()))
                                .toList()));
    }

    /** A pack that comes with the product. */
    public record Bundled(String name, String title, String date, String licence, int lastsDays) {}

    public static List<Bundled> packs() {
        return ReferenceData.packs().stream()
                .map(p -> new Bundled(p.name(), p.title(), p.date(), p.licence(), p.lastsDays()))
                .toList();
    }

    /** Who is behind a host and its addresses. */
    public Attribution of(String host, Collection<String> ips, Collection<String> urls) {
        return data.of(host, ips, urls);
    }

    Destination destination(
            String host, String domain, Collection<String> ips, int port, List<Evidence> evidence) {
        TreeSet<String> urls = new TreeSet<>();
        for (Evidence e : evidence) {
            Matcher m = URL.matcher(e.request());
            if (m.find()) urls.add(m.group(1));
            if (urls.size() == MOST_URLS) break;
        }
        Attribution who = data.of(host, ips, urls);
        return new Destination(
                host,
                domain,
                List.copyOf(ips),
                port,
                who.company(),
                who.category(),
                who.country(),
                who.asn(),
                who.anycast(),
                who.sources());
    }

    /** Operator of an IMSI, by its MCC and MNC. */
    public Optional<String> operator(String imsi) {
        return data.operator(imsi);
    }

    /** Maker of a network card, by its MAC address; empty for one that is made up. */
    public Optional<String> maker(String mac) {
        return data.maker(mac);
    }

    /** Brand and name as sold of an Android model. */
    public Optional<String> model(String model) {
        return data.model(model);
    }

    /**
     * What a persona's numbers tell by themselves, by identifier id: operator of a SIM, maker of a
     * network card, name of a model as sold. Says nothing of the person.
     */
    public SortedMap<String, String> about(Persona persona) {
        TreeMap<String, String> out = new TreeMap<>();
        for (Persona.Entry e : persona.entries()) {
            String id = e.identifier().id();
            Optional<String> told =
                    switch (e.identifier().kind()) {
                        case "imsi" -> operator(e.value());
                        case "wifi_mac", "bluetooth_mac", "bssid" -> maker(e.value());
                        case "model" -> model(e.value());
                        default -> Optional.empty();
                    };
            told.ifPresent(t -> out.put(id, t));
        }
        return out;
    }

    /**
     * What was asked so far, whether or not it knew something. There is no clock here: data is as
     * old as it lies apart from the recording, so the same recording always gives the same audit.
     */
    List<Audit.Reference> used(Optional<Instant> first, Optional<Instant> last) {
        List<Audit.Reference> out = new ArrayList<>();
        for (Pack p : data.consulted()) {
            out.add(
                    new Audit.Reference(
                            p.name(),
                            p.date(),
                            p.sha256(),
                            p.title(),
                            p.licence(),
                            stale(p, first, last)));
        }
        return List.copyOf(out);
    }

    private static String stale(Pack pack, Optional<Instant> first, Optional<Instant> last) {
        if (first.isEmpty() || last.isEmpty()) return "";
        LocalDate date;
        try {
            date = LocalDate.parse(pack.date());
        } catch (DateTimeParseException e) {
            return "its date is not known";
        }
        long older = ChronoUnit.DAYS.between(date, day(last.get()));
        long newer = ChronoUnit.DAYS.between(day(first.get()), date);
        if (Math.max(older, newer) <= pack.lastsDays()) return "";
        return older > newer
                ? time(older) + " older than the recording"
                : time(newer) + " younger than the recording";
    }

    private static String time(long days) {
        return days < 730 ? days + " days" : days / 365 + " years";
    }

    private static LocalDate day(Instant time) {
        return time.atZone(ZoneOffset.UTC).toLocalDate();
    }
}
