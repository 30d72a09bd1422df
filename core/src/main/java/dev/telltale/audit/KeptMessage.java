package dev.telltale.audit;

import dev.telltale.decode.Unwrapper;
import dev.telltale.model.Hint;
import dev.telltale.model.LayerSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.util.Arrays;

/**
 * The parts of a short message as they came, so that its values can be listed once something in it
 * asks for them: listing them always would cost more than the search. Reused.
 */
final class KeptMessage {
    /** Longer messages are not kept: what is salted in bulk has its salt near its beginning. */
    private static final int MOST_ASKED = 64 << 10;

    /** Answers of which more is kept are pages and pictures. */
    static final int MOST_ANSWERED = 4 << 10;

    private static final int MOST_PARTS = 128;
    private static final Hint NO_HINT = Hint.NONE;

    private final Room room;
    private int most;
    private byte[] bytes = {};
    private int size;
    private int parts;
    private final PartKind[] kinds = new PartKind[MOST_PARTS];
    private final String[] names = new String[MOST_PARTS];
    private final Hint[] hints = new Hint[MOST_PARTS];
    private final int[] ends = new int[MOST_PARTS];

    /** Bytes that all of them together hold. */
    static final class Room {
        private static final long MOST = 32L << 20;
        private long held;
    }

    KeptMessage(Room room) {
        this.room = room;
    }

    KeptMessage begin(Side side) {
        most = side == Side.INITIATOR ? MOST_ASKED : MOST_ANSWERED;
        size = 0;
        parts = 0;
        return this;
    }

    /** It is not used any more. */
    void drop() {
        room.held -= bytes.length;
        bytes = new byte[0];
    }

    private boolean fits(int n) {
        if (n <= bytes.length) return true;
        int wanted = Math.min(most, Math.max(Math.max(512, 2 * bytes.length), n));
        if (n > most || room.held + wanted - bytes.length > Room.MOST) return false;
        room.held += wanted - bytes.length;
        bytes = Arrays.copyOf(bytes, wanted);
        return true;
    }

    int size() {
        return size;
    }

    void add(PartKind kind, String name, byte[] b, int from, int n) {
        if (size + n > most || parts == MOST_PARTS) return;
        open(kind, name, NO_HINT);
        feed(b, from, n);
    }

    void open(PartKind kind, String name, Hint hint) {
        if (parts == MOST_PARTS) return;
        kinds[parts] = kind;
        names[parts] = name;
        hints[parts] = hint;
        ends[parts++] = size;
    }

    /** More of the part opened last; of what is too long the beginning stays. */
    void feed(byte[] b, int from, int n) {
        if (parts == 0) return;
        int m = Math.min(n, most - size);
        if (m <= 0 || !fits(size + m)) return;
        System.arraycopy(b, from, bytes, size, m);
        size += m;
        ends[parts - 1] = size;
    }

    /** Takes the message apart once more, for its values. */
    void tell(Unwrapper unwrapper, LayerSink to) {
        int from = 0;
        for (int i = 0; i < parts; i++) {
            int n = ends[i] - from;
            switch (kinds[i]) {
                case BODY, FRAME -> {
                    Unwrapper.Part part = unwrapper.open(kinds[i], names[i], hints[i], false, to);
                    part.feed(bytes, from, n);
                    part.end();
                }
                case TARGET, PATH, QUERY, HEADER, COOKIE, NAME ->
                        unwrapper.whole(kinds[i], names[i], bytes, from, n, false, to);
            }
            from = ends[i];
        }
    }
}
