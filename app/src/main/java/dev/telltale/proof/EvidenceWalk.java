package dev.telltale.proof;

import dev.telltale.audit.Replay;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Disguise;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Range;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * Goes along every path of an audit again, from the bytes of the capture to the value, with other
 * codecs than those that laid it.
 */
final class EvidenceWalk {
    private static final int MOST_LISTED = 20;

    private final Stated stated;
    private long walked;
    private long known;
    private long missing;
    private final List<String> broken = new ArrayList<>();
    private long brokenMore;
    private final TreeSet<String> foreign = new TreeSet<>();

    private EvidenceWalk(Persona persona) {
        this.stated = new Stated(persona);
    }

    /**
     * @param walked pieces of evidence that led to the value they name
     * @param known pieces whose way the checker knows in full; the rest are listed by what it does
     *     not know
     * @param broken those that did not, one line each, without values
     * @param foreign layers and forms that only the audit's own decoders know
     * @param missing pieces whose capture was not given
     */
    record Result(
            long walked,
            long known,
            List<String> broken,
            long brokenMore,
            List<String> foreign,
            long missing) {}

    /**
     * @param given whether the capture of that index was given
     */
    static Result walk(Replay replay, Persona persona, IntPredicate given) throws UnreadableInput {
        EvidenceWalk walk = new EvidenceWalk(persona);
        replay.evidence((f, e, opened) -> {
            if (given.test(e.capture())) walk.check(f, e, opened);
            else walk.missing++;
        });
        return new Result(
                walk.walked,
                walk.known,
                List.copyOf(walk.broken),
                walk.brokenMore,
                List.copyOf(walk.foreign),
                walk.missing);
    }

    private void check(Finding f, Evidence e, List<Replay.Opened> opened) {
        String unknown = "";
        boolean frames = opened.isEmpty();
        for (Replay.Opened o : opened) {
            if (!o.frames().isEmpty() && !o.frames().equals(e.frames())) continue;
            frames = true;
            Optional<String> stopped = follow(f, e, o);
            if (stopped.isEmpty()) {
                walked++;
                known++;
                return;
            }
            if (!stopped.get().isEmpty()) unknown = stopped.get();
        }
        if (!unknown.isEmpty()) {
            foreign.add(unknown);
            return;
        }
        known++;
        String why =
                opened.isEmpty()
                        ? "the capture holds no such bytes"
                        : frames
                                ? "the bytes there are not the identifier in that form"
                                : "the bytes there came in other frames";
        if (broken.size() < MOST_LISTED)
            broken.add(
                    "finding "
                            + f.id()
                            + " ("
                            + f.identifier().id()
                            + ", "
                            + f.place()
                            + "), "
                            + where(e)
                            + ": "
                            + why);
        else brokenMore++;
    }

    private static String where(Evidence e) {
        return e.entry().isPresent()
                ? "entry " + e.entry().getAsInt()
                : "frame " + (e.frames().isEmpty() ? "?" : e.frames().getFirst());
    }

    /**
     * Empty where the way leads to the value; else the name of what is not known here, or an empty
     * text where it does not.
     */
    private Optional<String> follow(Finding f, Evidence e, Replay.Opened opened) {
        List<byte[]> now = List.of(opened.bytes());
        for (int i = opened.steps(); i < e.path().size(); i++) {
            Evidence.Step step = e.path().get(i);
            List<byte[]> next = new ArrayList<>();
            for (byte[] coded : now) {
                Optional<List<byte[]>> plain = Codecs.undo(step.layer(), coded);
                if (plain.isEmpty()) return Optional.of("layer " + step.layer());
                for (byte[] p : plain.get()) cut(p, step.ranges()).ifPresent(next::add);
            }
            if (next.isEmpty()) return Optional.of("");
            now = next;
        }
        boolean foreignForm = false;
        for (Finding.Variant v : f.variants()) {
            if (!e.excerpt().contains(v.form())) continue;
            boolean pieces = v.disguise() == Disguise.SPLIT;
            // Each piece may have been taken out of layers of its own.
            foreignForm |= pieces;
            for (byte[] value : now) {
                if (pieces && stated.isOfPieces(value, f.identifier().id()))
                    return Optional.empty();
                switch (stated.is(value, f.identifier().id(), v.form())) {
                    case YES -> {
                        return Optional.empty();
                    }
                    case UNKNOWN -> foreignForm = true;
                    case NO -> {}
                }
            }
        }
        return Optional.of(foreignForm ? "form " + f.worst().form().replaceAll(",.*", "") : "");
    }

    private static Optional<byte[]> cut(byte[] from, List<Range> ranges) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Range r : ranges) {
            if (r.start() < 0 || r.length() < 0 || r.start() > from.length - r.length())
                return Optional.empty();
            out.write(from, (int) r.start(), (int) r.length());
        }
        return Optional.of(out.toByteArray());
    }
}
