package dev.telltale.report;

import dev.telltale.model.Coverage;
import dev.telltale.model.ReasonCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One reason for not having read something, with all hosts it concerns. */
record BlindSpot(ReasonCode code, long bytes, long values, List<String> hosts) {

    /** Largest first. */
    static List<BlindSpot> of(Coverage coverage) {
        Map<ReasonCode, List<Coverage.Share>> shares = new EnumMap<>(ReasonCode.class);
        Map<ReasonCode, Long> bytes = new EnumMap<>(ReasonCode.class);
        Map<ReasonCode, Long> values = new EnumMap<>(ReasonCode.class);
        for (Coverage.Share share : coverage.destinations()) {
            for (Coverage.Reason r : share.reasons()) {
                if (r.bytes() == 0 && r.values() == 0) continue;
                shares.computeIfAbsent(r.code(), k -> new ArrayList<>()).add(share);
                bytes.merge(r.code(), r.bytes(), Long::sum);
                values.merge(r.code(), r.values(), Long::sum);
            }
        }
        List<BlindSpot> spots = new ArrayList<>();
        shares.forEach((code, of) -> {
            of.sort(
                    Comparator.comparingLong((Coverage.Share share) -> -bytesOf(share, code))
                            .thenComparing(Coverage.Share::host));
            spots.add(
                    new BlindSpot(
                            code,
                            bytes.getOrDefault(code, 0L),
                            values.getOrDefault(code, 0L),
                            of.stream().map(Coverage.Share::host).distinct().toList()));
        });
        spots.sort(
                Comparator.comparingLong(BlindSpot::bytes)
                        .reversed()
                        .thenComparing(BlindSpot::code));
        return spots;
    }

    private static long bytesOf(Coverage.Share share, ReasonCode code) {
        return share.reasons().stream()
                .filter(r -> r.code() == code)
                .mapToLong(Coverage.Reason::bytes)
                .sum();
    }
}
