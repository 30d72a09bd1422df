package dev.telltale.capture;

import dev.telltale.model.AnomalySink;
import dev.telltale.model.PacketSink;

final class Pcapng extends PacketCapture {
    Pcapng(CaptureInput input) {
        super(input);
    }

    static boolean recognizes(byte[] head) {
        return false;
    }

    @Override
    public String format() {
        return "pcapng";
    }

    @Override
    public CaptureTotals read(PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        throw new UnsupportedOperationException("not yet");
    }
}
