package dev.telltale.dissect;

import dev.telltale.model.ReasonCode;
import dev.telltale.model.StreamEvent;

/**
 * Datagrams between two endpoints (<a href="https://www.rfc-editor.org/rfc/rfc768">RFC 768</a>).
 */
final class UdpFlow extends Conversation {
    private final Frames[] frames;
    private final long[] offset = new long[2];
    private boolean closed;

    UdpFlow(Shared shared, FlowKey key, long number) {
        super(shared, key, number);
        frames = new Frames[] {new Frames(shared), new Frames(shared)};
    }

    /**
     * A datagram of {@code length} bytes from end {@code sender}, {@code captured} of them in
     * {@code bytes}.
     */
    void datagram(int sender, byte[] bytes, int captured, int length, Origin origin) {
        long at = offset[sender];
        offset[sender] += length;
        origin.map(frames[sender], 0, captured);
        frames[sender].gap(length - captured, origin.timeNanos());
        if (captured > 0) emit(new StreamEvent.Data(side(sender), at, bytes, 0, captured));
        if (captured < length) {
            emit(
                    new StreamEvent.Gap(
                            side(sender), at + captured, length - captured, ReasonCode.TRUNCATED));
        }
    }

    @Override
    boolean midway() {
        return false;
    }

    @Override
    Frames frames(int end) {
        return frames[end];
    }

    @Override
    void close(StreamEvent.How how) {
        if (closed) return;
        closed = true;
        emit(new StreamEvent.Closed(side(initiator), offset[initiator], how));
        emit(new StreamEvent.Closed(side(1 - initiator), offset[1 - initiator], how));
        for (Frames f : frames) f.release();
        dropHandler();
    }

    @Override
    boolean finished() {
        return closed;
    }
}
