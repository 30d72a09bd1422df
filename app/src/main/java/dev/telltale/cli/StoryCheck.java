package dev.telltale.cli;

import dev.telltale.lab.RedMiStory.Manner;
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
        Outcome wanted = manner == Manner.NOTHING ? Outcome.PASS : Outcome.FAIL;
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
}
