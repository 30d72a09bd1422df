package dev.telltale.record.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Collects what a client says at a door until it makes sense. */
abstract class Gathering extends ChannelInboundHandlerAdapter {
    private static final int PATIENCE_SECONDS = 30;
    private static final int MOST = 64 << 10;

    private ByteBuf said = Unpooled.EMPTY_BUFFER;
    private @Nullable ScheduledFuture<?> patience;

    /**
     * More has been said.
     *
     * @param all that was not taken yet; what is read of it is taken
     */
    abstract void gathered(ChannelHandlerContext ctx, ByteBuf all);

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** It has made itself clear, and may be quiet from now on. */
    final void understood() {
        ScheduledFuture<?> p = patience;
        if (p != null) p.cancel(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (said.isReadable()) {
            said = Unpooled.wrappedBuffer(said, bytes);
        } else {
            said.release();
            said = bytes;
        }
        if (said.readableBytes() > MOST) ctx.close();
        else gathered(ctx, said);
    }

    /** All that was not taken, which now is the caller's. */
    final ByteBuf rest() {
        ByteBuf rest = said;
        said = Unpooled.EMPTY_BUFFER;
        return rest;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        understood();
        said.release();
        said = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) ctx.close();
        else ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** Answers and hangs up. */
    static void last(Channel channel, ByteBuf answer) {
        channel.writeAndFlush(answer).addListener(w -> channel.close());
    }
}
