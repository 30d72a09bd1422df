package dev.telltale.audit;

import dev.telltale.model.Observations;
import dev.telltale.model.Run;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The sentence that says how far a verdict reaches. */
final class Scopes {
    private Scopes() {}

    static String sentence(Optional<Run> run, Observations seen) {
        StringBuilder s =
                new StringBuilder(
                        "no claim beyond this device, build, SIM, region, duration and channels");
        run.flatMap(Run::device)
                .ifPresent(d -> {
                    s.append(": ").append((d.brand() + " " + d.model()).strip());
                    if (!d.build().isEmpty()) s.append(", build ").append(d.build());
                    if (!d.region().isEmpty()) s.append(", region ").append(d.region());
                    if (!d.unit().isEmpty()) s.append(", unit ").append(d.unit());
                });
        Observations.Span all =
                seen.captures().values().stream()
                        .map(Observations.CaptureSeen::span)
                        .reduce(Observations.Span.none(), Observations.Span::plus);
        if (!all.isNone()) {
            s.append(run.isPresent() ? ", " : ": ")
                    .append(words(Duration.ofNanos(all.lastNanos() - all.firstNanos())))
                    .append(" of traffic");
        }
        run.map(Run::captured)
                .filter(c -> !c.isEmpty())
                .ifPresent(c -> s.append(channels(new TreeMap<>(c))));
        return s.toString();
    }

    private static String channels(Map<String, String> captured) {
        String seen =
                captured.entrySet().stream()
                        .filter(e -> e.getValue().equals("full") || e.getValue().equals("log"))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(", "));
        String unseen =
                captured.entrySet().stream()
                        .filter(e -> !e.getValue().equals("full") && !e.getValue().equals("log"))
                        .map(e -> e.getKey() + " (" + e.getValue() + ")")
                        .collect(Collectors.joining(", "));
        return (seen.isEmpty() ? "" : " over " + seen)
                + (unseen.isEmpty() ? "" : "; not fully captured: " + unseen);
    }

    private static String words(Duration d) {
        if (d.toHours() >= 2) return d.toHours() + " h";
        if (d.toMinutes() >= 2) return d.toMinutes() + " min";
        return Math.max(1, d.toSeconds()) + " s";
    }
}
