package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.model.Side;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What clients and servers of others say to each other, recorded between them: mosquitto, sipp,
 * curl, Chromium and the JDK's WebSocket.
 */
class ProtocolPeersTest {
    private static final String IMEI = "490154203237518";

    @TempDir Path dir;

    private static String tool(String name) {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin").split(":")) {
            Path p = Path.of(folder, name);
            if (Files.isExecutable(p)) return p.toString();
        }
        return "";
    }

    private static String needed(String name) {
        String path = tool(name);
        assumeThat(path).as(name + " is not installed").isNotEmpty();
        return path;
    }

    private Process run(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out-" + System.nanoTime()).toFile())
                .start();
    }

    private int done(Process p) throws InterruptedException {
        try {
            assertThat(p.waitFor(20, TimeUnit.SECONDS)).as("ended").isTrue();
            return p.exitValue();
        } finally {
            p.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    private static void await(int port) throws Exception {
        for (int i = 0; i < 200; i++) {
            try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(25);
            }
        }
        throw new AssertionError("nobody listens at " + port);
    }

    @Test
    void mosquitto() throws Exception {
        String broker = needed("mosquitto");
        String pub = needed("mosquitto_pub");
        String sub = needed("mosquitto_sub");
        int port = freePort();
        Files.writeString(
                dir.resolve("m.conf"), "listener " + port + " 127.0.0.1\nallow_anonymous true\n");
        Process server = run(List.of(broker, "-c", dir.resolve("m.conf").toString()));
        try {
            await(port);
            for (String version : List.of("31", "311", "5")) {
                List<Transcript> flows;
                try (Wiretap tap = new Wiretap(port)) {
                    String at = String.valueOf(tap.port());
                    Process listener =
                            run(
                                    List.of(
                                            sub,
                                            "-h",
                                            "127.0.0.1",
                                            "-p",
                                            at,
                                            "-V",
                                            "mqttv" + version,
                                            "-t",
                                            "dev/#",
                                            "-i",
                                            "listener",
                                            "-C",
                                            "2"));
                    Thread.sleep(300);
                    List<String> more = new ArrayList<>();
                    if (version.equals("5"))
                        more.addAll(List.of("-D", "publish", "user-property", "imei", IMEI));
                    for (String qos : List.of("0", "2")) {
                        List<String> command =
                                new ArrayList<>(
                                        List.of(
                                                pub,
                                                "-h",
                                                "127.0.0.1",
                                                "-p",
                                                at,
                                                "-V",
                                                "mqttv" + version,
                                                "-q",
                                                qos,
                                                "-i",
                                                "phone-" + IMEI,
                                                "-u",
                                                "asha",
                                                "-P",
                                                "secret",
                                                "-t",
                                                "dev/" + IMEI + "/q" + qos,
                                                "-m",
                                                "battery 80",
                                                "--will-topic",
                                                "gone",
                                                "--will-payload",
                                                "bye"));
                        command.addAll(more);
                        assertThat(done(run(command))).isZero();
                    }
                    assertThat(done(listener)).isZero();
                    flows = tap.flows(1883);
                }
                assertThat(flows).hasSize(3);
                for (Transcript t : flows) {
                    Damage.check(t, 30);
                    t.play();
                    assertThat(t.anomalies).isEmpty();
                    assertThat(t.text()).doesNotContain("DATA");
                }
                assertThat(flows.get(0).parts(Side.INITIATOR)).contains("target[]=dev/#");
                assertThat(flows.get(0).parts(Side.RESPONDER))
                        .contains("target[]=dev/" + IMEI + "/q2", "body[]  [] 10=battery 80");
                List<String> sent = flows.get(1).parts(Side.INITIATOR);
                assertThat(sent)
                        .contains(
                                "frame[client-id]=phone-" + IMEI,
                                "frame[username]=asha",
                                "frame[password]=secret",
                                "frame[will]=bye",
                                "target[]=dev/" + IMEI + "/q0",
                                "body[]  [] 10=battery 80");
                if (version.equals("5")) assertThat(sent).contains("frame[imei]=" + IMEI);
                String label = version.equals("31") ? "3.1" : version.equals("311") ? "3.1.1" : "5";
                assertThat(flows.get(1).identified.getFirst()).startsWith("mqtt/" + label + " ");
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void sipp() throws Exception {
        String sipp = needed("sipp");
        int port = freePort();
        Process server =
                run(
                        List.of(
                                sipp,
                                "-sn",
                                "uas",
                                "-t",
                                "t1",
                                "-i",
                                "127.0.0.1",
                                "-p",
                                "" + port,
                                "-nostdin",
                                "-m",
                                "1"));
        try {
            await(port);
            List<Transcript> flows;
            try (Wiretap tap = new Wiretap(port)) {
                Process client =
                        run(
                                List.of(
                                        sipp,
                                        "127.0.0.1:" + tap.port(),
                                        "-sn",
                                        "uac",
                                        "-t",
                                        "t1",
                                        "-m",
                                        "1",
                                        "-s",
                                        "+919811112222",
                                        "-i",
                                        "127.0.0.1",
                                        "-p",
                                        "" + freePort(),
                                        "-nostdin",
                                        "-d",
                                        "50"));
                done(client);
                server.destroyForcibly().waitFor();
                flows = tap.flows(5060);
            }
            Transcript t = flows.getFirst();
            Damage.check(t, 60);
            t.play();
            assertThat(t.exchanges)
                    .extracting(e -> e.exchange.operation())
                    .startsWith("INVITE", "ACK", "BYE");
            assertThat(t.exchanges.getFirst().messages.size()).isGreaterThanOrEqualTo(3);
            assertThat(t.parts(Side.INITIATOR))
                    .anyMatch(p -> p.startsWith("name[]=sip:+919811112222@"))
                    .anyMatch(p -> p.startsWith("body[] application/sdp") && p.contains("m=audio"));
            assertThat(t.text()).doesNotContain("DATA");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** Answers each line that begins with a key by its value; the greeting is under "". */
    private record Canned(List<String[]> answers) {
        private void serve(Socket s) {
            try (s) {
                OutputStream out = s.getOutputStream();
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        s.getInputStream(), StandardCharsets.ISO_8859_1));
                say(out, "", "");
                boolean text = false;
                for (String line; (line = in.readLine()) != null; ) {
                    if (text && !line.equals(".")) continue;
                    String tag = line.contains(" ") ? line.substring(0, line.indexOf(' ')) : line;
                    boolean was = text;
                    text = !was && line.equals("DATA");
                    say(out, was ? "." : line, tag);
                    if (line.endsWith("LOGOUT") || line.equals("QUIT")) return;
                }
            } catch (IOException e) {
                // the client went
            }
        }

        private void say(OutputStream out, String line, String tag) throws IOException {
            for (String[] a : answers) {
                boolean fits = a[0].isEmpty() ? line.isEmpty() : line.toUpperCase().contains(a[0]);
                if (!fits) continue;
                out.write(
                        a[1].replace("TAG", tag)
                                .replace("\n", "\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                return;
            }
        }
    }

    private Transcript curl(int port, List<String[]> answers, String... arguments)
            throws Exception {
        String curl = needed("curl");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Wiretap tap = new Wiretap(server.getLocalPort())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            new Canned(answers).serve(server.accept());
                        } catch (IOException e) {
                            // closed
                        }
                    });
            List<String> command = new ArrayList<>(List.of(curl, "-s", "--max-time", "10"));
            for (String a : arguments) command.add(a.replace("PORT", "" + tap.port()));
            done(run(command));
            Transcript t = tap.flows(port).getFirst();
            Damage.check(t, 60);
            t.play();
            assertThat(t.text()).doesNotContain("DATA ://:" + port + " \n  >\n    frame");
            return t;
        }
    }

    private static String[] answer(String to, String text) {
        return new String[] {to, text};
    }

    @Test
    void curlSendsMail() throws Exception {
        Path mail = dir.resolve("mail");
        Files.writeString(
                mail,
                "From: <asha.rao@example.org>\r\nSubject: "
                        + IMEI
                        + "\r\n\r\n.a line with a dot\r\nend\r\n");
        Transcript t =
                curl(
                        587,
                        List.of(
                                answer("", "220 mail.example.org ESMTP\n"),
                                answer("EHLO", "250-mail.example.org\n250 AUTH PLAIN\n"),
                                answer("AUTH", "334 \n"),
                                answer("AGFZ", "235 ok\n"),
                                answer("DATA", "354 go\n"),
                                answer("QUIT", "221 bye\n"),
                                answer("RSET", "250 ok\n"),
                                answer(":", "250 ok\n"),
                                answer(".", "250 ok\n")),
                        "smtp://127.0.0.1:PORT/phone",
                        "--mail-from",
                        "asha.rao@example.org",
                        "--mail-rcpt",
                        "v.sen@example.org",
                        "-u",
                        "asha:hunter2",
                        "-T",
                        mail.toString());
        assertThat(t.exchanges)
                .extracting(e -> e.exchange.operation())
                .containsExactly("GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT");
        assertThat(t.parts(Side.INITIATOR))
                .contains(
                        "name[]=phone",
                        "header[Subject]=" + IMEI,
                        "body[]=.a line with a dot\r\nend\r\n")
                .contains("frame[password]=PLAIN", "frame[password]=AGFzaGEAaHVudGVyMg==");
    }

    @Test
    void curlFetchesMail() throws Exception {
        String mail = "Subject: " + IMEI + "\n\nhello\n";
        int size = mail.replace("\n", "\r\n").length();
        Transcript imap =
                curl(
                        143,
                        List.of(
                                answer("", "* OK IMAP4rev1\n"),
                                answer("CAPABILITY", "* CAPABILITY IMAP4rev1\nTAG OK\n"),
                                answer("LOGIN", "TAG OK\n"),
                                answer("SELECT", "* 1 EXISTS\nTAG OK\n"),
                                answer(
                                        "FETCH",
                                        "* 1 FETCH (BODY[] {"
                                                + size
                                                + "}\n"
                                                + mail
                                                + ")\nTAG OK\n"),
                                answer("LOGOUT", "* BYE\nTAG OK\n")),
                        "imap://127.0.0.1:PORT/INBOX;MAILINDEX=1",
                        "-u",
                        "asha:hunter2");
        assertThat(imap.exchanges)
                .extracting(e -> e.exchange.operation())
                .containsExactly("GREETING", "CAPABILITY", "LOGIN", "SELECT", "FETCH", "LOGOUT");
        assertThat(imap.parts(Side.RESPONDER))
                .contains("header[Subject]=" + IMEI, "body[]=hello\r\n");
        Transcript pop =
                curl(
                        110,
                        List.of(
                                answer("", "+OK POP3\n"),
                                answer("CAPA", "+OK\nUSER\n.\n"),
                                answer("USER", "+OK\n"),
                                answer("PASS", "+OK\n"),
                                answer("RETR", "+OK\n" + mail + ".\n"),
                                answer("QUIT", "+OK\n")),
                        "pop3://127.0.0.1:PORT/1",
                        "-u",
                        "asha:hunter2");
        assertThat(pop.exchanges)
                .extracting(e -> e.exchange.operation())
                .containsExactly("GREETING", "CAPA", "USER", "PASS", "RETR", "QUIT");
        assertThat(pop.parts(Side.RESPONDER))
                .contains("header[Subject]=" + IMEI, "body[]=hello\r\n");
        assertThat(pop.parts(Side.INITIATOR)).contains("frame[password]=hunter2");
    }

    @Test
    void curlTalksFtp() throws Exception {
        Transcript t =
                curl(
                        21,
                        List.of(
                                answer("", "220 ready\n"),
                                answer("USER", "331 password\n"),
                                answer("PASS", "230 in\n"),
                                answer("PWD", "257 \"/\"\n"),
                                answer("CWD", "250 ok\n"),
                                answer("EPSV", "500 no\n"),
                                answer("PASV", "500 no\n"),
                                answer("QUIT", "221 bye\n")),
                        "ftp://127.0.0.1:PORT/" + IMEI + "/x.txt",
                        "-u",
                        "asha:hunter2");
        assertThat(t.exchanges)
                .extracting(e -> e.exchange.operation())
                .startsWith("GREETING", "USER", "PASS", "PWD", "CWD", "EPSV");
        assertThat(t.parts(Side.INITIATOR)).contains("name[]=" + IMEI, "frame[password]=hunter2");
    }

    /** Shakes hands and, where the client offers it, agrees on compression. */
    private static void webSocketServer(ServerSocket server, boolean compress, List<byte[]> say) {
        try (Socket s = server.accept()) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(s.getInputStream(), StandardCharsets.US_ASCII),
                            1);
            String key = "";
            for (String line; !(line = in.readLine()).isEmpty(); )
                if (line.toLowerCase().startsWith("sec-websocket-key:"))
                    key = line.substring(18).strip();
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest(
                                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                            .getBytes(StandardCharsets.US_ASCII));
            OutputStream out = s.getOutputStream();
            out.write(
                    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                                    + Base64.getEncoder().encodeToString(hash)
                                    + (compress
                                            ? "\r\nSec-WebSocket-Extensions: permessage-deflate"
                                            : "")
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            for (byte[] frame : say) out.write(frame);
            out.flush();
            // Until the client closes.
            while (s.getInputStream().read() >= 0) {
                // read and forgotten
            }
        } catch (Exception e) {
            // the client went
        }
    }

    @Test
    void webSocketOfTheJdk() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Wiretap tap = new Wiretap(server.getLocalPort());
                HttpClient client = HttpClient.newHttpClient()) {
            Thread.ofVirtual()
                    .start(() ->
                            webSocketServer(
                                    server, false, List.of(WebSocketTest.text(false, "welcome"))));
            CountDownLatch heard = new CountDownLatch(1);
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://127.0.0.1:" + tap.port() + "/push?id=" + IMEI),
                                    new WebSocket.Listener() {
                                        @Override
                                        public CompletionStage<?> onText(
                                                WebSocket w, CharSequence data, boolean last) {
                                            heard.countDown();
                                            return null;
                                        }
                                    })
                            .get(10, TimeUnit.SECONDS);
            String large = "{\"imei\":\"" + IMEI + "\"}".repeat(4000);
            socket.sendText("{\"imei\":", false).get();
            socket.sendText("\"" + IMEI + "\"}", true).get();
            socket.sendBinary(ByteBuffer.wrap(large.getBytes(StandardCharsets.UTF_8)), true).get();
            socket.sendPing(ByteBuffer.wrap("ping".getBytes(StandardCharsets.UTF_8))).get();
            assertThat(heard.await(10, TimeUnit.SECONDS)).isTrue();
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "done").get();
            socket.abort();
            server.close();
            Transcript t = tap.flows(80).getFirst();
            Damage.check(t, 30);
            t.play();
            assertThat(WebSocketTest.frames(t, Side.INITIATOR))
                    .containsExactly(
                            "frame[]={\"imei\":\"" + IMEI + "\"}",
                            "frame[]=" + large,
                            "frame[ping]=ping",
                            "frame[close]=done");
            assertThat(WebSocketTest.frames(t, Side.RESPONDER)).contains("frame[]=welcome");
            assertThat(t.anomalies).isEmpty();
        }
    }

    /** Takes seconds where the machine is busy. */
    @Tag("long")
    @Test
    void webSocketOfChromium() throws Exception {
        String chromium = needed("chromium");
        Deflater d = new Deflater(9, true);
        List<byte[]> say =
                List.of(
                        WebSocketTest.frame(
                                0xc1, false, WebSocketTest.deflated(d, "first first first")),
                        WebSocketTest.frame(
                                0xc1, false, WebSocketTest.deflated(d, "first first second")));
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Wiretap tap = new Wiretap(server.getLocalPort())) {
            Thread.ofVirtual().start(() -> webSocketServer(server, true, say));
            Path page = dir.resolve("page.html");
            Files.writeString(
                    page,
                    """
                    <script>
                    const w = new WebSocket("ws://127.0.0.1:%d/chat");
                    let n = 0;
                    w.onmessage = e => {
                      w.send(JSON.stringify({imei: "%s", n: n, said: e.data}));
                      if (++n == 2) w.close(1000, "enough");
                    };
                    w.onclose = () => document.title = "closed";
                    </script>
                    """
                            .formatted(tap.port(), IMEI));
            Process p =
                    run(
                            List.of(
                                    chromium,
                                    "--headless",
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--user-data-dir=" + dir.resolve("profile"),
                                    "--remote-debugging-port=0",
                                    page.toUri().toString()));
            List<Transcript> flows = List.of();
            try {
                for (int i = 0; i < 150; i++) {
                    Thread.sleep(200);
                    flows = tap.soFar(80);
                    if (!flows.isEmpty()
                            && flows.getFirst().again().play().text().contains("frame[close]"))
                        break;
                }
            } finally {
                p.destroyForcibly().waitFor();
            }
            assertThat(flows).isNotEmpty();
            Transcript t = flows.getFirst();
            Damage.check(t, 60);
            t.play();
            assertThat(WebSocketTest.frames(t, Side.INITIATOR))
                    .contains(
                            "frame[]={\"imei\":\""
                                    + IMEI
                                    + "\",\"n\":0,\"said\":\"first first first\"}",
                            "frame[]={\"imei\":\""
                                    + IMEI
                                    + "\",\"n\":1,\"said\":\"first first second\"}",
                            "frame[close]=enough");
            assertThat(WebSocketTest.frames(t, Side.RESPONDER))
                    .containsExactly("frame[]=first first first", "frame[]=first first second");
            assertThat(t.parts(Side.INITIATOR))
                    .anyMatch(h ->
                            h.startsWith("header[Sec-WebSocket-Extensions]=permessage-deflate"));
            // Compressed on the way: the words cannot be read off the wire.
            StringBuilder wire = new StringBuilder();
            for (Transcript.Event e : t.script)
                wire.append(new String(e.bytes(), StandardCharsets.ISO_8859_1));
            assertThat(wire.toString()).doesNotContain(IMEI).doesNotContain("first first");
        }
    }
}
