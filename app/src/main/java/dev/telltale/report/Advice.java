package dev.telltale.report;

import dev.telltale.model.ReasonCode;

/** What each reason for a blind spot is called, and the one line that says how to remove it. */
final class Advice {

    private final Words words;

    Advice(Words words) {
        this.words = words;
    }

    String name(ReasonCode code) {
        return words.get("reason." + code);
    }

    String line(ReasonCode code) {
        return words.get("advice." + code);
    }
}
