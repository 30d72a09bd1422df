package dev.telltale.record.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/**
 * Where the phones of a network come in that know of no proxy: the kernel gives their connections
 * to the recorder, with the server's address as the local one.
 */
final class Gateway {
    private Gateway() {}

    static void enter(Switchboard board, SocketChannel client) {
        client.config().setAutoRead(false);
        InetSocketAddress to = client.localAddress();
        String host = to.getAddress().getHostAddress();
        board.connect(
                client,
                host,
                to.getPort(),
                outcome -> {
                    switch (outcome) {
                        case Switchboard.Connected c -> {
                            if (client.isActive())
                                Link.join(
                                        board,
                                        client,
                                        c,
                                        host,
                                        to.getPort(),
                                        Unpooled.EMPTY_BUFFER);
                            else c.channel().close();
                        }
                        case Switchboard.Forbidden f -> fail(board, client, to, f.why());
                        case Switchboard.Unknown u -> fail(board, client, to, u.why());
                        case Switchboard.Unreachable u -> fail(board, client, to, u.why());
                    }
                });
    }

    /** As if nobody had listened there. */
    private static void fail(Switchboard board, Channel client, InetSocketAddress to, String why) {
        board.failed(to.getAddress().getHostAddress(), to.getPort(), why);
        client.config().setOption(ChannelOption.SO_LINGER, 0);
        client.close();
    }
}
