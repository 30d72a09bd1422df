package dev.telltale.capture;

import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowHandler;

/**
 * A capture of conversations: the bytes that both sides said, protection taken off, without the
 * packets they came in. Each is a flow of transport {@code EXCHANGES}, numbered from 0 as it stands
 * in the file, and tells what protected it.
 */
public abstract sealed class StreamCapture extends CaptureFile permits BurpItems, Saz {
    StreamCapture(CaptureInput input) {
        super(input);
    }

    /** Reads the capture to its end, or as far as it follows its format. */
    public abstract CaptureTotals read(FlowHandler.Factory flows, AnomalySink anomalies);
}
