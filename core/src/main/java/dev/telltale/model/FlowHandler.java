package dev.telltale.model;

/**
 * Takes the events of one flow; sans-IO. Both sides always get a {@link StreamEvent.Closed} in the
 * end.
 */
public interface FlowHandler {
    void on(StreamEvent event);

    /** Makes the handler of a new flow. */
    @FunctionalInterface
    interface Factory {
        FlowHandler open(Flow flow);
    }
}
