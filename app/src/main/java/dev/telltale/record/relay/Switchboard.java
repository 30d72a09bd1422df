package dev.telltale.record.relay;

import dev.telltale.record.tape.Tape;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What all connections share, and the way out. */
final class Switchboard {
    private static final int CONNECT_MILLIS = 10_000;

    /** A path to a server that does not answer is given up for the next address. */
    private static final int MOST_ADDRESSES = 4;

    private static final int MOST_UNREACHED = 10_000;

    final Relay.Settings settings;
    final Sockets sockets;
    final Tape tape;
    final TlsContexts tls;
    final CertificateCheck check;
    final Destinations destinations = new Destinations();
    final Counters counters = new Counters();
    final Consumer<String> news;
    private final Set<String> unreached = ConcurrentHashMap.newKeySet();

    /**
     * @param news takes lines about what the tester should know
     */
    Switchboard(Relay.Settings settings, Sockets sockets, Tape tape, Consumer<String> news)
            throws GeneralSecurityException {
        this.settings = settings;
        this.sockets = sockets;
        this.tape = tape;
        this.news = news;
        this.tls = new TlsContexts(settings.authority(), settings.untrusted());
        this.check = new CertificateCheck(settings.upstreamAuthorities());
    }

    /** What became of a wish to connect. */
    sealed interface Outcome {}

    record Connected(Channel channel, Route route) implements Outcome {}

    /** It may not be. */
    record Forbidden(String why) implements Outcome {}

    /** The name leads nowhere. */
    record Unknown(String why) implements Outcome {}

    /** Nobody answered. */
    record Unreachable(String why) implements Outcome {}

    /**
     * Connects on the client's own thread, so that a connection needs no locks.
     *
     * @param then gets the outcome, on that thread; the channel reads nothing yet
     */
    void connect(Channel client, String host, int port, Consumer<Outcome> then) {
        EventLoop loop = client.eventLoop();
        InetAddress from = ((InetSocketAddress) client.remoteAddress()).getAddress();
        // The machine's resolver waits; the event loop must not.
        Thread.ofVirtual()
                .name("resolve")
                .start(() -> {
                    Outcome failed;
                    try {
                        List<Route> routes = settings.routes().of(host, port);
                        Optional<String> refused = refused(from, routes);
                        if (refused.isEmpty()) {
                            loop.execute(() -> connect(loop, routes, 0, then));
                            return;
                        }
                        failed = new Forbidden(refused.get());
                    } catch (UnknownHostException e) {
                        failed = new Unknown("the name is not known");
                    }
                    Outcome o = failed;
                    loop.execute(() -> then.accept(o));
                });
    }

    private Optional<String> refused(InetAddress from, List<Route> routes) {
        for (Route r : routes) {
            Optional<String> why = settings.access().refused(from, r.real());
            if (why.isPresent()) return why;
        }
        return Optional.empty();
    }

    private void connect(EventLoop loop, List<Route> routes, int index, Consumer<Outcome> then) {
        Route route = routes.get(index);
        ChannelFuture connecting = bootstrap(loop).connect(route.real());
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                then.accept(new Connected(connecting.channel(), route));
            } else if (index + 1 < Math.min(routes.size(), MOST_ADDRESSES)) {
                connect(loop, routes, index + 1, then);
            } else {
                String why = String.valueOf(done.cause().getMessage());
                then.accept(new Unreachable(why));
            }
        });
    }

    /** Connects to where a connection went before. */
    void connectAgain(EventLoop loop, Route route, Consumer<Outcome> then) {
        connect(loop, List.of(route), 0, then);
    }

    /** Nothing came of a wish to connect; the recording tells so. */
    void failed(String host, int port, String why) {
        counters.failed.increment();
        String remark =
                "The phone wanted to connect to "
                        + Addresses.text(host, port)
                        + " and could not: "
                        + why
                        + ".";
        // A phone repeats itself.
        if (unreached.size() < MOST_UNREACHED && unreached.add(remark)) {
            tape.note(remark);
            news.accept(remark);
        }
    }

    private Bootstrap bootstrap(EventLoop loop) {
        return new Bootstrap()
                .group(loop)
                .channel(sockets.client())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Sockets.WATER_MARKS)
                .handler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                // Its handlers come with whoever asked for it.
                            }
                        });
    }
}
