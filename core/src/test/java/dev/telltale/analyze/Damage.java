package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.StreamEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What holds of every conversation, whatever it speaks: any chunking tells the same; cut, joined
 * midway or with holes it is still told without a crash, every byte is accounted for once ({@link
 * Transcript} sees to both), and nothing is told that was never said.
 */
final class Damage {
    private Damage() {}

    /** Plays it whole, then in every kind of damage; returns it as it was told whole. */
    static Transcript check(Transcript script, int rounds) {
        Transcript whole = script.again().play();
        for (int longest : new int[] {1, 3, 17, 200})
            assertThat(script.again().play(new Random(longest), longest).canonical())
                    .as("in pieces of up to " + longest)
                    .isEqualTo(whole.canonical());
        Set<String> said = new HashSet<>();
        heads(whole, said);
        Random r = new Random(11);
        for (int n = 0; n < rounds; n++) {
            Transcript t = script.again();
            String how =
                    switch (n % 3) {
                        case 0 -> truncated(t, r);
                        case 1 -> holed(t, r);
                        default -> midway(t, r);
                    };
            Transcript once;
            Transcript twice;
            try {
                once = t.again().play();
                twice = t.again().play(r, 1 + r.nextInt(40));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(how + ": " + e, e);
            }
            assertThat(twice.canonical()).as(how + " in pieces").isEqualTo(once.canonical());
            Set<String> now = new HashSet<>();
            heads(once, now);
            assertThat(said).as(how).containsAll(now);
        }
        return whole;
    }

    private static void heads(Transcript t, Set<String> out) {
        for (Transcript.Exchanged e : t.exchanges) {
            String operation = e.exchange.operation();
            if (operation.isEmpty() || operation.equals("DATA") || operation.equals("MESSAGE"))
                continue;
            // A packet that was cut is told as it is, under its type.
            if (e.messages.stream()
                    .flatMap(m -> m.parts.stream())
                    .allMatch(p -> p.startsWith("frame[]="))) continue;
            // Any word may be a method; joined in one, what is left of it is.
            if (e.exchange.protocol().startsWith("http/")) continue;
            String protocol = e.exchange.protocol().replaceAll("/.*", "");
            out.add(protocol + " " + operation);
            // What was read of a packet may end before what it is about.
            String target = new String(e.exchange.target(), StandardCharsets.ISO_8859_1);
            if (!target.isEmpty()) out.add(protocol + " " + operation + " " + target);
        }
    }

    private static String truncated(Transcript t, Random r) {
        int event = r.nextInt(t.script.size());
        Transcript.Event e = t.script.get(event);
        int keep = r.nextInt(e.bytes().length + 1);
        while (t.script.size() > event) t.script.removeLast();
        if (keep > 0)
            t.script.add(new Transcript.Event(e.side(), Arrays.copyOf(e.bytes(), keep), 0));
        if (r.nextBoolean()) t.endingWith(StreamEvent.How.END_OF_CAPTURE);
        return "cut in event " + event + " at " + keep;
    }

    private static String holed(Transcript t, Random r) {
        int event = r.nextInt(t.script.size());
        Transcript.Event e = t.script.get(event);
        int n = e.bytes().length;
        if (n == 0) return "whole";
        int from = r.nextInt(n);
        int to = from + 1 + r.nextInt(n - from);
        List<Transcript.Event> with = new ArrayList<>();
        if (from > 0) with.add(new Transcript.Event(e.side(), Arrays.copyOf(e.bytes(), from), 0));
        with.add(new Transcript.Event(e.side(), new byte[0], to - from));
        if (to < n)
            with.add(new Transcript.Event(e.side(), Arrays.copyOfRange(e.bytes(), to, n), 0));
        t.script.remove(event);
        t.script.addAll(event, with);
        return "without " + from + " to " + to + " of event " + event;
    }

    private static String midway(Transcript t, Random r) {
        t.midway();
        int event = r.nextInt(t.script.size());
        for (int i = 0; i < event; i++) t.script.removeFirst();
        Transcript.Event e = t.script.removeFirst();
        int from = r.nextInt(e.bytes().length + 1);
        if (from < e.bytes().length)
            t.script.addFirst(
                    new Transcript.Event(
                            e.side(), Arrays.copyOfRange(e.bytes(), from, e.bytes().length), 0));
        return "joined in event " + event + " at " + from;
    }
}
