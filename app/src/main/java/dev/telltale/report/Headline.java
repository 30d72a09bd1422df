package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** An audit in one sentence, and what it does not say. */
public final class Headline {

    private final Audit audit;
    private final Words words;

    public Headline(Audit audit, Words words) {
        this.audit = audit;
        this.words = words;
    }

    public String sentence() {
        Set<String> personal = new LinkedHashSet<>();
        Set<String> unprotected = new LinkedHashSet<>();
        Set<String> unconsented = new LinkedHashSet<>();
        Set<String> recipients = new LinkedHashSet<>();
        boolean consentKnown = false;
        for (Finding f : audit.findings()) {
            if (f.direction() != Direction.SENT || !f.identifier().personal()) continue;
            personal.add(f.identifier().id());
            recipients.add(recipient(f));
            for (Finding.Variant v : f.variants()) {
                if (v.secured().protection() == Protection.NONE)
                    unprotected.add(f.identifier().id());
                if (v.consented().isPresent()) consentKnown = true;
                if (v.consented().isPresent() && !v.consented().get())
                    unconsented.add(f.identifier().id());
            }
        }
        if (personal.isEmpty()) return headlineOfNothing();
        String to =
                recipients.size() <= 2
                        ? words.list(List.copyOf(recipients))
                        : words.count("verdict.recipients", recipients.size());
        List<String> how = new ArrayList<>();
        how.add(
                unprotected.isEmpty()
                        ? words.get("verdict.protected")
                        : words.get(
                                "verdict.unprotected", words.amounts().number(unprotected.size())));
        if (consentKnown) {
            how.add(
                    unconsented.isEmpty()
                            ? words.get("verdict.consented")
                            : words.get(
                                    "verdict.unconsented",
                                    words.amounts().number(unconsented.size())));
        }
        return words.count("verdict.sent", personal.size(), to)
                + ": "
                + String.join(", ", how)
                + ".";
    }

    private String headlineOfNothing() {
        Coverage.Sums sent = audit.coverage().sent();
        if (audit.verdict().outcome() != Outcome.PASS) {
            return sent.bytes() == 0 ? words.get("verdict.nothing") : words.get("verdict.unseen");
        }
        long seen = audit.controls().stream().filter(ControlSeen::seen).count();
        String none =
                words.get(
                        audit.controls().isEmpty() ? "verdict.none.uncontrolled" : "verdict.none",
                        words.amounts().number(sent.readable()),
                        words.amounts().number(sent.bytes()),
                        words.amounts().number(seen),
                        words.amounts().number(audit.controls().size()));
        return unexplained() == 0
                ? none
                : none + " " + words.count("verdict.unexplained", unexplained());
    }

    private static String recipient(Finding f) {
        String company = f.destination().company();
        return company.isEmpty() ? f.destination().domain() : company;
    }

    /** One sentence each. */
    List<String> limits() {
        List<String> limits = new ArrayList<>();
        Coverage.Sums sent = audit.coverage().sent();
        long unread = sent.bytes() - sent.readable();
        if (unread > 0)
            limits.add(
                    words.get(
                            "limit.unread",
                            words.amounts().bytes(unread),
                            words.amounts().percent(unread, sent.bytes())));
        if (unexplained() > 0) limits.add(words.count("limit.unexplained", unexplained()));
        limits.add(words.get("limit.forms"));
        limits.add(words.get("limit.persona"));
        if (audit.run().isEmpty()) limits.add(words.get("limit.run"));
        if (audit.findings().stream().anyMatch(f -> !f.destination().country().isEmpty()))
            limits.add(words.get("limit.country"));
        limits.add(words.get("limit.recipients"));
        return limits;
    }

    private long unexplained() {
        return audit.coverage().destinations().stream()
                .flatMap(d -> d.reasons().stream())
                .filter(r -> r.code() == ReasonCode.UNEXPLAINED)
                .mapToLong(Coverage.Reason::values)
                .sum();
    }
}
