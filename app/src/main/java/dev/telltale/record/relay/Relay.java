package dev.telltale.record.relay;

import dev.telltale.record.tape.Tape;
import dev.telltale.tap.CertificateAuthority;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Listens, and joins whoever comes with where it wants to go. */
public final class Relay implements AutoCloseable {
    /** More is no phone. */
    private static final int MOST_OPEN = 4_000;

    private static final int BACKLOG = 1_024;

    private final Switchboard board;
    private final Sockets sockets;
    private final List<Channel> listeners = new ArrayList<>();
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /**
     * @param authority whose certificates phones are shown
     * @param untrusted whose certificates no phone should take
     * @param upstreamAuthorities beside those that this machine trusts
     * @param testTrust show each destination's first client a certificate that it should refuse
     * @param access who may come, and where to
     * @param pages what the recorder itself answers
     */
    public record Settings(
            CertificateAuthority authority,
            CertificateAuthority untrusted,
            List<X509Certificate> upstreamAuthorities,
            boolean testTrust,
            Route.Finder routes,
            Access access,
            OwnPages pages) {}

    /**
     * @param news takes lines about what the tester should know
     */
    public Relay(Settings settings, Tape tape, Consumer<String> news)
            throws GeneralSecurityException {
        this.sockets = Sockets.open(Runtime.getRuntime().availableProcessors());
        this.board = new Switchboard(settings, sockets, tape, news);
    }

    /** What happens at a listener. */
    private interface Entrance {
        void entered(SocketChannel client);
    }

    /**
     * For phones that are told to use a proxy: HTTP and SOCKS5.
     *
     * @return where it listens
     */
    public InetSocketAddress listen(InetSocketAddress at) throws IOException {
        return listen(at, false, client -> client.pipeline().addLast("door", new Door(board)));
    }

    /**
     * For traffic that the kernel hands over on its way (TPROXY): the address that a connection was
     * made to is the server's. Linux only, and only for who may administer its network.
     *
     * @return where it listens
     */
    public InetSocketAddress gateway(InetSocketAddress at) throws IOException {
        if (!sockets.transparent())
            throw new IOException("a transparent gateway needs Linux on x86-64 or AArch64");
        return listen(at, true, client -> Gateway.enter(board, client));
    }

    private InetSocketAddress listen(InetSocketAddress at, boolean transparent, Entrance entrance)
            throws IOException {
        try {
            ServerBootstrap bootstrap = new ServerBootstrap();
            if (transparent) bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
            Channel listener =
                    bootstrap
                            .group(sockets.loops())
                            .channel(sockets.server())
                            .option(ChannelOption.SO_BACKLOG, BACKLOG)
                            .option(ChannelOption.SO_REUSEADDR, true)
                            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                            .childOption(ChannelOption.TCP_NODELAY, true)
                            .childOption(ChannelOption.SO_KEEPALIVE, true)
                            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Sockets.WATER_MARKS)
                            .childHandler(
                                    new ChannelInitializer<SocketChannel>() {
                                        @Override
                                        protected void initChannel(SocketChannel client) {
                                            if (board.counters.open.get() >= MOST_OPEN)
                                                client.close();
                                            else enter(client, entrance);
                                        }
                                    })
                            .bind(at)
                            .syncUninterruptibly()
                            .channel();
            listeners.add(listener);
            InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
            board.settings.access().listening(bound);
            return bound;
        } catch (Exception e) {
            // Netty throws what it does not declare.
            throw new IOException(e.getMessage(), e);
        }
    }

    private void enter(SocketChannel client, Entrance entrance) {
        clients.add(client);
        entrance.entered(client);
    }

    public Counters counters() {
        return board.counters;
    }

    @Override
    public void close() {
        for (Channel listener : listeners) listener.close().syncUninterruptibly();
        clients.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        sockets.loops()
                .shutdownGracefully(0, 5, TimeUnit.SECONDS)
                .awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
