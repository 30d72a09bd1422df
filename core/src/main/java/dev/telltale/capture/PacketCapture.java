package dev.telltale.capture;

import dev.telltale.model.AnomalySink;
import dev.telltale.model.PacketSink;

/** A capture of packets. */
public abstract sealed class PacketCapture extends CaptureFile permits Pcap, Pcapng {
    PacketCapture(CaptureInput input) {
        super(input);
    }

    /**
     * Reads the capture to its end, or as far as it follows its format. Packets are numbered from 1
     * in file order; one that cannot be handed over (it names no known interface, say) has a number
     * and an anomaly.
     *
     * @param packets gets a cursor that is valid during the call, on the thread of the call
     */
    public abstract CaptureTotals read(PacketSink packets, AnomalySink anomalies, MetaSink meta);
}
