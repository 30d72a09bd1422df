package dev.telltale.record.relay;

import dev.telltale.record.tape.Track;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what goes through a socket, as it is there: first in its pipeline. Secrets that a
 * handshake gives away are written before the bytes that they open.
 */
final class Tap extends ChannelDuplexHandler {
    private final Track track;
    private final TlsContexts tls;

    /** The socket leads to the client. */
    private final boolean client;

    /** What was read and is being worked on. */
    private @Nullable ByteBuf reading;

    Tap(Track track, TlsContexts tls, boolean client) {
        this.track = track;
        this.tls = tls;
        this.client = client;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        reading = bytes.retainedSlice();
        try {
            tls.noting(track::keys, () -> ctx.fireChannelRead(bytes));
        } finally {
            writeDown();
        }
    }

    /** An answer may be given before the work is done: what it answers goes first. */
    private void writeDown() {
        ByteBuf bytes = reading;
        if (bytes == null) return;
        reading = null;
        try {
            writeDown(client, bytes);
        } finally {
            bytes.release();
        }
    }

    private void writeDown(boolean fromClient, ByteBuf bytes) {
        if (bytes.nioBufferCount() == 1) {
            track.bytes(fromClient, bytes.nioBuffer());
        } else {
            for (ByteBuffer part : bytes.nioBuffers()) track.bytes(fromClient, part);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        if (bytes.isReadable()) {
            writeDown();
            writeDown(!client, bytes);
        }
        ctx.write(message, promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) track.finished(client);
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        track.finished(!client);
        ctx.close(promise);
    }
}
