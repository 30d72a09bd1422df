package dev.telltale.cli;

import dev.telltale.lab.RedMiStory.Published;
import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                missing.remove(id);
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
        if (audit.verdict().outcome() != Outcome.FAIL) {
            out.add("the verdict is " + audit.verdict().outcome() + ", not FAIL");
        }
        long dark = audit.coverage().sent().bytes() - audit.coverage().sent().readable();
        if (dark != 0) out.add(dark + " bytes that the handset sent could not be read");
        audit.anomalies()
                .forEach(a -> out.add("the recording is not clean: " + a.kind() + ", " + a.text()));
        return out;
    }

    private static void variants(Finding f, Published published, List<String> out) {
        for (Finding.Variant v : f.variants()) {
            String what = f.identifier().id() + " in " + f.place();
            if (!v.host().equals(published.host())) {
                out.add(what + " went to " + v.host() + ", not to " + published.host());
            }
            if (v.secured().protection() != Protection.NONE) {
                out.add(what + " was protected by " + v.secured().protection());
            }
            if (!v.consented().equals(Optional.of(false))) {
                out.add(what + " is not reported as sent without consent");
            }
        }
    }
}
