package dev.telltale.capture;

import dev.telltale.model.AnomalySink;

/** No capture but what goes with one: a list of connections that tells which app opened them. */
public abstract sealed class AppLog extends CaptureFile permits PcapdroidCsv {
    AppLog(CaptureInput input) {
        super(input);
    }

    /** Reads the list to its end. */
    public abstract AppMap read(AnomalySink anomalies);
}
