package dev.telltale.audit;

import dev.telltale.bytes.Limits;
import dev.telltale.decode.Unwrapper;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.util.ArrayDeque;

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

    /** Bodies of many flows are open at the same time; each needs one of its own while it is. */
    private final ArrayDeque<Unwrapper> idle = new ArrayDeque<>();

    final DomainCache domains = new DomainCache();
    final Partial out;

    Recorder(Persona persona, Matcher matcher, TimeSlots slots, boolean reveal, int evidenceCap) {
        this.persona = persona;
        this.matcher = matcher;
        this.slots = slots;
        this.reveal = reveal;
        this.places = new Places(matcher, persona);
        this.valueMask = new ValueMask(persona);
        this.unwrapper = new Unwrapper(matcher, Limits.DEFAULT);
        this.out = new Partial(evidenceCap);
    }

    Unwrapper borrow() {
        Unwrapper u = idle.poll();
        return u == null ? new Unwrapper(matcher, Limits.DEFAULT) : u;
    }

    void giveBack(Unwrapper u) {
        idle.push(u);
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
