package dev.telltale.record.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Where a phone comes in that was told to use a proxy: SOCKS5 or HTTP, its first byte tells. */
final class Door extends Gathering {
    private final Switchboard board;

    Door(Switchboard board) {
        this.board = board;
    }

    @Override
    void gathered(ChannelHandlerContext ctx, ByteBuf all) {
        Gathering next =
                all.getByte(all.readerIndex()) == Socks5.VERSION
                        ? new Socks5(board)
                        : new HttpDoor(board);
        ByteBuf said = rest();
        ctx.pipeline().replace(this, "door", next);
        ctx.pipeline().fireChannelRead(said);
    }
}
