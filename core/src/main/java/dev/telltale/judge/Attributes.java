package dev.telltale.judge;

import dev.telltale.model.Certainty;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Protection;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a policy's conditions may ask of a finding. A condition is asked of each variant for itself,
 * because one finding may have left both before and after a consent.
 */
public final class Attributes {
    private Attributes() {}

    /** One way in which one finding left, the run it belongs to, and the policy's groups. */
    record Facts(
            Finding finding,
            Finding.Variant variant,
            Optional<Run> run,
            Map<String, List<String>> groups) {}

    /**
     * @param about for the person who writes a policy
     * @param known the only values, or empty where any text will do
     * @param atLeast true where the value is a number that the fact must reach
     */
    public record Attribute(
            String name,
            String about,
            List<String> known,
            boolean atLeast,
            Function<Facts, String> reader) {}

    private static final List<String> YES_NO = List.of("yes", "no");

    /** In the order in which a person would ask: what, whose, to whom, where, how, when. */
    public static final List<Attribute> ALL =
            List.of(
                    free(
                            "kind",
                            "imei, msisdn, contact_phone, ...",
                            f -> f.finding().identifier().kind()),
                    free(
                            "identifier",
                            "one entry of the persona: imei[1], custom.fb_id[0]",
                            f -> f.finding().identifier().id()),
                    closed(
                            "scope",
                            "whose it is",
                            labels(Scope.values()),
                            f -> label(f.finding().identifier().scope())),
                    closed(
                            "personal",
                            "no for model and build alone",
                            YES_NO,
                            f -> yes(f.finding().identifier().personal())),
                    closed(
                            "direction",
                            "as seen from the phone",
                            labels(Direction.values()),
                            f -> label(f.finding().direction())),
                    free(
                            "company",
                            "who runs the host; unknown where nobody knows",
                            f -> known(f.finding().destination().company())),
                    free(
                            "category",
                            "what the company's host is for; or unknown",
                            f -> known(f.finding().destination().category())),
                    free(
                            "country",
                            "where the address is registered (ISO code), anycast, or unknown; "
                                    + "@region is the run's",
                            Attributes::country),
                    free(
                            "domain",
                            "registrable domain of the host",
                            f -> f.finding().destination().domain()),
                    free("host", "name or address", f -> f.variant().host()),
                    free(
                            "app",
                            "which app sent it, where the capture tells",
                            f -> known(f.variant().app())),
                    free(
                            "protocol",
                            "http/1.1, http/2, dns, sms, ...",
                            f -> f.variant().protocol()),
                    free(
                            "place",
                            "as findings show it: GET /a/{id} · query[x]",
                            f -> f.finding().place()),
                    closed(
                            "protection",
                            "of the connection",
                            labels(Protection.values()),
                            f -> label(f.variant().secured().protection())),
                    closed(
                            "weak",
                            "yes where the protection does not hold",
                            YES_NO,
                            f -> yes(!f.variant().secured().weak().isEmpty())),
                    free(
                            "weak_why",
                            "why: *certificate*, RC4, ...",
                            f -> f.variant().secured().weak()),
                    closed(
                            "disguise",
                            "of the value",
                            labels(Disguise.values()),
                            f -> label(f.variant().disguise())),
                    free("form", "what matched: md5 > hex", f -> f.variant().form()),
                    free("phase", "of the run", f -> f.variant().phase()),
                    closed(
                            "consented",
                            "unknown without a run file",
                            List.of("yes", "no", "unknown"),
                            f -> f.variant().consented().map(Attributes::yes).orElse("unknown")),
                    closed(
                            "withdrawn",
                            "yes where a consent that covered it had been withdrawn",
                            YES_NO,
                            f -> yes(withdrawn(f))),
                    closed(
                            "declared",
                            "among what the maker declared (--declared); unknown without",
                            List.of("yes", "no", "unknown"),
                            Attributes::declared),
                    closed(
                            "region_known",
                            "whether the run says device.region",
                            YES_NO,
                            f ->
                                    yes(
                                            f.run()
                                                    .flatMap(Run::device)
                                                    .map(d -> !d.region().isEmpty())
                                                    .orElse(false))),
                    closed(
                            "certainty",
                            "of the match",
                            labels(Certainty.values()),
                            f -> label(f.finding().certainty())),
                    number(
                            "set_at_least",
                            "members of contacts, SMS, calls or apps it got",
                            f -> f.finding().set().map(s -> String.valueOf(s.sent())).orElse("0")),
                    number(
                            "set_share_at_least",
                            "their share of all that the persona has, 0 to 1",
                            f ->
                                    f.finding()
                                            .set()
                                            .map(s -> String.valueOf((double) s.sent() / s.known()))
                                            .orElse("0")));

    private static final Map<String, Attribute> BY_NAME = byName();

    static String[] names() {
        return ALL.stream().map(Attribute::name).toArray(String[]::new);
    }

    static Attribute named(String name) {
        Attribute a = BY_NAME.get(name);
        if (a == null) throw new IllegalArgumentException("no such attribute: " + name);
        return a;
    }

    private static Map<String, Attribute> byName() {
        Map<String, Attribute> all = new LinkedHashMap<>();
        for (Attribute a : ALL) all.put(a.name(), a);
        return all;
    }

    private static Attribute free(String name, String about, Function<Facts, String> reader) {
        return new Attribute(name, about, List.of(), false, reader);
    }

    private static Attribute closed(
            String name, String about, List<String> known, Function<Facts, String> reader) {
        return new Attribute(name, about, known, false, reader);
    }

    private static Attribute number(String name, String about, Function<Facts, String> reader) {
        return new Attribute(name, about, List.of(), true, reader);
    }

    private static List<String> labels(Enum<?>[] values) {
        return Arrays.stream(values).map(Attributes::label).toList();
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String yes(boolean b) {
        return b ? "yes" : "no";
    }

    private static String known(String s) {
        return s.isEmpty() ? "unknown" : s;
    }

    /** The consent was given and taken back, and nothing covers it again. */
    private static boolean withdrawn(Facts f) {
        boolean covered = f.variant().consented().orElse(true);
        return !covered
                && f.run().stream()
                        .flatMap(r -> r.consents().stream())
                        .filter(c ->
                                c.covers(
                                        f.finding().destination().domain(),
                                        f.finding().identifier()))
                        .flatMap(c -> c.withdrawn().stream())
                        .anyMatch(end -> !f.variant().lastSeen().isBefore(end));
    }

    private static String declared(Facts f) {
        List<String> kinds = f.groups().get(Declarations.GROUP);
        return kinds == null ? "unknown" : yes(kinds.contains(f.finding().identifier().kind()));
    }

    private static String country(Facts f) {
        return f.finding().destination().anycast()
                ? "anycast"
                : known(f.finding().destination().country());
    }
}
