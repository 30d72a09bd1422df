package dev.telltale.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on the way: nobody there, nobody to be let in, half-closed, slow. */
class RecorderTroubleTest {
    @TempDir static Path dir;
    private static Peers peers;

    @BeforeAll
    static void start() throws Exception {
        peers = new Peers(dir);
    }

    @AfterAll
    static void stop() {
        if (peers != null) peers.close();
    }

    /** A server of plain sockets, one connection after another. */
    private interface Serving {
        void serve(Socket socket) throws Exception;
    }

    private static ServerSocket server(Serving serving) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try {
                            Socket socket = server.accept();
                            Thread.ofVirtual()
                                    .start(() -> {
                                        try (socket) {
                                            serving.serve(socket);
                                        } catch (Exception e) {
                                            // The test looks at what arrived.
                                        }
                                    });
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
        return server;
    }

    private static Socket connect(Session s, int port) throws IOException {
        Socket socket = new Socket(s.proxy.getAddress(), s.proxy.getPort());
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write(("CONNECT 127.0.0.1:" + port + " HTTP/1.1\r\n\r\n").getBytes(ISO_8859_1));
        assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
        return socket;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) break;
            head.append((char) b);
        }
        return head.toString();
    }

    @Test
    void whatCannotBeReachedIsAnsweredAndNoted() throws Exception {
        int nobody = Peers.free();
        try (Session s = new Session(dir, peers.authority())) {
            String[] curl = {"curl", "-sS", "-x", s.http(), "-w", "%{http_code} %{http_connect}"};
            for (String url :
                    List.of("http://nosuch.invalid/", "http://127.0.0.1:" + nobody + "/")) {
                Peers.Ran ran = peers.tried(with(curl, url));
                assertThat(ran.out()).contains("No connection to").endsWith("502 000");
            }
            assertThat(peers.tried(with(curl, "https://nosuch.invalid/")).out())
                    .endsWith("000 502");
            assertThat(peers.tried(with(curl, "http://169.254.169.254/latest/")).out())
                    .contains("link-local")
                    .endsWith("403 000");
            assertThat(peers.tried(with(curl, "http://[fe80::1]/")).out()).endsWith("403 000");
            assertThat(
                            peers.tried(with(curl, "http://localhost:" + s.proxy.getPort() + "/x"))
                                    .out())
                    .contains("the recorder itself");
            String socks = "127.0.0.1:" + s.proxy.getPort();
            // 4: host unreachable; 5: connection refused (RFC 1928 6).
            Peers.Ran dns =
                    peers.tried("curl", "-sS", "--socks5-hostname", socks, "http://nosuch.invalid");
            assertThat(dns.err()).contains("(4)");
            Peers.Ran down =
                    peers.tried("curl", "-sS", "--socks5", socks, "http://127.0.0.1:" + nobody);
            assertThat(down.err()).contains("(5)");
            assertThat(s.comments())
                    .contains(
                            "The phone wanted to connect to nosuch.invalid:80 and could not: the"
                                    + " name is not known.")
                    .anyMatch(c -> c.contains("127.0.0.1:" + nobody) && c.contains("refused"))
                    .anyMatch(c -> c.contains("169.254.169.254:80"));
        }
    }

    private static String[] with(String[] command, String more) {
        String[] all = java.util.Arrays.copyOf(command, command.length + 1);
        all[command.length] = more;
        return all;
    }

    @Test
    void aProtocolThatTheServerBeginsIsPassedOn() throws Exception {
        try (ServerSocket server =
                        server(socket -> {
                            socket.getOutputStream().write("220 ready\r\n".getBytes());
                            byte[] said = socket.getInputStream().readNBytes(6);
                            socket.getOutputStream().write(said);
                        });
                Session s = new Session(dir, peers.authority());
                Socket client = connect(s, server.getLocalPort())) {
            assertThat(client.getInputStream().readNBytes(11))
                    .asString()
                    .isEqualTo("220 ready\r\n");
            client.getOutputStream().write("NOOP\r\n".getBytes());
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("NOOP\r\n");
            assertThat(s.audit().coverage().sent().bytes()).isEqualTo(6);
        }
    }

    @Test
    void halfOfAConnectionMayBeClosed() throws Exception {
        try (ServerSocket server =
                        server(socket -> {
                            // All of it, and only then an answer.
                            byte[] all = socket.getInputStream().readAllBytes();
                            socket.getOutputStream().write(("got " + all.length).getBytes());
                        });
                Session s = new Session(dir, peers.authority());
                Socket client = connect(s, server.getLocalPort())) {
            client.getOutputStream().write(new byte[100_000]);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("got 100000");
            assertThat(s.audit().coverage().sent().bytes()).isEqualTo(100_000);
        }
    }

    @Test
    void aSlowReaderHoldsUpItsWriterAndNothingGrows() throws Exception {
        AtomicLong written = new AtomicLong();
        byte[] block = new byte[64 << 10];
        try (ServerSocket server =
                        server(socket -> {
                            socket.getInputStream().read();
                            OutputStream out = socket.getOutputStream();
                            for (int i = 0; i < 1_000; i++) {
                                out.write(block);
                                written.addAndGet(block.length);
                            }
                        });
                Session s = new Session(dir, peers.authority());
                Socket client = connect(s, server.getLocalPort())) {
            client.getOutputStream().write(1);
            long before = -1;
            while (before != written.get()) {
                before = written.get();
                Thread.sleep(300);
            }
            // Kernel buffers of two connections, and ours.
            assertThat(before).isPositive().isLessThan(30L << 20);
            assertThat(client.getInputStream().readAllBytes()).hasSize(1_000 * block.length);
            assertThat(s.recorder.counters().received()).isEqualTo(1_000L * block.length);
        }
    }

    @Test
    void aResetOnOneSideIsOneOnTheOther() throws Exception {
        try (ServerSocket server =
                        server(socket -> {
                            socket.getInputStream().read();
                            socket.setSoLinger(true, 0);
                        });
                Session s = new Session(dir, peers.authority());
                Socket client = connect(s, server.getLocalPort())) {
            client.getOutputStream().write(1);
            assertThat(
                            org.assertj.core.api.Assertions.catchThrowable(
                                    () -> client.getInputStream().readAllBytes()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void thePageHandsOutTheCertificate() throws Exception {
        try (Session s = new Session(dir, peers.authority())) {
            String direct = peers.run("curl", "-sS", s.http() + "/");
            String through = peers.run("curl", "-sS", "-x", s.http(), "http://telltale.test/");
            String fingerprint =
                    peers.run(
                                    "openssl",
                                    "x509",
                                    "-in",
                                    s.ca.toString(),
                                    "-noout",
                                    "-sha256",
                                    "-fingerprint")
                            .strip()
                            .replaceAll(".*=", "");
            assertThat(direct).contains(fingerprint).isEqualTo(through);
            assertThat(peers.run("curl", "-sS", s.http() + "/ca.pem"))
                    .isEqualTo(Files.readString(s.ca));
            assertThat(Files.getPosixFilePermissions(dir.resolve("kept/recorder-ca.pem")))
                    .containsExactlyInAnyOrder(
                            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            assertThat(s.recorder.listen(new InetSocketAddress("127.0.0.1", 0)).getPort())
                    .isPositive();
            assertThat(new CaPage(Authority.in(dir.resolve("kept"))).page("/nothing"))
                    .isEqualTo(Optional.empty());
        }
    }
}
