package dev.telltale.audit;

import dev.telltale.bytes.Limits;
import dev.telltale.decode.Unwrapper;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import dev.telltale.model.Side;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the analyzers tell, has every part unwrapped and searched, and writes it down in one
 * {@link Partial}.
 */
final class Recorder implements FlowSinks {
    final Matcher matcher;
    final Persona persona;
    final TimeSlots slots;
    final boolean reveal;
    final Places places;
    final ValueMask valueMask;

    /** For parts that are there as a whole. */
    final Unwrapper unwrapper;

    /**
     * Windows of the bodies that are open at the same time take at most so many bytes; a capture of
     * thousands of unfinished downloads would fill the memory otherwise.
     */
    private static final long MOST_HELD = 64L << 20;

    /** So many are kept for the next body. */
    private static final int MOST_IDLE = 32;

    /** Bodies of many flows are open at the same time; each needs one of its own while it is. */
    private final ArrayDeque<Unwrapper> idle = new ArrayDeque<>();

    /** Those of messages that are over. */
    private final ArrayDeque<KeptMessage> keptBefore = new ArrayDeque<>();

    private final KeptMessage.Room keptRoom = new KeptMessage.Room();
    private @Nullable Unwrapper again;

    private final long mostHeld;

    /** Bytes of the windows of those that are borrowed. */
    private long held;

    final DomainCache domains = new DomainCache();
    final Partial out;

    Recorder(Persona persona, Matcher matcher, TimeSlots slots, boolean reveal, int evidenceCap) {
        this(persona, matcher, slots, reveal, evidenceCap, MOST_HELD);
    }

    Recorder(
            Persona persona,
            Matcher matcher,
            TimeSlots slots,
            boolean reveal,
            int evidenceCap,
            long mostHeld) {
        this.mostHeld = mostHeld;
        this.persona = persona;
        this.matcher = matcher;
        this.slots = slots;
        this.reveal = reveal;
        this.places = new Places(matcher, persona);
        this.valueMask = new ValueMask(persona);
        this.unwrapper = fresh();
        this.out = new Partial(evidenceCap);
    }

    private Unwrapper fresh() {
        return new Unwrapper(matcher, Limits.DEFAULT, persona.payloadKeys());
    }

    /** Some of the persona's keys open other keys. */
    boolean unwrapsKeys() {
        for (Persona.PayloadKey k : persona.payloadKeys())
            if (k.cipher().toUpperCase(Locale.ROOT).startsWith("RSA")) return true;
        return false;
    }

    Unwrapper borrow() {
        // One with a large window may not fit any more; a new one has none yet.
        Unwrapper u = idle.peek();
        if (u == null || held + u.held() > mostHeld) u = fresh();
        else idle.poll();
        held += u.held();
        return u;
    }

    /** The window of a borrowed one has grown. */
    void grown(long bytes) {
        held += bytes;
    }

    /** The bodies that are open hold more than they may: one must be let go. */
    boolean holdsTooMuch() {
        return held > mostHeld;
    }

    void giveBack(Unwrapper u) {
        held -= u.held();
        if (idle.size() < MOST_IDLE) idle.push(u);
        else u.close();
    }

    KeptMessage keep(Side side) {
        KeptMessage k = keptBefore.poll();
        return (k == null ? new KeptMessage(keptRoom) : k).begin(side);
    }

    void free(KeptMessage k) {
        if (keptBefore.size() < MOST_IDLE) keptBefore.push(k);
        else k.drop();
    }

    /** Takes messages apart once more, for their values. */
    Unwrapper again() {
        Unwrapper u = again;
        if (u == null)
            again = u = new Unwrapper(new NoForms(), Limits.DEFAULT, persona.payloadKeys());
        return u;
    }

    @Override
    public FlowSink open(Flow flow) {
        return new FlowRecorder(this, flow);
    }

    @Override
    public void close(Flow flow, FlowSink sink) {
        if (sink instanceof FlowRecorder recorded) recorded.close();
    }
}
