package dev.telltale.record.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy (RFC 9110 9.3.6, RFC 9112 3.2.2). CONNECT hands the connection over. Of requests
 * for {@code http://} targets the target is made what a server expects, and the fields for proxies
 * are left out; everything else goes on byte for byte, bodies are followed to know where the next
 * request begins.
 */
final class HttpDoor extends Gathering {
    private static final String CHALLENGE =
            "Proxy-Authenticate: Basic realm=\"telltale record\"\r\n";

    private enum Step {
        HEAD,
        CONNECTING,
        BODY,
        CHUNK_SIZE,
        TRAILER,
        /** Whatever comes goes to the same server. */
        REST
    }

    private final Switchboard board;
    private Step step = Step.HEAD;
    private long left;
    private Step afterBody = Step.HEAD;
    private @Nullable Link link;
    private String linked = "";

    HttpDoor(Switchboard board) {
        this.board = board;
    }

    @Override
    void gathered(ChannelHandlerContext ctx, ByteBuf all) {
        boolean more = true;
        while (more && all.isReadable() && ctx.channel().isActive()) {
            more =
                    switch (step) {
                        case HEAD -> head(ctx, all);
                        case CONNECTING -> false;
                        case BODY -> body(ctx, all);
                        case CHUNK_SIZE, TRAILER -> line(ctx, all);
                        case REST -> pass(ctx, all, all.readableBytes());
                    };
        }
    }

    private boolean head(ChannelHandlerContext ctx, ByteBuf all) {
        Optional<RequestHead> taken = RequestHead.take(all);
        if (taken.isEmpty()) return false;
        RequestHead head = taken.get();
        understood();
        return switch (head.form()) {
            case ORIGIN -> own(ctx.channel(), head);
            case UNKNOWN ->
                    refuse(ctx.channel(), "400 Bad Request", "", "Not a request to a proxy.");
            case AUTHORITY, ABSOLUTE -> wanted(ctx, head);
        };
    }

    private boolean own(Channel client, RequestHead head) {
        String path = head.path().split("\\?", 2)[0];
        Optional<OwnPages.Page> page = board.settings.pages().page(path);
        if (page.isEmpty())
            return refuse(client, "404 Not Found", "", "There is no such page here.");
        OwnPages.Page p = page.get();
        String answer =
                "HTTP/1.1 200 OK\r\nContent-Type: "
                        + p.type()
                        + "\r\nContent-Length: "
                        + p.body().length
                        + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        byte[] body = head.method().equals("HEAD") ? new byte[0] : p.body();
        last(client, Unpooled.wrappedBuffer(answer.getBytes(ISO_8859_1), body));
        return false;
    }

    private boolean wanted(ChannelHandlerContext ctx, RequestHead head) {
        Channel client = ctx.channel();
        Access access = board.settings.access();
        InetAddress from = ((InetSocketAddress) client.remoteAddress()).getAddress();
        if (!access.admits(from) && !access.isToken(token(head))) {
            return access.hasToken()
                    ? refuse(
                            client,
                            "407 Proxy Authentication Required",
                            CHALLENGE,
                            "The password is the recorder's token.")
                    : refuse(client, "403 Forbidden", "", "This address may not use the recorder.");
        }
        if (head.host().equals(OwnPages.HOST) && head.form() == RequestHead.Form.ABSOLUTE)
            return own(client, head);
        String to = Addresses.text(head.host(), head.port());
        if (head.form() == RequestHead.Form.ABSOLUTE && to.equals(linked)) {
            forward(ctx, head);
            return true;
        }
        Link before = link;
        if (before != null) before.detach();
        link = null;
        step = Step.CONNECTING;
        client.config().setAutoRead(false);
        board.connect(
                client, head.host(), head.port(), outcome -> connected(ctx, head, to, outcome));
        return false;
    }

    private static String token(RequestHead head) {
        String value = head.field("Proxy-Authorization");
        if (!value.regionMatches(true, 0, "Basic ", 0, 6)) return "";
        try {
            String pair = new String(Base64.getDecoder().decode(value.substring(6).strip()), UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private void connected(
            ChannelHandlerContext ctx, RequestHead head, String to, Switchboard.Outcome outcome) {
        switch (outcome) {
            case Switchboard.Connected c -> connected(ctx, head, to, c);
            case Switchboard.Forbidden f -> fail(ctx, head, "403 Forbidden", f.why());
            case Switchboard.Unknown u -> fail(ctx, head, "502 Bad Gateway", u.why());
            case Switchboard.Unreachable u -> fail(ctx, head, "502 Bad Gateway", u.why());
        }
    }

    private void connected(
            ChannelHandlerContext ctx, RequestHead head, String to, Switchboard.Connected c) {
        Channel client = ctx.channel();
        if (!client.isActive()) {
            c.channel().close();
            return;
        }
        if (head.form() == RequestHead.Form.AUTHORITY) {
            client.writeAndFlush(text("HTTP/1.1 200 Connection established\r\n\r\n"));
            ByteBuf said = rest();
            client.pipeline().remove(this);
            Link.join(board, client, c, head.host(), head.port(), said);
            return;
        }
        link = Link.join(board, client, c, head.host(), head.port(), Unpooled.EMPTY_BUFFER);
        linked = to;
        forward(ctx, head);
        ByteBuf said = rest();
        if (said.isReadable()) channelRead(ctx, said);
        else said.release();
        ctx.fireChannelReadComplete();
    }

    private void fail(ChannelHandlerContext ctx, RequestHead head, String status, String why) {
        board.failed(head.host(), head.port(), why);
        refuse(
                ctx.channel(),
                status,
                "",
                "No connection to " + Addresses.text(head.host(), head.port()) + ": " + why + ".");
    }

    private void forward(ChannelHandlerContext ctx, RequestHead head) {
        ctx.fireChannelRead(text(head.forServer()));
        String length = head.field("Content-Length");
        if (!head.field("Upgrade").isEmpty()) {
            step = Step.REST;
        } else if (!head.field("Transfer-Encoding").isEmpty()) {
            step = Step.CHUNK_SIZE;
        } else if (length.matches("\\d{1,18}")) {
            bytes(Long.parseLong(length), Step.HEAD);
        } else {
            step = length.isEmpty() ? Step.HEAD : Step.REST;
        }
    }

    private void bytes(long count, Step after) {
        left = count;
        afterBody = after;
        step = count == 0 ? after : Step.BODY;
    }

    private boolean body(ChannelHandlerContext ctx, ByteBuf all) {
        int n = (int) Math.min(left, all.readableBytes());
        pass(ctx, all, n);
        left -= n;
        if (left == 0) step = afterBody;
        return true;
    }

    /** A chunk's size (RFC 9112 7.1), or a field after the last chunk. */
    private boolean line(ChannelHandlerContext ctx, ByteBuf all) {
        int feed = all.bytesBefore((byte) '\n');
        if (feed < 0) return false;
        String line = all.toString(all.readerIndex(), feed, ISO_8859_1).strip();
        pass(ctx, all, feed + 1);
        if (step == Step.TRAILER) {
            if (line.isEmpty()) step = Step.HEAD;
            return true;
        }
        String size = line.split("[; \t]", 2)[0];
        if (!size.matches("[0-9a-fA-F]{1,15}")) {
            step = Step.REST;
            return true;
        }
        long n = Long.parseLong(size, 16);
        if (n == 0) step = Step.TRAILER;
        else bytes(n + 2, Step.CHUNK_SIZE);
        return true;
    }

    private static boolean pass(ChannelHandlerContext ctx, ByteBuf all, int length) {
        ctx.fireChannelRead(all.readRetainedSlice(length));
        return true;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (link == null && event instanceof ChannelInputShutdownEvent) ctx.close();
        else ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (link == null) ctx.close();
        else ctx.fireExceptionCaught(cause);
    }

    private static boolean refuse(Channel client, String status, String fields, String why) {
        byte[] body = (why + "\n").getBytes(UTF_8);
        String head =
                "HTTP/1.1 "
                        + status
                        + "\r\n"
                        + fields
                        + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "
                        + body.length
                        + "\r\nConnection: close\r\n\r\n";
        last(client, Unpooled.wrappedBuffer(head.getBytes(ISO_8859_1), body));
        return false;
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }
}
