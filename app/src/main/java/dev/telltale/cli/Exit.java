package dev.telltale.cli;

import dev.telltale.model.Comparison;
import dev.telltale.model.Outcome;

/** Exit codes, by the contract in DESIGN.md. */
final class Exit {

    /** PASS, or done. */
    static final int OK = 0;

    static final int FAIL = 1;

    /** Wrong usage, or an input or output that cannot be used. */
    static final int USAGE = 2;

    static final int INCONCLUSIVE = 3;
    static final int INTERNAL = 70;

    private Exit() {}

    static int of(Outcome outcome) {
        return switch (outcome) {
            case PASS -> OK;
            case FAIL -> FAIL;
            case INCONCLUSIVE -> INCONCLUSIVE;
        };
    }

    static int of(Comparison.Result outcome) {
        return switch (outcome) {
            case BETTER, SAME -> OK;
            case WORSE -> FAIL;
            case UNDECIDED -> INCONCLUSIVE;
        };
    }
}
