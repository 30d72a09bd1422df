package dev.telltale.capture;

import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;

/**
 * One conversation of a stream capture being told: first what the initiator said, then what was
 * answered.
 */
final class ConversationTelling {
    private final FlowHandler handler;
    private final long[] offset = new long[2];
    private final boolean[] closed = new boolean[2];

    ConversationTelling(FlowHandler.Factory flows, Flow flow) {
        this.handler = flows.open(flow);
    }

    void data(Side side, byte[] bytes, int from, int length) {
        if (length == 0 || closed[side.ordinal()]) return;
        handler.on(new StreamEvent.Data(side, offset[side.ordinal()], bytes, from, length));
        offset[side.ordinal()] += length;
    }

    void gap(Side side, long length, ReasonCode reason) {
        if (length <= 0 || closed[side.ordinal()]) return;
        handler.on(new StreamEvent.Gap(side, offset[side.ordinal()], length, reason));
        offset[side.ordinal()] += length;
    }

    /**
     * @param whole false where the file does not hold all that the side said
     */
    void close(Side side, boolean whole) {
        if (closed[side.ordinal()]) return;
        closed[side.ordinal()] = true;
        StreamEvent.How how = whole ? StreamEvent.How.FIN : StreamEvent.How.END_OF_CAPTURE;
        handler.on(new StreamEvent.Closed(side, offset[side.ordinal()], how));
    }

    void end(boolean whole) {
        close(Side.INITIATOR, whole);
        close(Side.RESPONDER, whole);
    }
}
