package dev.telltale.audit;

import dev.telltale.model.Form;
import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;

/** Looks for nothing: for taking a message apart without searching it. */
final class NoForms implements Matcher {
    @Override
    public int reach() {
        return 1;
    }

    @Override
    public void scan(byte[] bytes, int lo, int hi, int from, int to, Hits hits) {}

    @Override
    public void whole(byte[] bytes, int from, int to, Hits hits) {}

    @Override
    public Form form(int id) {
        throw new IllegalStateException("there are no forms");
    }

    @Override
    public int forms() {
        return 0;
    }
}
