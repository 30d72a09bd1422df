package dev.telltale.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lists of hosts, each in its own format, to rows of suffix, company, headquarters, category. */
final class HostLists {
    private static final Pattern HOST =
            Pattern.compile("([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z][a-z0-9-]{1,62}");

    private HostLists() {}

    /** trackers.json: trackers, trackerDomains, categories; companies.json: companies. */
    static byte[] adguard(List<byte[]> files) throws IOException {
        JsonNode trackers = json(files.get(0), "trackers.json");
        JsonNode companies = json(files.get(1), "companies.json").path("companies");
        TreeMap<String, String> rows = new TreeMap<>();
        for (Map.Entry<String, JsonNode> e : trackers.path("trackerDomains").properties()) {
            JsonNode tracker = trackers.path("trackers").path(e.getValue().asString(""));
            String owner =
                    companies
                            .path(tracker.path("companyId").asString(""))
                            .path("name")
                            .asString("");
            String company = owner.isEmpty() ? tracker.path("name").asString("") : owner;
            String category =
                    trackers.path("categories")
                            .path(tracker.path("categoryId").asString(""))
                            .asString("");
            row(rows, e.getKey(), company, category.replace('_', ' '));
        }
        return table(rows, "trackers.json");
    }

    /** services.json: category -> list of {company: {homepage: [domains]}}. */
    static byte[] disconnect(List<byte[]> files) throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        for (Map.Entry<String, JsonNode> category :
                json(files.getFirst(), "services.json").path("categories").properties())
            for (JsonNode entry : category.getValue())
                for (Map.Entry<String, JsonNode> company : entry.properties())
                    for (Map.Entry<String, JsonNode> home : company.getValue().properties())
                        for (JsonNode domain : home.getValue())
                            row(
                                    rows,
                                    domain.asString(""),
                                    company.getKey(),
                                    category.getKey().toLowerCase(Locale.ROOT));
        return table(rows, "services.json");
    }

    /** trackers: name, categories, network_signature: a pattern that is a list of hosts. */
    static byte[] exodus(List<byte[]> files) throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        for (Map.Entry<String, JsonNode> e :
                json(files.getFirst(), "trackers").path("trackers").properties()) {
            JsonNode t = e.getValue();
            String category = t.path("categories").path(0).asString("").toLowerCase(Locale.ROOT);
            for (String alternative : t.path("network_signature").asString("").split("\\|")) {
                String host = alternative.replace("\\.", ".").replaceAll("^[.*^(]+|[)$]+$", "");
                row(rows, host, t.path("name").asString(""), category);
            }
        }
        return table(rows, "trackers");
    }

    /** The user's own: suffix, company, and where known headquarters and category. */
    static byte[] csv(byte[] file) throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        int number = 0;
        for (String line : new String(file, UTF_8).split("\\R")) {
            number++;
            if (line.isBlank() || line.startsWith("#")) continue;
            List<String> c = AddressRanges.columns(line);
            String host = c.getFirst().toLowerCase(Locale.ROOT);
            if (number == 1 && !HOST.matcher(host).matches()) continue; // a heading
            if (c.size() < 2 || c.get(1).isEmpty() || !HOST.matcher(host).matches())
                throw new IOException(
                        "line " + number + ": neither host,company nor an address range");
            String hq = c.size() > 2 && c.get(2).matches("[A-Z]{2}") ? c.get(2) : "";
            rows.put(
                    host,
                    host
                            + "\t"
                            + clean(c.get(1))
                            + "\t"
                            + hq
                            + "\t"
                            + clean(c.size() > 3 ? c.get(3) : ""));
        }
        return table(rows, "the file");
    }

    private static void row(
            TreeMap<String, String> rows, String host, String company, String category) {
        String h = host.strip().toLowerCase(Locale.ROOT);
        if (!HOST.matcher(h).matches() || clean(company).isEmpty()) return;
        rows.putIfAbsent(h, h + "\t" + clean(company) + "\t\t" + clean(category));
    }

    private static byte[] table(TreeMap<String, String> rows, String file) throws IOException {
        if (rows.isEmpty()) throw new IOException("no host in " + file);
        return (String.join("\n", rows.values()) + "\n").getBytes(UTF_8);
    }

    private static JsonNode json(byte[] file, String name) throws IOException {
        try {
            return JsonMapper.shared().readTree(file);
        } catch (JacksonException e) {
            throw new IOException(name + " is no JSON", e);
        }
    }

    private static String clean(String s) {
        return s.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }
}
