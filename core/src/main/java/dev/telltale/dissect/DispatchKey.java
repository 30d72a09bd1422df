package dev.telltale.dissect;

import dev.telltale.model.Packet;
import dev.telltale.model.ServicePorts;

/**
 * Says which of several dissectors gets a packet: all packets of a flow have the same key, in both
 * directions, and so have all UDP flows with one server. Fragments must be put together before
 * ({@link Defragmenter}), as only the first names ports.
 */
public final class DispatchKey {
    private DispatchKey() {}

    /** Any int; 0 for what belongs to no flow. */
    public static int of(Packet p) {
        Frame f = new Frame();
        if (!f.read(p)) return 0;
        long source = f.sourceHigh * 31 + f.sourceLow;
        long target = f.targetHigh * 31 + f.targetLow;
        if ((f.protocol == Ipv4.TCP || f.protocol == Ipv4.UDP) && !f.fragment && f.captured >= 4) {
            int sourcePort = Bytes.u16(f.memory, f.payload);
            int targetPort = Bytes.u16(f.memory, f.payload + 2);
            source = source * 65537 + sourcePort;
            target = target * 65537 + targetPort;
            // A QUIC connection moves with its client from one 5-tuple to another (RFC 9000 9).
            int server = f.protocol == Ipv4.UDP ? ServicePorts.server(sourcePort, targetPort) : -1;
            if (server == 0) target = source;
            if (server == 1) source = target;
        }
        long h = (mix(source) + mix(target)) * 31 + f.protocol;
        return (int) (mix(h) >>> 32);
    }

    /** The finalizer of SplitMix64: every bit of the input reaches every bit of the output. */
    static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
