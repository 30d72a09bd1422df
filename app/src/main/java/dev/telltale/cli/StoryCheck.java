package dev.telltale.cli;

import dev.telltale.lab.RedMiStory.Manner;
import dev.telltale.lab.RedMiStory.Published;
import dev.telltale.model.Audit;
import dev.telltale.model.Comparison;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Did a re-enactment come out as published: that and nothing else? */
final class StoryCheck {
    private StoryCheck() {}

    /** One line for each difference; empty where there is none. */
    static List<String> differences(Audit audit, Published published) {
        List<String> out = new ArrayList<>();
        TreeSet<String> missing = new TreeSet<>(published.identifiers());
        for (Finding f : audit.findings()) {
            if (!f.identifier().personal()) continue;
            String id = f.identifier().id();
            boolean sent = f.direction() == Direction.SENT;
            if (sent && published.identifiers().contains(id)) {
                if (shownAsPublished(f, published.manner())) missing.remove(id);
                variants(f, published, out);
            } else {
                out.add(
                        "not published, but found: "
                                + id
                                + (sent ? ", sent to " : ", received from ")
                                + f.destination().host()
                                + " in "
                                + f.place());
            }
        }
        for (String id : missing) out.add("published, but not found: " + id);
        verdict(audit, published.manner()).ifPresent(out::add);
        long dark = audit.coverage().sent().bytes() - audit.coverage().sent().readable();
        if (dark != 0) out.add(dark + " bytes that the handset sent could not be read");
        if (audit.coverage().sent().bytes() == 0) out.add("nothing was sent");
        if (audit.controls().isEmpty()) out.add("the run names no control");
        for (ControlSeen c : audit.controls())
            if (!c.seen()) out.add("the control " + c.name() + " was not seen");
        audit.anomalies()
                .forEach(a -> out.add("the recording is not clean: " + a.kind() + ", " + a.text()));
        return out;
    }

    /** What went with consent went in base64; a digest of it elsewhere is allowed beside that. */
    private static boolean shownAsPublished(Finding f, Manner manner) {
        return manner != Manner.CONSENTED
                || f.variants().stream().anyMatch(v -> v.chain().contains("base64"));
    }

    private static Optional<String> verdict(Audit audit, Manner manner) {
        Outcome wanted = manner == Manner.OPEN ? Outcome.FAIL : Outcome.PASS;
        Outcome is = audit.verdict().outcome();
        return is == wanted
                ? Optional.empty()
                : Optional.of("the verdict is " + is + ", not " + wanted);
    }

    private static void variants(Finding f, Published published, List<String> out) {
        boolean asked = published.manner() == Manner.CONSENTED;
        for (Finding.Variant v : f.variants()) {
            String what = f.identifier().id() + " in " + f.place();
            if (!v.host().equals(published.host())) {
                out.add(what + " went to " + v.host() + ", not to " + published.host());
            }
            Protection wanted = asked ? Protection.TLS : Protection.NONE;
            if (v.secured().protection() != wanted) {
                out.add(what + " was protected by " + v.secured().protection());
            }
            if (!v.consented().equals(Optional.of(asked))) {
                out.add(
                        what
                                + " is not reported as sent "
                                + (asked ? "with consent" : "without consent"));
            }
        }
    }

    /**
     * What the runs together have to show: what the last does not send any more is fixed, what it
     * sends like the first goes protected and with consent now, the rest of it is new.
     */
    static List<String> differences(Comparison comparison, List<Published> runs) {
        List<String> out = new ArrayList<>();
        Set<String> first = runs.getFirst().identifiers();
        Set<String> last = runs.getLast().identifiers();
        TreeSet<String> unmentioned = new TreeSet<>(first);
        unmentioned.addAll(last);
        for (Comparison.Item item : comparison.items()) {
            if (!item.counts()) continue;
            String id = item.identifier().id();
            unmentioned.remove(id);
            if (!last.contains(id) && item.status() != Comparison.Status.FIXED)
                out.add(id + " is " + item.status() + ", not FIXED");
            if (first.contains(id) && last.contains(id)) {
                if (!changed(item, Comparison.Attribute.PROTECTION, "NONE", "TLS"))
                    out.add(id + " did not change from HTTP to TLS");
                if (!changed(item, Comparison.Attribute.CONSENTED, "false", "true"))
                    out.add(id + " did not change from default to opt-in");
            }
            if (!first.contains(id) && item.status() != Comparison.Status.NEW)
                out.add(id + " is " + item.status() + ", not NEW");
        }
        for (String id : unmentioned) out.add(id + " is not compared");
        return out;
    }

    private static boolean changed(
            Comparison.Item item, Comparison.Attribute attribute, String before, String after) {
        return item.changes().stream()
                .anyMatch(c ->
                        c.attribute() == attribute
                                && c.before().equals(before)
                                && c.after().equals(after));
    }
}
