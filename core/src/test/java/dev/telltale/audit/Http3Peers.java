package dev.telltale.audit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/**
 * An independent client and server of HTTP/3 on loopback, and a relay between them that keeps every
 * datagram. The dynamic table of QPACK is off: their encoder and decoder do not agree with each
 * other on it.
 */
final class Http3Peers implements AutoCloseable {
    /** What a client asks. */
    record Ask(String method, String path, Map<String, String> headers, byte[] body) {
        static Ask get(String path) {
            return new Ask("GET", path, Map.of(), new byte[0]);
        }
    }

    /** A datagram as it went by. */
    record Datagram(boolean sent, byte[] bytes) {}

    static final String HOST = "api.vendor.example";

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<String> keyLog = Collections.synchronizedList(new ArrayList<>());
    private final List<Datagram> datagrams = Collections.synchronizedList(new ArrayList<>());
    private final Channel server;
    private final DatagramSocket clientSide;
    private final DatagramSocket serverSide;
    private final List<Thread> relays = new ArrayList<>();
    private volatile InetSocketAddress client;

    Http3Peers(Path dir, boolean retry) throws Exception {
        Path store = dir.resolve("h3.p12");
        if (!Files.exists(store)) {
            Process keytool =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "keytool")
                                            .toString(),
                                    "-genkeypair",
                                    "-alias",
                                    "h3",
                                    "-keyalg",
                                    "EC",
                                    "-dname",
                                    "CN=" + HOST,
                                    "-storetype",
                                    "PKCS12",
                                    "-keystore",
                                    store.toString(),
                                    "-storepass",
                                    "changeit")
                            .redirectErrorStream(true)
                            .start();
            keytool.getInputStream().readAllBytes();
            if (keytool.waitFor() != 0) throw new IllegalStateException("keytool");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(store.toFile())) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, "changeit".toCharArray());
        QuicSslContext context =
                QuicSslContextBuilder.forServer(factory, "changeit")
                        .applicationProtocols(Http3.supportedApplicationProtocols())
                        .build();
        server =
                new Bootstrap()
                        .group(group)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                Http3.newQuicServerCodecBuilder()
                                        .sslContext(context)
                                        .maxIdleTimeout(20, TimeUnit.SECONDS)
                                        .initialMaxData(1L << 30)
                                        .initialMaxStreamDataBidirectionalLocal(1L << 28)
                                        .initialMaxStreamDataBidirectionalRemote(1L << 28)
                                        .initialMaxStreamsBidirectional(1000)
                                        .tokenHandler(
                                                retry ? InsecureQuicTokenHandler.INSTANCE : null)
                                        .handler(
                                                new ChannelInitializer<QuicChannel>() {
                                                    @Override
                                                    protected void initChannel(QuicChannel ch) {
                                                        ch.pipeline()
                                                                .addLast(
                                                                        new Http3ServerConnectionHandler(
                                                                                answers(), null,
                                                                                null, null, true));
                                                    }
                                                })
                                        .build())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        clientSide = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        serverSide = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        relays.add(Thread.startVirtualThread(() -> relay(clientSide, true)));
        relays.add(Thread.startVirtualThread(() -> relay(serverSide, false)));
    }

    private void relay(DatagramSocket in, boolean sent) {
        byte[] buffer = new byte[65_536];
        try {
            while (true) {
                DatagramPacket p = new DatagramPacket(buffer, buffer.length);
                in.receive(p);
                byte[] bytes = Arrays.copyOf(buffer, p.getLength());
                datagrams.add(new Datagram(sent, bytes));
                if (sent) client = (InetSocketAddress) p.getSocketAddress();
                InetSocketAddress to = sent ? (InetSocketAddress) server.localAddress() : client;
                (sent ? serverSide : clientSide).send(new DatagramPacket(bytes, bytes.length, to));
            }
        } catch (SocketException e) {
            // Closed: the test is over.
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Answers with the body it got, or as many bytes as the path says. */
    private static ChannelInitializer<QuicStreamChannel> answers() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(QuicStreamChannel ch) {
                ch.pipeline()
                        .addLast(
                                new Http3RequestStreamInboundHandler() {
                                    private final ByteArrayOutputStream body =
                                            new ByteArrayOutputStream();
                                    private String path = "";

                                    @Override
                                    protected void channelRead(
                                            ChannelHandlerContext ctx, Http3HeadersFrame f) {
                                        if (f.headers().path() != null)
                                            path = f.headers().path().toString();
                                    }

                                    @Override
                                    protected void channelRead(
                                            ChannelHandlerContext ctx, Http3DataFrame f) {
                                        ByteBuf b = f.content();
                                        byte[] some = new byte[b.readableBytes()];
                                        b.readBytes(some);
                                        body.writeBytes(some);
                                        f.release();
                                    }

                                    @Override
                                    protected void channelInputClosed(ChannelHandlerContext ctx) {
                                        Http3Headers h = new DefaultHttp3Headers();
                                        h.status("200").add("content-type", "text/plain");
                                        h.add("x-answer", path);
                                        ctx.write(new DefaultHttp3HeadersFrame(h));
                                        byte[] out = body.toByteArray();
                                        if (path.startsWith("/bytes/"))
                                            out = bytes(Integer.parseInt(path.substring(7)));
                                        ctx.writeAndFlush(
                                                        new DefaultHttp3DataFrame(
                                                                Unpooled.wrappedBuffer(out)))
                                                .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
                                    }
                                });
            }
        };
    }

    /** Bytes of text that an answer may have. */
    static byte[] bytes(int n) {
        byte[] b = new byte[n];
        for (int i = 0; i < n; i++) b[i] = (byte) ("answer " + i / 7).charAt(i % 7);
        return b;
    }

    /** One connection on which {@code asks} are made, all at once or one after the other. */
    void connection(List<Ask> asks, boolean atOnce) throws Exception {
        QuicSslContext context =
                QuicSslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .applicationProtocols(Http3.supportedApplicationProtocols())
                        .keylog((engine, line) -> keyLog.add(line))
                        .build();
        Channel udp =
                new Bootstrap()
                        .group(group)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                Http3.newQuicClientCodecBuilder()
                                        .sslEngineProvider(
                                                q -> context.newEngine(q.alloc(), HOST, 443))
                                        .maxIdleTimeout(20, TimeUnit.SECONDS)
                                        .initialMaxData(1L << 30)
                                        .initialMaxStreamDataBidirectionalLocal(1L << 28)
                                        .build())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        QuicChannel quic =
                QuicChannel.newBootstrap(udp)
                        .handler(new Http3ClientConnectionHandler(null, null, null, null, true))
                        .remoteAddress(clientSide.getLocalSocketAddress())
                        .connect()
                        .get(10, TimeUnit.SECONDS);
        CountDownLatch left = new CountDownLatch(asks.size());
        for (Ask a : asks) {
            long before = left.getCount();
            QuicStreamChannel stream = Http3.newRequestStream(quic, finished(left)).sync().getNow();
            Http3Headers h = new DefaultHttp3Headers();
            h.method(a.method).scheme("https").authority(HOST).path(a.path);
            a.headers.forEach(h::add);
            ChannelFuture last = stream.write(new DefaultHttp3HeadersFrame(h));
            if (a.body.length > 0)
                last = stream.write(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(a.body)));
            last.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
            stream.flush();
            for (int i = 0; !atOnce && left.getCount() == before && i < 1000; i++) Thread.sleep(5);
        }
        if (!left.await(20, TimeUnit.SECONDS)) throw new IllegalStateException("no answer");
        quic.close().sync();
        udp.close().sync();
        Thread.sleep(20);
    }

    private static Http3RequestStreamInboundHandler finished(CountDownLatch left) {
        return new Http3RequestStreamInboundHandler() {
            @Override
            protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame f) {}

            @Override
            protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame f) {
                f.release();
            }

            @Override
            protected void channelInputClosed(ChannelHandlerContext ctx) {
                left.countDown();
                ctx.close();
            }
        };
    }

    /** What was recorded since the last time. */
    List<Datagram> taken() {
        synchronized (datagrams) {
            List<Datagram> all = List.copyOf(datagrams);
            datagrams.clear();
            return all;
        }
    }

    byte[] keyLog() {
        synchronized (keyLog) {
            return (String.join("\n", keyLog) + "\n").getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Override
    public void close() throws Exception {
        clientSide.close();
        serverSide.close();
        server.close().sync();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        for (Thread t : relays) t.join(2000);
    }
}
