package dev.telltale.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that know nothing of this one: openssl's authority, nginx, curl, tshark. */
final class Peers implements AutoCloseable {
    final Path dir;

    /** TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2. */
    final int closed;

    /** The same, and it asks for a certificate of the client's. */
    final int mutual;

    final int clear;
    private final Process nginx;

    Peers(Path dir) throws Exception {
        this.dir = dir;
        assumeTrue(there("curl", "--version"), "curl is not installed");
        assumeTrue(there("nginx", "-v"), "nginx is not installed");
        assumeTrue(there("openssl", "version"), "openssl is not installed");
        String[] ec = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"};
        openssl(
                ec,
                "req",
                "-x509",
                "-keyout",
                "up.key",
                "-out",
                "up.pem",
                "-days",
                "300",
                "-subj",
                "/CN=servers of a test");
        openssl(ec, "req", "-keyout", "srv.key", "-out", "srv.csr", "-subj", "/CN=localhost");
        Files.writeString(dir.resolve("ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
        run(
                "openssl",
                "x509",
                "-req",
                "-in",
                "srv.csr",
                "-CA",
                "up.pem",
                "-CAkey",
                "up.key",
                "-CAcreateserial",
                "-days",
                "200",
                "-extfile",
                "ext",
                "-out",
                "srv.pem");
        closed = free();
        clear = free();
        mutual = free();
        Files.createDirectories(dir.resolve("www"));
        byte[] big = new byte[3_000_000];
        new java.util.Random(7).nextBytes(big);
        Files.write(dir.resolve("www/big"), big);
        String conf =
                """
                daemon off; master_process off; pid %1$s/pid; error_log stderr;
                events { }
                http { access_log %1$s/access; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p;
                 fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                 client_max_body_size 0; keepalive_requests 100000;
                 ssl_certificate %1$s/srv.pem; ssl_certificate_key %1$s/srv.key;
                 ssl_protocols TLSv1.2 TLSv1.3;
                 server { listen 127.0.0.1:%2$d; root %1$s/www;
                  location /echo { return 200 "clear $request_uri $http_proxy_connection"; } }
                 server { listen 127.0.0.1:%3$d ssl http2; root %1$s/www;
                  location /up { proxy_pass http://127.0.0.1:%2$d/echo; }
                  location /echo { return 200 "closed $request_uri $server_protocol"; } }
                 server { listen 127.0.0.1:%4$d ssl; ssl_verify_client optional_no_ca;
                  location /echo { return 200 "mutual $request_uri"; } } }
                """
                        .formatted(dir, clear, closed, mutual);
        Files.writeString(dir.resolve("nginx.conf"), conf);
        nginx =
                new ProcessBuilder(
                                "nginx",
                                "-p",
                                dir.toString(),
                                "-c",
                                dir.resolve("nginx.conf").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("nginx.txt").toFile())
                        .start();
        await(closed);
    }

    private void openssl(String[] key, String command, String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of("openssl", command));
        all.addAll(List.of(key));
        all.addAll(List.of(more));
        run(all.toArray(String[]::new));
    }

    /** Who signed the servers' certificates. */
    X509Certificate authority() throws Exception {
        try (InputStream in = Files.newInputStream(dir.resolve("up.pem"))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    static boolean there(String... command) throws InterruptedException {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getInputStream().readAllBytes();
            return p.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static int free() throws IOException {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    private void await(int port) throws Exception {
        for (int i = 0; i < 500; i++) {
            try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (s.isConnected()) return;
            } catch (IOException e) {
                if (!nginx.isAlive()) break;
                Thread.sleep(20);
            }
        }
        throw new IllegalStateException(Files.readString(dir.resolve("nginx.txt")));
    }

    /** What a program printed and how it ended. */
    record Ran(int exit, String out, String err) {}

    Ran tried(String... command) throws Exception {
        Path err = Files.createTempFile(dir, "err", ".txt");
        Path out = Files.createTempFile(dir, "out", ".txt");
        Process p =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectError(err.toFile())
                        .redirectOutput(out.toFile())
                        .start();
        p.getOutputStream().close();
        assertThat(p.waitFor(60, TimeUnit.SECONDS)).as("%s ends", List.of(command)).isTrue();
        return new Ran(
                p.exitValue(),
                Files.readString(out, StandardCharsets.ISO_8859_1),
                Files.readString(err, StandardCharsets.ISO_8859_1));
    }

    String run(String... command) throws Exception {
        Ran ran = tried(command);
        assertThat(ran.exit()).as("%s: %s", List.of(command), ran.err()).isZero();
        return ran.out();
    }

    /** Request targets as tshark lists them, opened by the secrets inside. */
    List<String> tshark(Path capture) throws Exception {
        String out =
                run(
                        "tshark",
                        "-r",
                        capture.toString(),
                        "-Y",
                        "http.request or http2.headers.path",
                        "-T",
                        "fields",
                        "-E",
                        "separator= ",
                        "-e",
                        "http.request.uri",
                        "-e",
                        "http2.headers.path");
        return out.lines().map(String::strip).sorted().toList();
    }

    @Override
    public void close() {
        nginx.destroy();
    }
}
