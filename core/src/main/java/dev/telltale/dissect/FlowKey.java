package dev.telltale.dissect;

/** The 5-tuple of the packet at hand in canonical order, the lower end first. Reused. */
final class FlowKey {
    private final long seed;

    int version;
    int protocol;
    long high0;
    long low0;
    long high1;
    long low1;
    int port0;
    int port1;
    int hash;

    /** Which end sent the packet: 0 or 1. */
    int sender;

    /**
     * The seed keeps a capture from choosing 5-tuples that fall into one slot; nothing visible
     * depends on it.
     */
    FlowKey(long seed) {
        this.seed = seed;
    }

    void set(Frame f, int sourcePort, int targetPort) {
        version = f.version;
        protocol = f.protocol;
        int order = Long.compareUnsigned(f.sourceHigh, f.targetHigh);
        if (order == 0) order = Long.compareUnsigned(f.sourceLow, f.targetLow);
        if (order == 0) order = Integer.compare(sourcePort, targetPort);
        if (order <= 0) {
            sender = 0;
            high0 = f.sourceHigh;
            low0 = f.sourceLow;
            port0 = sourcePort;
            high1 = f.targetHigh;
            low1 = f.targetLow;
            port1 = targetPort;
        } else {
            sender = 1;
            high0 = f.targetHigh;
            low0 = f.targetLow;
            port0 = targetPort;
            high1 = f.sourceHigh;
            low1 = f.sourceLow;
            port1 = sourcePort;
        }
        long h = DispatchKey.mix(seed ^ low0);
        h = DispatchKey.mix(h ^ low1);
        if (version == 6) h = DispatchKey.mix(DispatchKey.mix(h ^ high0) ^ high1);
        h = DispatchKey.mix(h ^ ((long) port0 << 32 | (long) port1 << 16 | protocol));
        hash = (int) (h >>> 32);
    }
}
