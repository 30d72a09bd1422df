package dev.telltale.record.relay;

import dev.telltale.record.tape.Track;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A client and the server it wanted, joined. What the client says first decides: where it begins
 * TLS, it is opened at both ends with what the client offered and the server chose; all else is
 * passed on as it is. Bytes are never changed.
 *
 * <pre>
 * client -- [front tap] -- TLS by us -- end | end -- TLS by us -- [tap] -- server
 * </pre>
 *
 * All of it runs on the one thread of both channels.
 */
final class Link {
    /** One half may be closed so long while nothing comes by the other. */
    private static final long HALF_CLOSED_SECONDS = 120;

    /** Who hangs up so soon after a handshake, and says nothing, did not like it. */
    private static final long AT_ONCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int HANDSHAKE_SECONDS = 20;

    private enum State {
        /** Nobody has spoken. */
        LISTENING,
        /** The client waits while we shake hands with somebody. */
        SHAKING_HANDS,
        RELAYING,
        OVER
    }

    private final Switchboard board;
    private final Channel client;
    private final Route route;
    private final String host;
    private final int port;
    private final End clientEnd;
    private End serverEnd;
    private Channel server;
    private Track track;
    private @Nullable Track front;
    private State state = State.LISTENING;
    private Hello hello = new Hello("", "", List.of(), 0);
    private String destination;
    private String upstreamRandom = "";
    private boolean opened;
    private boolean shownUntrusted;
    private boolean tested;
    private boolean spoke;
    private long openedAt;
    private long lastMoved = System.nanoTime();
    private ByteBuf first = Unpooled.EMPTY_BUFFER;
    private final List<ByteBuf> early = new ArrayList<>();

    private Link(
            Switchboard board,
            Channel client,
            Switchboard.Connected connected,
            String host,
            int port) {
        this.board = board;
        this.client = client;
        this.server = connected.channel();
        this.route = connected.route();
        this.host = host;
        this.port = port;
        this.destination = Addresses.text(host, port);
        this.clientEnd = new End(true);
        this.serverEnd = new End(false);
        this.track = track();
    }

    /**
     * Joins the two.
     *
     * @param said by the client after it asked for the connection; taken over
     */
    static Link join(
            Switchboard board,
            Channel client,
            Switchboard.Connected connected,
            String host,
            int port,
            ByteBuf said) {
        Link link = new Link(board, client, connected, host, port);
        board.counters.connections.increment();
        board.counters.open.incrementAndGet();
        link.track.hold();
        link.track.opened(List.of());
        link.server.pipeline().addLast(link.tap(), link.serverEnd);
        client.pipeline().addLast(link.clientEnd);
        client.config().setAutoRead(true);
        link.server.config().setAutoRead(true);
        if (said.isReadable()) link.heard(link.clientEnd, said);
        else said.release();
        return link;
    }

    private Track track() {
        return board.tape.track((InetSocketAddress) client.remoteAddress(), route.told());
    }

    private Tap tap() {
        return new Tap(track, board.tls, false);
    }

    /** One of the two, seen from the other. */
    private final class End extends ChannelInboundHandlerAdapter {
        private final boolean ofClient;
        private boolean done;

        private End(boolean ofClient) {
            this.ofClient = ofClient;
        }

        private Channel other() {
            return ofClient ? server : client;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes) heard(this, bytes);
            else ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (state == State.RELAYING) other().flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            // A slow reader holds up the one that writes to it, and nothing else.
            if (state == State.RELAYING) other().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent
                    || event instanceof SslCloseCompletionEvent) finished(this);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            gone(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broken(this);
        }
    }

    // --- What is said

    private void heard(End end, ByteBuf bytes) {
        lastMoved = System.nanoTime();
        switch (state) {
            case LISTENING -> {
                if (end.ofClient) clientSpeaks(bytes);
                else {
                    // The server greets first: mail, or a protocol that nobody knows.
                    plain();
                    heard(end, bytes);
                }
            }
            case SHAKING_HANDS -> {
                if (end.ofClient) bytes.release();
                else early.add(bytes);
            }
            case RELAYING -> {
                if (end.ofClient) {
                    board.counters.sent.add(bytes.readableBytes());
                    if (!spoke) spoke();
                } else {
                    board.counters.received.add(bytes.readableBytes());
                }
                end.other().write(bytes);
            }
            case OVER -> bytes.release();
        }
    }

    private void spoke() {
        spoke = true;
        if (opened) board.destinations.spoke(destination);
    }

    private void clientSpeaks(ByteBuf bytes) {
        first = first.isReadable() ? Unpooled.wrappedBuffer(first, bytes) : bytes;
        switch (Hello.of(first)) {
            case Hello.Unfinished _ -> {}
            case Hello.NotTls _ -> {
                plain();
                pass();
            }
            case Hello.Whole whole -> tls(whole.hello());
        }
    }

    /** What the client said so far goes on as it is. */
    private void pass() {
        ByteBuf said = first;
        first = Unpooled.EMPTY_BUFFER;
        if (said.isReadable()) heard(clientEnd, said);
        server.flush();
    }

    private void plain() {
        // The traffic need not say whom the phone asked for.
        if (!Addresses.isLiteral(host)) board.tape.name(route.told().getAddress(), host);
        track.release(List.of());
        state = State.RELAYING;
    }

    // --- TLS

    private void tls(Hello asked) {
        hello = asked;
        String name = asked.serverName().isEmpty() ? host : asked.serverName();
        destination = Addresses.text(name, port);
        Optional<String> passed = board.destinations.passed(destination);
        if (passed.isPresent()) {
            passThrough(passed.get());
            return;
        }
        state = State.SHAKING_HANDS;
        client.config().setAutoRead(false);
        shakeHandsWithServer(name);
    }

    private void shakeHandsWithServer(String name) {
        SslHandler handler;
        try {
            io.netty.handler.ssl.SslContext context =
                    board.tls.towardsServer(hello.protocols(), hello.version());
            handler =
                    hello.serverName().isEmpty()
                            ? context.newHandler(server.alloc())
                            : context.newHandler(server.alloc(), hello.serverName(), port);
        } catch (SSLException | IllegalArgumentException e) {
            passAnew("the recorder cannot speak this TLS: " + e.getMessage(), false);
            return;
        }
        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        handler.handshakeFuture().addListener(f -> serverAnswered(f, handler, name));
        server.pipeline().addBefore(name(server, serverEnd), "tls", handler);
    }

    private static String name(Channel channel, End end) {
        return channel.pipeline().context(end).name();
    }

    private void serverAnswered(Future<?> handshake, SslHandler handler, String name) {
        boolean certificateWanted = board.tls.askedForCertificate(handler.engine());
        if (state != State.SHAKING_HANDS) return;
        if (certificateWanted) {
            passAnew("the server asks for a certificate of the client's own", false);
        } else if (handshake.isSuccess()) {
            server.config().setAutoRead(false);
            shakeHandsWithClient(handler, name);
        } else {
            passAnew(
                    "the recorder's own handshake with the server failed ("
                            + handshake.cause().getMessage()
                            + ")",
                    false);
        }
    }

    private void shakeHandsWithClient(SslHandler upstream, String name) {
        List<X509Certificate> chain = chain(upstream.engine().getSession());
        Optional<String> wrong = board.check.wrong(name, chain);
        tested = board.settings.testTrust() && board.destinations.toBeTested(destination);
        shownUntrusted = tested || wrong.isPresent();
        String chosen = upstream.applicationProtocol();
        List<String> remarks = remarks(upstream.engine().getSession(), chosen, chain, wrong);
        SslHandler handler;
        try {
            handler =
                    board.tls
                            .towardsClient(name, chosen == null ? "" : chosen, !shownUntrusted)
                            .newHandler(client.alloc());
        } catch (SSLException | GeneralSecurityException e) {
            passAnew("no certificate could be made (" + e.getMessage() + ")", false);
            return;
        }
        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        handler.handshakeFuture().addListener(f -> clientAnswered(f, remarks));
        Track refusal = track();
        refusal.hold();
        refusal.opened(List.of());
        front = refusal;
        ChannelPipeline pipeline = client.pipeline();
        pipeline.addBefore(name(client, clientEnd), "front", new Tap(refusal, board.tls, true));
        pipeline.addBefore(name(client, clientEnd), "tls", handler);
        ByteBuf said = first;
        first = Unpooled.EMPTY_BUFFER;
        pipeline.fireChannelRead(said);
        pipeline.fireChannelReadComplete();
        client.config().setAutoRead(true);
    }

    private static List<X509Certificate> chain(SSLSession session) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate c : session.getPeerCertificates())
                if (c instanceof X509Certificate x) chain.add(x);
        } catch (SSLPeerUnverifiedException e) {
            // None was shown.
            return List.of();
        }
        return chain;
    }

    private List<String> remarks(
            SSLSession session,
            @Nullable String protocol,
            List<X509Certificate> chain,
            Optional<String> wrong) {
        List<String> remarks = new ArrayList<>();
        remarks.add(
                "The recorder's own TLS connection to the server, on behalf of the phone: "
                        + session.getProtocol()
                        + ", "
                        + session.getCipherSuite()
                        + (protocol == null ? "" : ", " + protocol)
                        + ".");
        String who =
                chain.isEmpty()
                        ? "none"
                        : chain.getFirst().getSubjectX500Principal()
                                + ", issued by "
                                + chain.getFirst().getIssuerX500Principal();
        remarks.add(
                "The server's certificate: "
                        + who
                        + (wrong.isEmpty()
                                ? "; trusted."
                                : "; NOT TRUSTED: "
                                        + wrong.get()
                                        + ". The phone was shown one that it should not trust"
                                        + " either."));
        wrong.ifPresent(w ->
                board.news.accept("the certificate of " + destination + " is not trusted: " + w));
        return remarks;
    }

    private void clientAnswered(Future<?> handshake, List<String> remarks) {
        if (state != State.SHAKING_HANDS) return;
        Track refusal = front;
        if (refusal == null) return;
        front = null;
        if (!handshake.isSuccess()) {
            refused(refusal, String.valueOf(handshake.cause().getMessage()));
            return;
        }
        refusal.discard();
        client.pipeline().remove("front");
        if (shownUntrusted && board.destinations.unchecked(destination))
            board.news.accept(
                    "a client took a certificate for "
                            + destination
                            + " that it should have refused: it checks none");
        opened = true;
        openedAt = System.nanoTime();
        board.counters.opened.increment();
        if (board.destinations.isUnchecked(destination))
            track.keys(KeyLabels.UNCHECKED + " " + track.random() + " 01");
        track.release(remarks);
        relay();
    }

    private void relay() {
        state = State.RELAYING;
        client.config().setAutoRead(true);
        server.config().setAutoRead(true);
        for (ByteBuf bytes : early) heard(serverEnd, bytes);
        early.clear();
        client.flush();
        if (serverEnd.done) passOnEnd(serverEnd);
    }

    /** The client does not want to talk to us. */
    private void refused(Track refusal, String why) {
        track.discard();
        if (tested) {
            // As it should; it will come again.
            refusal.discard();
            board.tape.note(
                    "A client refused an untrusted certificate for "
                            + destination
                            + ", as it should.");
        } else {
            refusal.release(
                    List.of(
                            "The phone was shown a certificate by the recorder and refused it ("
                                    + why
                                    + "). The next connections to "
                                    + destination
                                    + " are passed through closed."));
            refusal.reset(true);
            refusal.end();
            String reason = "a client refused the recorder's certificate";
            board.destinations.pass(destination, true, reason);
            board.news.accept(destination + " is passed through closed from now on: " + reason);
        }
        over();
    }

    // --- Passing through

    /** The connection that stands is used as it is. */
    private void passThrough(String why) {
        board.counters.passed.increment();
        if (board.destinations.pinned(destination))
            track.keys(KeyLabels.PINNED + " " + hello.random() + " 01");
        track.release(List.of("Passed through closed: " + why + "."));
        state = State.RELAYING;
        client.config().setAutoRead(true);
        server.config().setAutoRead(true);
        pass();
    }

    /** The server has heard the recorder; for the client's own words it takes a new connection. */
    private void passAnew(String why, boolean pinned) {
        board.destinations.pass(destination, pinned, why);
        board.news.accept(destination + " is passed through closed from now on: " + why);
        track.discard();
        Channel before = server;
        before.pipeline().remove(serverEnd);
        before.close();
        early.forEach(ByteBuf::release);
        early.clear();
        board.connectAgain(
                client.eventLoop(),
                route,
                outcome -> {
                    if (state != State.SHAKING_HANDS) {
                        if (outcome instanceof Switchboard.Connected c) c.channel().close();
                        return;
                    }
                    if (!(outcome instanceof Switchboard.Connected again)) {
                        over();
                        return;
                    }
                    server = again.channel();
                    serverEnd = new End(false);
                    track = track();
                    track.hold();
                    track.opened(List.of());
                    server.pipeline().addLast(tap(), serverEnd);
                    passThrough(why);
                });
    }

    // --- The end

    private void finished(End end) {
        if (end.done || state == State.OVER) return;
        end.done = true;
        switch (state) {
            case LISTENING -> {
                plain();
                pass();
                passOnEnd(end);
            }
            case SHAKING_HANDS -> {
                // A client that hangs up: its handshake fails and says so. A server's last words
                // wait for the client.
                if (end.ofClient && front == null) over();
            }
            case RELAYING -> passOnEnd(end);
            case OVER -> {}
        }
    }

    /** What was said before is delivered first. */
    private void passOnEnd(End end) {
        if (end.ofClient) noteSilence();
        Channel other = end.other();
        SslHandler tls = other.pipeline().get(SslHandler.class);
        other.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> {
                    if (tls == null) shutDown(other, !end.ofClient);
                    else tls.closeOutbound().addListener(c -> shutDown(other, !end.ofClient));
                });
        if (clientEnd.done && serverEnd.done) {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(w -> over());
            return;
        }
        watch();
    }

    private void shutDown(Channel channel, boolean ofClient) {
        if (channel instanceof DuplexChannel d && channel.isActive()) {
            d.shutdownOutput();
            if (!ofClient) track.finished(true);
        }
    }

    private void watch() {
        client.eventLoop()
                .schedule(
                        () -> {
                            if (state == State.OVER) return;
                            long idle = System.nanoTime() - lastMoved;
                            if (idle >= TimeUnit.SECONDS.toNanos(HALF_CLOSED_SECONDS)) over();
                            else watch();
                        },
                        HALF_CLOSED_SECONDS,
                        TimeUnit.SECONDS);
    }

    private void noteSilence() {
        if (!opened || spoke || System.nanoTime() - openedAt > AT_ONCE_NANOS) return;
        if (!board.destinations.silent(destination)) return;
        String why = "clients close it right after the handshake, without a word";
        board.destinations.pass(destination, true, why);
        board.news.accept(destination + " is passed through closed from now on: " + why);
    }

    private void broken(End end) {
        // A handshake that fails is dealt with where it is waited for.
        if (state == State.OVER || state == State.SHAKING_HANDS) return;
        track.reset(end.ofClient);
        Channel other = end.other();
        if (other.isActive()) other.config().setOption(ChannelOption.SO_LINGER, 0);
        over();
    }

    private void gone(End end) {
        switch (state) {
            case LISTENING -> over();
            case SHAKING_HANDS ->
                    // Whoever waits for the handshake hears of it, too, and knows more.
                    client.eventLoop()
                            .execute(() -> {
                                boolean still = end == clientEnd || end == serverEnd;
                                if (still && state == State.SHAKING_HANDS) over();
                            });
            case RELAYING -> {
                if (end.ofClient && !end.done) noteSilence();
                end.done = true;
                end.other().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(w -> over());
            }
            case OVER -> {}
        }
    }

    /** The client goes on to another server over the same connection to the recorder. */
    void detach() {
        if (state == State.OVER) return;
        state = State.OVER;
        board.counters.open.decrementAndGet();
        client.pipeline().remove(clientEnd);
        server.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(w -> server.close().addListener(c -> track.end()));
    }

    private void over() {
        if (state == State.OVER) return;
        state = State.OVER;
        board.counters.open.decrementAndGet();
        first.release();
        first = Unpooled.EMPTY_BUFFER;
        early.forEach(ByteBuf::release);
        early.clear();
        Track refusal = front;
        if (refusal != null) refusal.discard();
        client.close();
        server.close().addListener(c -> track.end());
    }
}
