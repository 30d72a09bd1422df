package dev.telltale.capture;

import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowSinks;

/** A capture of whole exchanges without packets. */
public abstract sealed class ExchangeCapture extends CaptureFile
        permits Har, Mitmproxy, SmsBackup, ContentQuery {
    ExchangeCapture(CaptureInput input) {
        super(input);
    }

    /** Reads the capture to its end, or as far as it follows its format. */
    public abstract CaptureTotals read(FlowSinks flows, AnomalySink anomalies);
}
