package dev.telltale.publish;

import dev.telltale.report.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An advisory as CSAF 2.0 JSON (OASIS, docs.oasis-open.org/csaf/csaf/v2.0): profile 4 (security
 * advisory) where something leaks, profile 3 (informational advisory) where nothing does, and the
 * base profile without vulnerabilities once it is withdrawn, so that no program acts upon it.
 */
final class Csaf {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Advisory a;
    private final String version;

    private Csaf(Advisory a, String version) {
        this.a = a;
        this.version = version;
    }

    static String json(Advisory a, String version) {
        return JSON.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(new Csaf(a, version).whole())
                + "\n";
    }

    private ObjectNode whole() {
        boolean withdrawn = a.event() == Advisory.Event.WITHDRAWN;
        boolean leaks = !a.facts().leaks().isEmpty();
        ObjectNode root = JSON.createObjectNode();
        ObjectNode document = root.putObject("document");
        document.put(
                "category",
                withdrawn
                        ? "csaf_base"
                        : leaks ? "csaf_security_advisory" : "csaf_informational_advisory");
        document.put("csaf_version", "2.0").put("lang", "en");
        document.put("title", text(a.headline()));
        notes(document.putArray("notes"));
        ObjectNode publisher = document.putObject("publisher").put("category", "discoverer");
        publisher.put("contact_details", text(a.publisher().contact()));
        publisher.put("name", text(a.publisher().name()));
        publisher.put("namespace", a.publisher().namespace());
        references(document.putArray("references"));
        tracking(document.putObject("tracking"));
        if (withdrawn || !leaks) return root;
        productTree(root.putObject("product_tree"));
        vulnerabilities(root.putArray("vulnerabilities"));
        return root;
    }

    private void notes(ArrayNode notes) {
        if (!Wording.notice(a).isEmpty())
            note(notes, "general", "Status of this advisory", Wording.notice(a));
        note(notes, "summary", "Summary", a.summary());
        for (Wording.Section s : Wording.sections(a)) {
            List<String> lines = new ArrayList<>(s.lines());
            lines.addAll(s.items());
            note(notes, "details", s.title(), String.join("\n", lines));
        }
    }

    private static void note(ArrayNode notes, String category, String title, String text) {
        notes.addObject().put("category", category).put("text", text(text)).put("title", title);
    }

    private void references(ArrayNode references) {
        references
                .addObject()
                .put("category", "external")
                .put("summary", "Publisher")
                .put("url", a.publisher().namespace());
        if (!a.publisher().site().isEmpty())
            references
                    .addObject()
                    .put("category", "self")
                    .put("summary", "This advisory")
                    .put("url", Site.url(a, ".json"));
    }

    private void tracking(ObjectNode tracking) {
        tracking.put("current_release_date", a.updated().toString());
        ObjectNode generator = tracking.putObject("generator");
        generator.put("date", a.updated().toString());
        generator.putObject("engine").put("name", "Telltale").put("version", version);
        tracking.put("id", a.id());
        tracking.put("initial_release_date", a.published().toString());
        ArrayNode history = tracking.putArray("revision_history");
        for (Advisory.Revision r : a.revisions())
            history.addObject()
                    .put("date", r.date().orElseThrow().toString())
                    .put("number", Integer.toString(r.number()))
                    .put("summary", text(r.summary()));
        tracking.put("status", a.status().name().toLowerCase(Locale.ROOT));
        tracking.put("version", Integer.toString(a.version()));
    }

    private void productTree(ObjectNode tree) {
        ObjectNode vendor = branch(tree, "vendor", a.product().brand());
        ArrayNode builds = branch(vendor, "product_name", a.product().model()).putArray("branches");
        int n = 0;
        for (String build : all()) {
            ObjectNode branch =
                    builds.addObject().put("category", "product_version").put("name", text(build));
            branch.putObject("product")
                    .put("name", text(a.product().name() + " " + build))
                    .put("product_id", id(n++));
        }
    }

    private static ObjectNode branch(ObjectNode in, String category, String name) {
        return in.putArray("branches")
                .addObject()
                .put("category", category)
                .put("name", text(name));
    }

    /** Affected builds, then fixed ones: the order of their ids. */
    private List<String> all() {
        List<String> all = new ArrayList<>(a.affected().builds());
        all.addAll(a.affected().fixed());
        return all;
    }

    private static String id(int n) {
        return "B" + (n + 1);
    }

    private void vulnerabilities(ArrayNode vulnerabilities) {
        int affected = a.affected().builds().size();
        int fixed = a.affected().fixed().size();
        for (Facts.Leak l : a.facts().leaks()) {
            ObjectNode v = vulnerabilities.addObject();
            v.putObject("cwe")
                    .put("id", l.unprotected() ? "CWE-319" : "CWE-359")
                    .put(
                            "name",
                            l.unprotected()
                                    ? "Cleartext Transmission of Sensitive Information"
                                    : "Exposure of Private Personal Information to an Unauthorized"
                                            + " Actor");
            ArrayNode ids = v.putArray("ids");
            for (String f : l.findings())
                ids.addObject().put("system_name", "Telltale finding").put("text", f);
            note(
                    v.putArray("notes"),
                    "description",
                    "What goes to " + text(Wording.recipient(l)),
                    String.join("\n", l.sentences()));
            ObjectNode status = v.putObject("product_status");
            if (fixed > 0) products(status.putArray("fixed"), affected, affected + fixed);
            products(status.putArray("known_affected"), 0, affected);
            ArrayNode remediations = v.putArray("remediations");
            for (String todo : a.whatToDo()) remediation(remediations, "mitigation", todo);
            if (fixed > 0)
                remediation(
                        remediations,
                        "vendor_fix",
                        "Update to " + String.join(" or ", a.affected().fixed()) + ".");
            v.put("title", text("Personal data to " + Wording.recipient(l)));
        }
    }

    private void remediation(ArrayNode remediations, String category, String details) {
        ObjectNode r = remediations.addObject().put("category", category);
        r.put("details", text(details));
        products(r.putArray("product_ids"), 0, a.affected().builds().size());
    }

    private static void products(ArrayNode ids, int from, int to) {
        for (int i = from; i < to; i++) ids.add(id(i));
    }

    /** Lines stay lines; what a reader cannot see is named. */
    private static String text(String s) {
        List<String> lines = s.lines().map(Printable::of).toList();
        return String.join("\n", lines);
    }
}
