package dev.telltale.model;

/** Takes the flows of a capture, each with its exchanges. */
public interface FlowSinks {
    /** A new flow; the sink is used by one thread. */
    FlowSink open(Flow flow);

    /** Nothing more comes for {@code flow}. */
    void close(Flow flow, FlowSink sink);
}
