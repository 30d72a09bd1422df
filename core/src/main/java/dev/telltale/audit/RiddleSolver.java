package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.identify.SaltedDigests;
import dev.telltale.identify.SaltedDigests.Depth;
import dev.telltale.identify.SaltedDigests.Effort;
import dev.telltale.identify.SaltedDigests.Recipe;
import dev.telltale.identify.SaltedDigests.Solution;
import dev.telltale.identify.SaltedDigests.Sought;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Disguise;
import dev.telltale.model.Identifier;
import dev.telltale.model.Observations.SightingKey;
import dev.telltale.model.Persona;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries the riddles of a capture, within one effort for all. Kinds of messages take turns, so that
 * a busy one does not use up what a rare one needs: the first message of each kind in the usual
 * ways, then in all ways, then the next ones. What was right once is tried first on all messages of
 * that kind.
 */
final class RiddleSolver {
    /** Digests; a quarter of a second. Twice in case of an address book. */
    private static final long EFFORT = 1_000_000;

    /** Digests more for each value of the persona. */
    private static final long EFFORT_A_VALUE = 500;

    /** So many messages of a kind are tried in all ways. */
    private static final int TRIED = 3;

    private final Persona persona;
    private final SaltedDigests digests;
    private final Partial out;
    private final boolean reveal;
    private final Effort effort;

    RiddleSolver(Persona persona, SaltedDigests digests, Partial out, boolean reveal) {
        this.persona = persona;
        this.digests = digests;
        this.out = out;
        this.reveal = reveal;
        effort = new Effort(EFFORT + EFFORT_A_VALUE * digests.values());
    }

    /** The messages of one kind, what of them is solved, and how. */
    private static final class Kind {
        private final List<Riddle> riddles;
        private final List<List<Sought>> sought = new ArrayList<>();
        private final List<boolean[]> solved = new ArrayList<>();
        private final List<Recipe> recipes = new ArrayList<>();

        Kind(List<Riddle> riddles) {
            this.riddles = riddles;
            for (Riddle r : riddles) {
                List<Sought> all = new ArrayList<>();
                for (Riddle.Shaped s : r.shaped()) all.add(new Sought(s.text(), s.raw()));
                sought.add(all);
                solved.add(new boolean[all.size()]);
            }
        }
    }

    void solve() {
        List<Kind> kinds = new ArrayList<>();
        for (List<Riddle> all : out.riddles.kinds()) kinds.add(new Kind(all));
        for (Kind k : kinds) attempt(k, 0, Depth.USUAL);
        boolean cut = effort.over() || out.riddles.leftOut();
        for (Kind k : kinds) attempt(k, 0, Depth.THOROUGH);
        for (int i = 1; i < TRIED; i++) {
            for (Kind k : kinds) attempt(k, i, Depth.USUAL);
            for (Kind k : kinds) attempt(k, i, Depth.THOROUGH);
        }
        for (Kind k : kinds)
            for (int i = TRIED; i < k.riddles.size(); i++) attempt(k, i, Depth.USUAL);
        if (cut)
            out.anomaly(
                    new Anomaly(
                            Anomaly.Kind.LIMIT,
                            "capture",
                            "Too many values look like digests: not all of them were tried with"
                                    + " the salts that may belong to them."));
    }

    private void attempt(Kind k, int i, Depth depth) {
        if (i >= k.riddles.size() || effort.over()) return;
        Riddle r = k.riddles.get(i);
        List<Solution> solutions =
                digests.solve(r.salts(), k.sought.get(i), k.solved.get(i), depth, effort);
        tell(r, solutions);
        for (Solution s : solutions) {
            if (k.recipes.contains(s.recipe())) continue;
            k.recipes.add(s.recipe());
            again(k, s.recipe());
        }
    }

    /** On all messages of the kind: it costs a fraction of finding it, and is not left undone. */
    private void again(Kind k, Recipe recipe) {
        for (int i = 0; i < k.riddles.size(); i++) {
            Riddle r = k.riddles.get(i);
            Effort own = new Effort(Long.MAX_VALUE);
            tell(r, digests.again(recipe, r.salts(), k.sought.get(i), k.solved.get(i), own));
        }
    }

    private void tell(Riddle r, List<Solution> solutions) {
        boolean[] told = new boolean[r.shaped().size()];
        for (Solution s : solutions) {
            Riddle.Shaped shaped = r.shaped().get(s.sought());
            Identifier who = persona.entries().get(s.form().identifier()).identifier();
            if (!told[s.sought()]) {
                told[s.sought()] = true;
                out.explained(
                        shaped.key().ends(),
                        shaped.key().side(),
                        shaped.counted(),
                        r.flow(),
                        new String(shaped.text(), ISO_8859_1),
                        reveal || shaped.raw() ? "" : "{" + who.kind() + "}");
            }
            sighting(r, shaped, s, who);
        }
    }

    private void sighting(Riddle r, Riddle.Shaped shaped, Solution s, Identifier who) {
        int matched = shaped.text().length;
        String label = s.form().label(matched) + ", " + s.salt();
        SightingKey t = shaped.key();
        String explanation =
                Explain.sighting(
                        who,
                        s.form(),
                        matched,
                        s.salt(),
                        t.chain(),
                        shaped.partKind(),
                        shaped.part());
        SightingKey key =
                new SightingKey(
                                s.form().identifier(),
                                t.ends(),
                                t.side(),
                                t.place(),
                                t.app(),
                                t.protocol(),
                                t.secured(),
                                MessageRecorder.disguise(Disguise.SALTED, t.chain()),
                                label,
                                t.chain(),
                                t.slot(),
                                explanation,
                                0,
                                false,
                                0,
                                false)
                        .of(s.form(), s.form().bits(), s.form().toldBy(t.place()));
        String shown =
                reveal
                        ? " = " + persona.entries().get(s.form().identifier()).value()
                        : " = {" + who.kind() + ": " + label + "}";
        String request =
                reveal || shaped.raw()
                        ? shaped.evidence().request()
                        : shaped.evidence()
                                .request()
                                .replace(
                                        new String(shaped.text(), ISO_8859_1),
                                        "{" + who.kind() + "}");
        out.sighting(
                key,
                shaped.nanos(),
                shaped.evidence()
                        .asking(request)
                        .showing(shaped.part() + shown + (reveal ? " (" + label + ")" : "")));
    }
}
