package dev.telltale.decode;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.LayerSink;
import dev.telltale.model.LayerStep;
import dev.telltale.model.PartKind;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes down what the unwrapper tells. */
final class Log implements LayerSink {
    record Sighting(
            PartKind kind, String name, long partAt, List<LayerStep> trail, int form, Range range) {
        /**
         * {@code json(a.[]) > base64}; framing in brackets; a step that changes nothing with {@code
         * =}.
         */
        String chain() {
            return trail.stream()
                    .map(s ->
                            (s.framing() ? "[" + s.decoder() + "]" : s.decoder())
                                    + (s.identity() ? "=" : "")
                                    + (s.keys().isEmpty()
                                            ? ""
                                            : "(" + String.join(".", s.keys()) + ")"))
                    .collect(Collectors.joining(" > "));
        }
    }

    record Unread(
            PartKind kind,
            String name,
            List<String> keys,
            ByteClass byteClass,
            ReasonCode reason,
            long bytes,
            long hash) {}

    final List<Sighting> sightings = new ArrayList<>();
    final List<Unread> unread = new ArrayList<>();
    final List<Long> received = new ArrayList<>();
    final List<String> anomalies = new ArrayList<>();
    long scanned;

    @Override
    public void sighting(
            PartKind kind, String name, long partAt, List<LayerStep> trail, int form, Range range) {
        sightings.add(new Sighting(kind, name, partAt, trail, form, range));
    }

    @Override
    public void unread(
            PartKind kind,
            String name,
            KeyPath path,
            ByteClass c,
            ReasonCode reason,
            long bytes,
            long hash) {
        List<String> keys = path.keys();
        unread.add(new Unread(kind, name, keys, c, reason, bytes, hash));
    }

    @Override
    public void received(long hash) {
        received.add(hash);
    }

    @Override
    public void scanned(long bytes) {
        scanned += bytes;
    }

    @Override
    public void anomaly(Anomaly.Kind kind, long at, String text) {
        anomalies.add(kind + " at " + at + ": " + text);
    }

    /** What one of two tells and the other does not, a few of it; empty where they agree. */
    static List<String> difference(Log a, Log b) {
        List<String> x = a.sorted();
        List<String> y = b.sorted();
        if (x.equals(y)) return List.of();
        List<String> onlyA = new ArrayList<>(x);
        List<String> onlyB = new ArrayList<>(y);
        y.forEach(onlyA::remove);
        x.forEach(onlyB::remove);
        List<String> all = new ArrayList<>();
        onlyA.stream().limit(4).forEach(s -> all.add("first: " + s));
        onlyB.stream().limit(4).forEach(s -> all.add("second: " + s));
        return all;
    }

    /** All of it, in an order that does not matter. */
    List<String> sorted() {
        List<String> all = new ArrayList<>();
        for (Sighting s : sightings) all.add(s.toString());
        for (Unread x : unread) all.add(x.toString());
        for (Long h : received) all.add("received " + h);
        for (String a : anomalies) all.add(a);
        all.add("scanned " + scanned);
        all.sort(null);
        return all;
    }
}
