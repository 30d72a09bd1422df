package dev.telltale.record.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * SOCKS 5 (RFC 1928) with or without a password (RFC 1929, where the password is the token);
 * CONNECT only: what goes by UDP would not be recorded.
 *
 * <pre>
 * greeting: |5|count|methods ...|          answer: |5|method|
 * password: |1|length|name|length|password| answer: |1|0|
 * request:  |5|1|0|type|address|port|      answer: |5|reply|0|type|address|port|
 * </pre>
 */
final class Socks5 extends Gathering {
    static final int VERSION = 5;

    private static final int NO_PASSWORD = 0;
    private static final int PASSWORD = 2;
    private static final int NONE_ACCEPTABLE = 0xff;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    private static final int SUCCEEDED = 0;
    private static final int NOT_ALLOWED = 2;
    private static final int HOST_UNREACHABLE = 4;
    private static final int REFUSED = 5;
    private static final int COMMAND_NOT_SUPPORTED = 7;
    private static final int TYPE_NOT_SUPPORTED = 8;

    private enum Step {
        GREETING,
        PASSWORD,
        REQUEST,
        CONNECTING
    }

    private final Switchboard board;
    private Step step = Step.GREETING;

    Socks5(Switchboard board) {
        this.board = board;
    }

    @Override
    void gathered(ChannelHandlerContext ctx, ByteBuf all) {
        boolean more = true;
        while (more && all.isReadable() && ctx.channel().isActive()) {
            more =
                    switch (step) {
                        case GREETING -> greeting(ctx, all);
                        case PASSWORD -> password(ctx, all);
                        case REQUEST -> request(ctx, all);
                        case CONNECTING -> false;
                    };
        }
    }

    private boolean greeting(ChannelHandlerContext ctx, ByteBuf all) {
        int at = all.readerIndex();
        if (all.readableBytes() < 2) return false;
        int count = all.getUnsignedByte(at + 1);
        if (all.readableBytes() < 2 + count) return false;
        InetAddress from = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
        int method = board.settings.access().admits(from) ? NO_PASSWORD : PASSWORD;
        boolean offered = false;
        for (int i = 0; i < count; i++) offered |= all.getUnsignedByte(at + 2 + i) == method;
        all.skipBytes(2 + count);
        if (!offered || method == PASSWORD && !board.settings.access().hasToken()) {
            last(ctx.channel(), bytes(VERSION, NONE_ACCEPTABLE));
            return false;
        }
        step = method == PASSWORD ? Step.PASSWORD : Step.REQUEST;
        ctx.writeAndFlush(bytes(VERSION, method));
        return true;
    }

    private boolean password(ChannelHandlerContext ctx, ByteBuf all) {
        int at = all.readerIndex();
        int n = all.readableBytes();
        if (n < 2) return false;
        int name = all.getUnsignedByte(at + 1);
        if (n < 3 + name) return false;
        int length = all.getUnsignedByte(at + 2 + name);
        if (n < 3 + name + length) return false;
        String given = all.toString(at + 3 + name, length, UTF_8);
        all.skipBytes(3 + name + length);
        if (!board.settings.access().isToken(given)) {
            last(ctx.channel(), bytes(1, 1));
            return false;
        }
        step = Step.REQUEST;
        ctx.writeAndFlush(bytes(1, 0));
        return true;
    }

    private boolean request(ChannelHandlerContext ctx, ByteBuf all) {
        int at = all.readerIndex();
        if (all.readableBytes() < 5) return false;
        int type = all.getUnsignedByte(at + 3);
        int length =
                switch (type) {
                    case IPV4 -> 4;
                    case NAME -> 1 + all.getUnsignedByte(at + 4);
                    case IPV6 -> 16;
                    default -> -1;
                };
        if (length < 0) {
            last(ctx.channel(), reply(TYPE_NOT_SUPPORTED));
            return false;
        }
        if (all.readableBytes() < 6 + length) return false;
        if (all.getUnsignedByte(at + 1) != CONNECT) {
            last(ctx.channel(), reply(COMMAND_NOT_SUPPORTED));
            return false;
        }
        String host =
                type == NAME
                        ? all.toString(at + 5, length - 1, US_ASCII)
                        : address(ByteBufUtil.getBytes(all, at + 4, length));
        int port = all.getUnsignedShort(at + 4 + length);
        all.skipBytes(6 + length);
        step = Step.CONNECTING;
        understood();
        Channel client = ctx.channel();
        client.config().setAutoRead(false);
        board.connect(client, host, port, outcome -> connected(client, host, port, outcome));
        return false;
    }

    private void connected(Channel client, String host, int port, Switchboard.Outcome outcome) {
        switch (outcome) {
            case Switchboard.Connected c -> {
                if (!client.isActive()) {
                    c.channel().close();
                    return;
                }
                client.writeAndFlush(reply(SUCCEEDED));
                ByteBuf said = rest();
                client.pipeline().remove(this);
                Link.join(board, client, c, host, port, said);
            }
            case Switchboard.Forbidden f -> fail(client, host, port, NOT_ALLOWED, f.why());
            case Switchboard.Unknown u -> fail(client, host, port, HOST_UNREACHABLE, u.why());
            case Switchboard.Unreachable u -> fail(client, host, port, REFUSED, u.why());
        }
    }

    private void fail(Channel client, String host, int port, int reply, String why) {
        board.failed(host, port, why);
        last(client, reply(reply));
    }

    private static String address(byte[] ip) {
        try {
            return InetAddress.getByAddress(ip).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The address it was connected from is nobody's business. */
    private static ByteBuf reply(int reply) {
        return bytes(VERSION, reply, 0, IPV4, 0, 0, 0, 0, 0, 0);
    }

    private static ByteBuf bytes(int... values) {
        ByteBuf b = Unpooled.buffer(values.length);
        for (int v : values) b.writeByte(v);
        return b;
    }
}
