package dev.telltale.attribute;

import com.google.common.net.InetAddresses;
import dev.telltale.model.Attribution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Who is behind a host, an address, a number. Every table is loaded when it is first asked; which
 * ones were is remembered, because an answer rests on them even where they know nothing.
 *
 * <p>Not for use by several threads at once.
 */
public final class ReferenceData {

    /** What a pack of the user's own holds. */
    public enum Kind {
        /** Suffixes that count before the bundled ones. */
        HOSTS_FIRST,
        /** Suffixes asked where the bundled ones know nothing. */
        HOSTS_LAST,
        /** An address table, asked before the bundled one. */
        ADDRESSES
    }

    /** A pack from the user's data folder, in the layouts of the bundled ones. */
    public record Extra(Pack pack, Kind kind, byte[] content) {}

    private record Hosts(Pack pack, HostTable table) {}

    private record Addresses(Pack pack, IpTable table) {}

    private record At(IpTable.Place place, Pack countryOf, Pack asOf) {}

    private final Map<String, Pack> bundled = Packs.bundled();
    private final TreeMap<String, Pack> consulted = new TreeMap<>();
    private final Lazy<List<Hosts>> hosts;
    private final Lazy<List<Addresses>> addresses;
    private final Lazy<Anycast> anycast = new Lazy<>(Anycast::new);
    private final Lazy<Endpoints> endpoints = new Lazy<>(Endpoints::new);
    private final Lazy<SortedTable> systems = new Lazy<>(() -> new SortedTable("as-names.bin"));
    private final Lazy<Operators> operators = new Lazy<>(Operators::new);
    private final Lazy<SortedTable> makers = new Lazy<>(() -> new SortedTable("makers.bin"));
    private final Lazy<SortedTable> models = new Lazy<>(() -> new SortedTable("models.bin"));

    private final boolean ownAddresses;

    private ReferenceData(List<Extra> extras) {
        this.ownAddresses = !of(extras, Kind.ADDRESSES).isEmpty();
        this.hosts = new Lazy<>(() -> hostTables(extras));
        this.addresses = new Lazy<>(() -> addressTables(extras));
    }

    public static ReferenceData bundled() {
        return new ReferenceData(List.of());
    }

    public static ReferenceData with(List<Extra> extras) {
        return new ReferenceData(List.copyOf(extras));
    }

    /** The packs that were asked so far, by name. */
    public List<Pack> consulted() {
        return List.copyOf(consulted.values());
    }

    /** Everything that comes with the product. */
    public static Collection<Pack> packs() {
        return Packs.bundled().values();
    }

    // --- hosts and addresses ---

    /**
     * @param urls of requests to that host, {@code scheme://host/path}
     */
    public Attribution of(String host, Collection<String> ips, Collection<String> urls) {
        TreeMap<String, String> sources = new TreeMap<>();
        String company = "";
        String headquarters = "";
        String category = "";
        if (!InetAddresses.isInetAddress(host)) {
            for (Hosts h : hosts.get()) {
                consulted.put(h.pack().name(), h.pack());
                Optional<HostTable.Row> found = h.table().find(host);
                if (found.isEmpty()) continue;
                HostTable.Row row = found.get();
                company = row.company();
                headquarters = row.headquarters();
                category = row.category();
                String date = row.date().isEmpty() ? h.pack().date() : row.date();
                String cited = h.pack().title() + ", " + date + ", " + h.pack().licence();
                String run = headquarters.isEmpty() ? "" : ", run from " + headquarters;
                sources.put("company", "by suffix " + row.suffix() + run + ": " + cited);
                if (!category.isEmpty()) sources.put("category", cited);
                break;
            }
        }
        TreeSet<String> labels = new TreeSet<>();
        TreeSet<String> owners = new TreeSet<>();
        for (String url : urls) {
            endpoint(url)
                    .ifPresent(l -> {
                        labels.add(l.endpoint());
                        owners.add(l.company());
                    });
        }
        if (!labels.isEmpty()) {
            String cited = bundled("trackhar").cited();
            sources.put("endpoint", String.join("; ", labels) + ": " + cited);
            if (company.isEmpty() && owners.size() == 1) {
                company = owners.first();
                sources.put("company", cited);
            }
        }
        return places(ips, company, headquarters, category, sources);
    }

    private Optional<Endpoints.Label> endpoint(String url) {
        use("trackhar");
        return endpoints.get().find(url);
    }

    /** Country and AS: named only where all addresses agree. */
    private Attribution places(
            Collection<String> ips,
            String company,
            String headquarters,
            String category,
            TreeMap<String, String> sources) {
        TreeMap<String, TreeSet<String>> countries = new TreeMap<>();
        TreeMap<Long, TreeSet<String>> numbers = new TreeMap<>();
        TreeSet<String> countryFrom = new TreeSet<>();
        TreeSet<String> asFrom = new TreeSet<>();
        TreeSet<String> many = new TreeSet<>();
        boolean gap = false;
        for (String ip : ips) {
            if (!InetAddresses.isInetAddress(ip)) continue;
            byte[] address = InetAddresses.forString(ip).getAddress();
            Optional<At> at = at(address);
            Optional<Long> asn = at.map(a -> a.place().asn()).filter(n -> n != 0);
            asn.ifPresent(n -> numbers.computeIfAbsent(n, k -> new TreeSet<>()).add(ip));
            if (asn.isPresent()) asFrom.add(at.get().asOf().cited());
            if (anycast.get().is(address, asn)) {
                use("anycast");
                many.add(ip);
            } else if (at.isPresent() && !at.get().place().country().isEmpty()) {
                countries.computeIfAbsent(at.get().place().country(), k -> new TreeSet<>()).add(ip);
                countryFrom.add(at.get().countryOf().cited());
            } else gap = true;
        }
        if (!many.isEmpty()) sources.put("anycast", bundled("anycast").cited());
        String country = "";
        if (!countries.isEmpty()) {
            boolean one = countries.size() == 1 && many.isEmpty() && !gap;
            if (one) country = countries.firstKey();
            sources.put(
                    "country",
                    (one ? "" : "addresses differ: " + listed(countries) + "; ")
                            + "where an address is registered or located as of the date of "
                            + String.join("; ", countryFrom));
        }
        OptionalInt asn = OptionalInt.empty();
        if (!numbers.isEmpty()) {
            boolean one = numbers.size() == 1 && numbers.firstKey() <= Integer.MAX_VALUE;
            if (one) asn = OptionalInt.of(numbers.firstKey().intValue());
            TreeMap<String, TreeSet<String>> named = new TreeMap<>();
            numbers.forEach((n, of) -> named.put(("AS" + n + " " + system(n)).strip(), of));
            sources.put(
                    "asn",
                    (one ? named.firstKey() : "addresses differ: " + listed(named))
                            + ": "
                            + String.join("; ", asFrom));
        }
        return new Attribution(
                company, headquarters, category, country, asn, !many.isEmpty(), sources);
    }

    /** {@code CN (203.0.113.1, 203.0.113.2), SG (198.51.100.7)}. */
    private static String listed(Map<String, TreeSet<String>> byValue) {
        List<String> out = new ArrayList<>();
        byValue.forEach((v, ips) -> {
            List<String> few = ips.stream().limit(3).toList();
            String more = ips.size() > few.size() ? " and " + (ips.size() - few.size()) : "";
            out.add(v + " (" + String.join(", ", few) + more + ")");
        });
        return String.join(", ", out);
    }

    /** Country and AS may come from different packs. */
    private Optional<At> at(byte[] address) {
        if (!ownAddresses && SpecialPurpose.is(address)) return Optional.empty();
        String country = "";
        long asn = 0;
        Pack countryOf = bundled("ip-country");
        Pack asOf = bundled("ip-as");
        for (Addresses a : addresses.get()) {
            boolean own = a.pack() == bundled("ip-country");
            // A user may say where a test network's addresses are to be; registration data may not.
            if (own && SpecialPurpose.is(address)) continue;
            consulted.put(a.pack().name(), a.pack());
            Optional<IpTable.Place> place = a.table().find(address);
            if (place.isEmpty()) continue;
            if (country.isEmpty() && !place.get().country().isEmpty()) {
                country = place.get().country();
                countryOf = a.pack();
            }
            if (asn == 0 && place.get().asn() != 0) {
                asn = place.get().asn();
                asOf = own ? bundled("ip-as") : a.pack();
                if (own) use("ip-as");
            }
        }
        return country.isEmpty() && asn == 0
                ? Optional.empty()
                : Optional.of(new At(new IpTable.Place(country, asn), countryOf, asOf));
    }

    private String system(long asn) {
        return systems.get().find(Long.toString(asn)).orElse("");
    }

    // --- numbers and names that a phone has ---

    /** Operator of an IMSI, or of an MCC and MNC. */
    public Optional<String> operator(String imsi) {
        use("operators");
        return operators.get().find(imsi.replaceAll("\\D", ""));
    }

    /** Maker of a network card; empty for an address that is made up (locally administered). */
    public Optional<String> maker(String mac) {
        String hex = mac.replaceAll("[^0-9A-Fa-f]", "");
        if (hex.length() != 12 || (Character.digit(hex.charAt(1), 16) & 2) != 0)
            return Optional.empty();
        // The address of a loopback interface is none, and no card of the first maker listed.
        if (hex.equals("000000000000")) return Optional.empty();
        use("makers");
        String h = hex.toLowerCase(Locale.ROOT);
        // MA-S, MA-M and MA-L: 36, 28 and 24 bits. The smaller lie within blocks of IEEE's own.
        for (int digits : new int[] {9, 7, 6}) {
            Optional<String> maker = makers.get().find(h.substring(0, digits));
            if (maker.isPresent())
                return maker.filter(m -> !m.equals("IEEE Registration Authority"));
        }
        return Optional.empty();
    }

    /** Brand and name as sold of {@code Build.MODEL}. */
    public Optional<String> model(String model) {
        use("models");
        return models.get().find(model.strip().toLowerCase(Locale.ROOT));
    }

    // --- loading ---

    private void use(String name) {
        consulted.put(name, bundled(name));
    }

    private Pack bundled(String name) {
        Pack p = bundled.get(name);
        if (p == null) throw new IllegalStateException("no pack " + name);
        return p;
    }

    private List<Hosts> hostTables(List<Extra> extras) {
        List<Hosts> out = new ArrayList<>();
        of(extras, Kind.HOSTS_FIRST).forEach(e -> out.add(userHosts(e)));
        HostTable own = new HostTable();
        Resources.rows("hosts.tsv", c -> own.add(c, 6));
        out.add(new Hosts(bundled("hosts"), own));
        HostTable web = new HostTable();
        Resources.rows("third-party-web.tsv", c -> web.add(c, -1));
        out.add(new Hosts(bundled("third-party-web"), web));
        of(extras, Kind.HOSTS_LAST).forEach(e -> out.add(userHosts(e)));
        return out;
    }

    private static List<Extra> of(List<Extra> extras, Kind kind) {
        return extras.stream().filter(e -> e.kind() == kind).toList();
    }

    private static Hosts userHosts(Extra e) {
        HostTable table = new HostTable();
        try {
            Resources.rows(new ByteArrayInputStream(e.content()), c -> table.add(c, -1));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Hosts(e.pack(), table);
    }

    private List<Addresses> addressTables(List<Extra> extras) {
        List<Addresses> out = new ArrayList<>();
        try {
            for (Extra e : of(extras, Kind.ADDRESSES))
                out.add(new Addresses(e.pack(), IpTable.of(e.content())));
            out.add(new Addresses(bundled("ip-country"), IpTable.of(Resources.bytes("ip.bin"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out;
    }

    /** Made once, when first asked for. */
    private static final class Lazy<T> {
        private final Supplier<T> make;
        private Optional<T> made = Optional.empty();

        Lazy(Supplier<T> make) {
            this.make = make;
        }

        T get() {
            if (made.isEmpty()) made = Optional.of(make.get());
            return made.get();
        }
    }
}
