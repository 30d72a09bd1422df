package dev.telltale.decode;

import dev.telltale.model.Hits;
import dev.telltale.model.LayerSink;
import dev.telltale.model.Matcher;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** Values of one part that may be pieces of one form: joined in their order. */
final class Splits {
    /** So many other values may stand between two pieces. */
    private static final int BETWEEN = 8;

    private static final int MOST_PIECES = 4;
    private static final int MOST_OPEN = 32;

    private final Matcher matcher;
    private final Hits found = new Hits();
    private final List<Open> open = new ArrayList<>();
    private int values;

    /**
     * @param told bytes of the form so far
     * @param last number of the value that was the last piece
     */
    private record Open(int form, int told, int last, List<LayerSink.Piece> pieces) {}

    Splits(Matcher matcher) {
        this.matcher = matcher;
    }

    void reset() {
        if (!open.isEmpty()) open.clear();
        values = 0;
    }

    /** A value comes; true where it may be a piece, and {@link #value} is to be called. */
    boolean asks(byte[] b, int from, int to) {
        values++;
        return !open.isEmpty() || matcher.beginsPiece(b, from, to);
    }

    /** {@code where} it stands is asked only where it is a piece. */
    void value(byte[] b, int from, int to, Supplier<LayerSink.Piece> where, LayerSink sink) {
        LayerSink.Piece piece = null;
        List<Open> longer = new ArrayList<>();
        for (Iterator<Open> i = open.iterator(); i.hasNext(); ) {
            Open o = i.next();
            if (values - o.last > BETWEEN + 1) {
                i.remove();
                continue;
            }
            int told = matcher.nextPiece(o.form, o.told, b, from, to);
            if (told < 0) continue;
            if (piece == null) piece = where.get();
            List<LayerSink.Piece> pieces = new ArrayList<>(o.pieces);
            pieces.add(piece);
            longer.add(new Open(o.form, told, values, pieces));
        }
        if (!longer.isEmpty()) continued(longer, sink);
        if (!matcher.beginsPiece(b, from, to)) return;
        found.clear();
        matcher.firstPiece(b, from, to, found);
        for (int i = 0; i < found.size() && open.size() < MOST_OPEN; i++) {
            if (piece == null) piece = where.get();
            open.add(new Open(found.form(i), to - from, values, List.of(piece)));
        }
    }

    /** Tells what is whole, of each identifier the longest form; keeps the rest open. */
    private void continued(List<Open> longer, LayerSink sink) {
        for (Open o : longer) {
            if (o.told < matcher.form(o.form).full()) {
                if (o.pieces.size() < MOST_PIECES && open.size() < MOST_OPEN) open.add(o);
                continue;
            }
            int identifier = matcher.identifier(o.form);
            boolean best = true;
            for (Open other : longer)
                best &=
                        other == o
                                || other.told < matcher.form(other.form).full()
                                || matcher.identifier(other.form) != identifier
                                || better(o, other);
            if (!best) continue;
            sink.split(o.form, o.pieces);
        }
    }

    private boolean better(Open a, Open b) {
        int d = matcher.form(a.form).full() - matcher.form(b.form).full();
        return d != 0 ? d > 0 : a.form < b.form;
    }
}
