package dev.telltale.model;

import java.lang.foreign.MemorySegment;

/** One captured frame: a reusable cursor, valid only during the call that hands it over. */
public final class Packet {
    /** Memory that holds the frame: the captured bytes are {@code [offset, offset + captured)}. */
    public MemorySegment memory = MemorySegment.NULL;

    public long offset;
    public int captured;

    /** Length on the wire; more than {@link #captured} where a snap length cut the frame. */
    public int original;

    /** 1-based, counting every packet of the capture file in file order. */
    public long number;

    /** Nanoseconds since the epoch; 0 where the format has no time (pcapng SPB). */
    public long timeNanos;

    /**
     * Latest time of the packets before, where somebody else has seen them: a taker of some of a
     * capture's packets reads from it how late it is. 0 where all packets come here.
     */
    public long clockNanos;

    /** LINKTYPE_* value (tcpdump.org/linktypes.html). */
    public int linkType;

    /** Process or package that the recorder says the frame is of, or empty. */
    public String app = "";

    /**
     * For a datagram put together from IP fragments: pairs of a fragment's first byte (index from
     * {@link #offset}) and its frame number, ascending by index. Empty for a frame as captured.
     */
    public long[] fragments = WHOLE;

    private static final long[] WHOLE = {};
}
