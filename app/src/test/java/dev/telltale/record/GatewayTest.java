package dev.telltale.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A phone-like client in a network of its own, a gateway, and servers behind it: three network
 * namespaces of this test, joined by virtual cables.
 */
class GatewayTest {
    private static final String PHONE = "telltale-t-phone";
    private static final String GATEWAY = "telltale-t-gw";
    private static final String NET = "telltale-t-net";
    private static final String SERVER = "198.51.100.7";

    @TempDir Path dir;
    private Peers peers;
    private final List<Process> running = new ArrayList<>();

    @BeforeEach
    void cables() throws Exception {
        assumeTrue(Peers.there("nft", "--version"), "nftables is not installed");
        assumeTrue(Peers.there("ip", "-V"), "iproute2 is not installed");
        assumeTrue(Peers.there("dumpcap", "-v"), "dumpcap is not installed");
        takeAway();
        assumeTrue(
                Peers.there("ip", "netns", "add", GATEWAY),
                "no network namespaces can be made here (needs root)");
        peers = new Peers(dir);
        ip("netns", "add", PHONE);
        ip("netns", "add", NET);
        cable("tt-p0", PHONE, "10.77.1.2/24", "tt-g0", "10.77.1.1/24");
        cable("tt-n0", NET, SERVER + "/24", "tt-g1", "198.51.100.1/24");
        in(PHONE, "ip", "route", "add", "default", "via", "10.77.1.1");
        in(PHONE, "ip", "-6", "addr", "add", "fd77:1::2/64", "dev", "tt-p0", "nodad");
        in(GATEWAY, "ip", "-6", "addr", "add", "fd77:1::1/64", "dev", "tt-g0", "nodad");
        in(NET, "ip", "-6", "addr", "add", "fd77:2::7/64", "dev", "tt-n0", "nodad");
        in(GATEWAY, "ip", "-6", "addr", "add", "fd77:2::1/64", "dev", "tt-g1", "nodad");
        in(PHONE, "ip", "-6", "route", "add", "default", "via", "fd77:1::1");
        String conf =
                """
                daemon off; master_process off; pid %1$s/pid2; error_log stderr;
                events { }
                http { access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p;
                 fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                 ssl_certificate %1$s/srv.pem; ssl_certificate_key %1$s/srv.key;
                 server { listen 80; listen [::]:80; listen 443 ssl http2; listen [::]:443 ssl http2;
                  location / { return 200 "$remote_addr asked $request_uri"; } } }
                """
                        .formatted(dir);
        Path file = Files.writeString(dir.resolve("net.conf"), conf);
        start(NET, "nginx", "-p", dir.toString(), "-c", file.toString());
    }

    @AfterEach
    void takeAway() throws Exception {
        for (Process p : running) p.destroy();
        for (String n : List.of(PHONE, GATEWAY, NET)) Peers.there("ip", "netns", "del", n);
        if (peers != null) peers.close();
    }

    private void ip(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        peers.run(command.toArray(String[]::new));
    }

    private void cable(String end, String namespace, String address, String ours, String oursAt)
            throws Exception {
        ip("link", "add", end, "type", "veth", "peer", "name", ours);
        for (String[] e : new String[][] {{end, namespace, address}, {ours, GATEWAY, oursAt}}) {
            ip("link", "set", e[0], "netns", e[1]);
            in(e[1], "ip", "addr", "add", e[2], "dev", e[0]);
            in(e[1], "ip", "link", "set", e[0], "up");
            in(e[1], "ip", "link", "set", "lo", "up");
        }
    }

    private static String[] within(String namespace, String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    private String in(String namespace, String... command) throws Exception {
        return peers.run(within(namespace, command));
    }

    private Process start(String namespace, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(within(namespace, command));
        builder.environment().put("XDG_DATA_HOME", dir.resolve("data").toString());
        Process p =
                builder.redirectErrorStream(true)
                        .redirectOutput(dir.resolve("said.txt").toFile())
                        .start();
        running.add(p);
        return p;
    }

    private String rules() throws Exception {
        String all =
                in(GATEWAY, "nft", "list", "ruleset")
                        + in(GATEWAY, "ip", "rule")
                        + in(GATEWAY, "ip", "-6", "rule")
                        + in(GATEWAY, "ip", "route", "show", "table", "all")
                        + in(GATEWAY, "cat", "/proc/sys/net/ipv4/ip_forward");
        // The kernel adds those by itself, when it has the time.
        return all.replaceAll("(?m)^.*fe80.*\n", "");
    }

    private void script(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("env", "TELLTALE_GATEWAY_STATE=" + dir.resolve("state"), "sh"));
        command.add(Path.of("..", "build", "gateway").toAbsolutePath().normalize().toString());
        command.addAll(List.of(words));
        in(GATEWAY, command.toArray(String[]::new));
    }

    @Test
    void thePhonesTrafficIsRecordedAndNoRuleIsLeft() throws Exception {
        String before = rules();
        script("up", "tt-g0");
        assertThat(rules()).contains("tproxy", "telltale_gateway");
        Path folder = dir.resolve("run");
        Process recorder =
                start(
                        GATEWAY,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.telltale.cli.Main",
                        "record",
                        "-o",
                        folder.toString(),
                        "--gateway",
                        "127.0.0.1:8088",
                        "--gateway",
                        "[::1]:8088",
                        "--interface",
                        "tt-g0",
                        "--upstream-ca",
                        dir.resolve("up.pem").toString());
        Path said = dir.resolve("said.txt");
        for (int i = 0; i < 600 && !Files.readString(said).contains("capturing"); i++) {
            assertThat(recorder.isAlive()).as(Files.readString(said)).isTrue();
            Thread.sleep(50);
        }
        // The authority's certificate, as the file that holds it and its key has it.
        String pem = Files.readString(dir.resolve("data/telltale/recorder-ca.pem"));
        Path ca =
                Files.writeString(
                        dir.resolve("ca.pem"), pem.substring(pem.indexOf("-----BEGIN CERT")));
        String[] curl = {"curl", "-sS", "-m", "20", "--cacert", ca.toString(), "--resolve"};
        String query = "/echo?imei=" + Session.IMEI;
        assertThat(in(PHONE, with(curl, "localhost:443:" + SERVER, "https://localhost" + query)))
                .isEqualTo("198.51.100.1 asked " + query);
        assertThat(in(PHONE, with(curl, "localhost:80:" + SERVER, "http://localhost" + query)))
                .isEqualTo("198.51.100.1 asked " + query);
        assertThat(in(PHONE, with(curl, "localhost:443:[fd77:2::7]", "https://localhost/six")))
                .isEqualTo("fd77:2::1 asked /six");
        // The phone has no business with the gateway's own services, and QUIC is refused.
        Peers.Ran metadata =
                peers.tried(within(PHONE, "curl", "-sS", "-m", "5", "http://169.254.169.254/"));
        assertThat(metadata.exit()).isNotZero();
        in(PHONE, "bash", "-c", "echo quic > /dev/udp/" + SERVER + "/443");
        // dumpcap hands packets on about once a second.
        Thread.sleep(1_500);
        recorder.destroy();
        assertThat(recorder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        script("down");
        assertThat(rules()).isEqualTo(before);
        assertThat(dir.resolve("state")).doesNotExist();

        List<String> requests = new ArrayList<>();
        dev.telltale.audit.Inspector.requests(
                folder.resolve("capture.pcapng"),
                dev.telltale.audit.Keys.NONE,
                l -> requests.add(new String(l).split("\t")[1]));
        assertThat(requests)
                .containsExactlyInAnyOrder(
                        "https://localhost" + query,
                        "http://localhost" + query,
                        "https://localhost/six");
        String beside =
                peers.run(
                        "tshark",
                        "-r",
                        folder.resolve("interface.pcapng").toString(),
                        "-T",
                        "fields",
                        "-e",
                        "udp.dstport",
                        "-e",
                        "icmp.code");
        assertThat(beside).contains("443");
    }

    private static String[] with(String[] command, String... more) {
        String[] all = java.util.Arrays.copyOf(command, command.length + more.length);
        System.arraycopy(more, 0, all, command.length, more.length);
        return all;
    }
}
