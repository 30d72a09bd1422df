package dev.telltale.audit;

import static dev.telltale.audit.Traffic.Turn.client;
import static dev.telltale.audit.Traffic.Turn.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.model.Finding;
import dev.telltale.model.Inspection;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is behind a host, from a capture to the audit. */
class AttributionTest {
    private static final String PHONE = "192.168.43.17";

    /** 2026-07-01T00:00:00Z, two weeks after the bundled addresses' date. */
    private static final long LATELY = 1_782_864_000_000_000L;

    @TempDir private Path dir;

    private static Traffic request(Traffic to, int port, String ip, String host, String path) {
        return to.tcp(
                PHONE,
                port,
                ip,
                80,
                300,
                null,
                client("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"),
                server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    private Audit audit(Traffic traffic, Workers workers) throws Exception {
        Persona persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("persona.yaml"),
                                        "persona: unit\n"
                                                + "region: IN\n"
                                                + "identifiers: {imei: \"490154203237518\"}\n"))
                        .persona();
        Path capture = traffic.write(dir.resolve("capture.pcap"));
        Auditor.Options options = Auditor.Options.DEFAULT;
        return Auditor.conclude(
                Auditor.observe(
                        List.of(capture),
                        persona,
                        Optional.empty(),
                        options,
                        workers,
                        Progress.NONE),
                Policies.DEFAULT,
                options,
                Auditor.InputHashes.NONE);
    }

    private static Destination to(Audit audit, String domain) {
        return audit.findings().stream()
                .map(Finding::destination)
                .filter(d -> d.domain().equals(domain))
                .findFirst()
                .orElseThrow();
    }

    private static Traffic several() {
        Traffic t = new Traffic().at(LATELY);
        request(t, 40_001, "116.224.0.1", "api.account.xiaomi.com", "/a?imei=490154203237518");
        request(t, 40_002, "52.74.0.1", "data.mistat.xiaomi.com", "/a?imei=490154203237518");
        request(t, 40_003, "116.224.0.2", "tracking.miui.com", "/t?imei=490154203237518");
        request(t, 40_004, "1.1.1.1", "unheard.example.com", "/u?imei=490154203237518");
        request(t, 40_005, "203.0.113.7", "lab.example.net", "/l?imei=490154203237518");
        return t;
    }

    @Test
    void destinationsAreNamedWithTheirSources() throws Exception {
        Audit audit = audit(several(), Workers.CALLER);
        Destination miui = to(audit, "miui.com");
        assertThat(miui.company()).isEqualTo("Xiaomi");
        assertThat(miui.category()).isEqualTo("analytics");
        assertThat(miui.country()).isEqualTo("CN");
        assertThat(miui.asn()).hasValue(4812);
        assertThat(miui.sources()).containsOnlyKeys("company", "category", "country", "asn");
        Destination xiaomi = to(audit, "xiaomi.com");
        assertThat(xiaomi.company()).isEqualTo(miui.company());
        assertThat(xiaomi.country()).as("its two addresses differ").isEmpty();
        assertThat(xiaomi.sources().get("country"))
                .startsWith("addresses differ: CN (116.224.0.1), SG");
        Destination anycast = to(audit, "example.com");
        assertThat(anycast.anycast()).isTrue();
        assertThat(anycast.country()).isEmpty();
        Destination lab = to(audit, "example.net");
        assertThat(lab.country()).isEmpty();
        assertThat(lab.asn()).isEmpty();
        assertThat(audit.inputs().reference())
                .extracting(Audit.Reference::name)
                .contains("hosts", "ip-country", "ip-as", "anycast", "trackhar");
        assertThat(audit.inputs().reference())
                .allSatisfy(r -> {
                    assertThat(r.sha256()).hasSize(64);
                    assertThat(r.licence()).isNotBlank();
                });
    }

    @Test
    void anyNumberOfWorkersNamesTheSame() throws Exception {
        Audit one = audit(several(), Workers.CALLER);
        assertThat(one.findings()).as("one a domain and place").hasSize(4);
        Audit four = audit(several(), threads(4));
        assertThat(four.findings()).isEqualTo(one.findings());
        assertThat(four.inputs()).isEqualTo(one.inputs());
    }

    @Test
    void dataIsAsOldAsItLiesFromTheRecording() throws Exception {
        assertThat(stale(audit(several(), Workers.CALLER), "ip-country")).isEmpty();
        Traffic then = new Traffic();
        request(then, 40_001, "116.224.0.1", "api.account.xiaomi.com", "/a?imei=490154203237518");
        Audit of2014 = audit(then, Workers.CALLER);
        assertThat(stale(of2014, "ip-country")).isEqualTo("11 years younger than the recording");
        Traffic later = new Traffic().at(LATELY + 100L * 86_400 * 1_000_000);
        request(later, 40_001, "116.224.0.1", "api.account.xiaomi.com", "/a?imei=490154203237518");
        assertThat(stale(audit(later, Workers.CALLER), "ip-country"))
                .isEqualTo("114 days older than the recording");
    }

    private static String stale(Audit audit, String name) {
        return audit.inputs().reference().stream()
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow()
                .stale();
    }

    @Test
    void inspectNamesHostsAndCards() throws Exception {
        Inspection seen =
                Inspector.inspect(
                        several().write(dir.resolve("c.pcap")),
                        Auditor.Options.DEFAULT,
                        Workers.CALLER,
                        Progress.NONE);
        assertThat(seen.hosts())
                .filteredOn(h -> h.host().equals("tracking.miui.com"))
                .singleElement()
                .satisfies(h -> {
                    assertThat(h.who().company()).isEqualTo("Xiaomi");
                    assertThat(h.who().country()).isEqualTo("CN");
                });
        assertThat(seen.reference()).isNotEmpty();
    }

    private static Workers threads(int n) {
        return new Workers() {
            @Override
            public int count() {
                return n;
            }

            @Override
            public void run(List<Runnable> tasks) {
                try (ExecutorService pool = Executors.newFixedThreadPool(tasks.size())) {
                    List<Future<?>> all = new ArrayList<>();
                    tasks.forEach(t -> all.add(pool.submit(t)));
                    for (Future<?> f : all) f.get();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }
}
