package dev.telltale.audit;

import dev.telltale.model.ControlSeen;
import dev.telltale.model.Direction;
import dev.telltale.model.Identifier;
import dev.telltale.model.Observations;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.SightingGroup;
import dev.telltale.model.Observations.Span;
import dev.telltale.model.Persona;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * The run's controls: values sent on purpose, to show that what is sent is seen. They are searched
 * for like an identifier of the persona, in all its forms, and are no finding.
 */
final class Controls {
    /** Kind of identifier whose forms they have. */
    private static final String KIND = "custom";

    private static final String PREFIX = "control.";

    private Controls() {}

    /** The persona with the run's controls behind its own identifiers. */
    static Persona with(Persona persona, Optional<Run> run) {
        List<Run.Control> controls = run.map(Run::controls).orElse(List.of());
        if (controls.stream().allMatch(c -> c.value().isEmpty())) return persona;
        List<Persona.Entry> entries = new ArrayList<>(persona.entries());
        for (int i = 0; i < controls.size(); i++) {
            Run.Control c = controls.get(i);
            if (!c.value().isEmpty())
                entries.add(
                        new Persona.Entry(
                                new Identifier(
                                        PREFIX + c.name() + "[" + i + "]",
                                        KIND,
                                        Scope.DEVICE,
                                        false),
                                c.value()));
        }
        return new Persona(
                persona.name(), persona.region(), List.copyOf(entries), persona.payloadKeys());
    }

    static boolean is(Identifier who) {
        return who.id().startsWith(PREFIX);
    }

    /** The persona's own. */
    static List<Identifier> without(List<Identifier> identifiers) {
        return identifiers.stream().filter(i -> !is(i)).toList();
    }

    /**
     * What became of each, in the run's order. One of the device counts where the phone sent it;
     * one of the recorder wherever it passed.
     *
     * @param phones by the capture's SHA-256
     * @param names host of a way and time
     */
    static List<ControlSeen> seen(
            Observations seen,
            BiFunction<String, SightingGroup, Optional<Phones.Way>> phones,
            HostOf names) {
        List<Run.Control> controls = seen.run().map(Run::controls).orElse(List.of());
        List<ControlSeen> all = new ArrayList<>();
        for (int i = 0; i < controls.size(); i++) {
            Run.Control c = controls.get(i);
            String id = PREFIX + c.name() + "[" + i + "]";
            long count = 0;
            Span span = Span.none();
            TreeSet<String> hosts = new TreeSet<>();
            for (var e : seen.captures().entrySet()) {
                CaptureSeen capture = e.getValue();
                for (SightingGroup g : capture.sightings()) {
                    if (!seen.persona()
                            .entries()
                            .get(g.key().identifier())
                            .identifier()
                            .id()
                            .equals(id)) continue;
                    Optional<Phones.Way> way = phones.apply(e.getKey(), g);
                    boolean sent = way.map(w -> w.direction() == Direction.SENT).orElse(false);
                    if (c.from().equals("device") && !sent) continue;
                    count += g.count();
                    span = span.plus(g.span());
                    way.ifPresent(w -> hosts.add(names.host(capture, w, g)));
                }
            }
            all.add(
                    new ControlSeen(
                            c.name(),
                            c.from(),
                            count,
                            span.isNone()
                                    ? Optional.empty()
                                    : Optional.of(TimeSlots.instant(span.firstNanos())),
                            span.isNone()
                                    ? Optional.empty()
                                    : Optional.of(TimeSlots.instant(span.lastNanos())),
                            List.copyOf(hosts)));
        }
        return List.copyOf(all);
    }

    interface HostOf {
        String host(CaptureSeen capture, Phones.Way way, SightingGroup g);
    }
}
