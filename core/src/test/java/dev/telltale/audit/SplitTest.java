package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that come in pieces: fields, parameters, cookies. */
class SplitTest {
    private static final String PERSONA =
            """
            persona: split
            region: IN
            identifiers:
              imei: "490154203237518"
              imsi: "001010123456789"
              msisdn: "+12025550123"
              email: asha.rao@example.org
              name: Asha Rao
              location: {lat: 19.07598, lon: 72.87766}
            """;

    @TempDir Path dir;
    private int port = 40_000;

    private Audit audit(Traffic traffic) throws Exception {
        Persona persona =
                Personas.read(Files.writeString(dir.resolve("persona.yaml"), PERSONA)).persona();
        Path file = traffic.write(dir.resolve("t.pcap"));
        Auditor.Options options = Auditor.Options.DEFAULT;
        var seen =
                Auditor.observe(
                        List.of(file),
                        persona,
                        Optional.empty(),
                        options,
                        Workers.CALLER,
                        Progress.NONE);
        return Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
    }

    private Traffic post(Traffic t, String target, String body, String... headers) {
        StringBuilder s = new StringBuilder("POST " + target + " HTTP/1.1\r\n");
        s.append("Host: api.example.com\r\n");
        for (String h : headers) s.append(h).append("\r\n");
        s.append("Content-Length: ").append(body.getBytes(UTF_8).length).append("\r\n\r\n");
        return t.tcp(
                "192.168.43.17",
                port++,
                "203.0.113.10",
                80,
                400,
                null,
                Traffic.Turn.client(s + body),
                Traffic.Turn.server("HTTP/1.1 204 No Content\r\n\r\n"));
    }

    private static Finding only(Audit audit, String path, String identifier) {
        List<Finding> all =
                audit.findings().stream()
                        .filter(f ->
                                f.place().startsWith("POST " + path + " ·")
                                        && f.identifier().id().equals(identifier))
                        .toList();
        assertThat(all)
                .as(
                        "%s among %s",
                        path,
                        audit.findings().stream()
                                .map(f -> f.identifier().id() + " " + f.place())
                                .toList())
                .hasSize(1);
        return all.getFirst();
    }

    private static Finding split(Audit audit, String path, String identifier) {
        Finding f = only(audit, path, identifier);
        assertThat(f.worst().disguise()).isEqualTo(Disguise.SPLIT);
        assertThat(f.certainty()).isEqualTo(Certainty.CERTAIN);
        assertThat(f.worst().form()).endsWith(", in pieces");
        return f;
    }

    @Test
    void piecesAreJoined() throws Exception {
        Traffic t = new Traffic();
        post(t, "/query?imei1=49015420&imei2=3237518", "x");
        post(
                t,
                "/sim",
                "{\"mcc\":1,\"carrier\":\"x\",\"a\":\"001\",\"mnc\":\"01\",\"msin\":\"0123456789\"}");
        post(t, "/name", "{\"first\":\"Asha\",\"last\":\"Rao\"}");
        post(t, "/name-last", "last=rao&first=asha");
        post(t, "/place", "{\"pos\":{\"lat\":19.07598,\"lon\":72.87766}}");
        post(t, "/place-array", "{\"coordinates\":[72.8777,19.0760]}");
        post(t, "/place-far", "lon=72.8777&x=1&lat=19.0760");
        post(t, "/mail", "{\"user\":\"asha.rao\",\"domain\":\"example.org\"}");
        post(t, "/cookie", "x", "Cookie: a=4901542; b=03237518");
        post(t, "/three", "a=49015&b=42032&c=37518");

        Audit audit = audit(t);

        Finding query = split(audit, "/query", "imei[0]");
        assertThat(query.place()).isEqualTo("POST /query · query[imei1] + query[imei2]");
        assertThat(query.worst().form()).isEqualTo("15 digits, in pieces");
        assertThat(query.worst().explanation())
                .isEqualTo("your IMEI (15 digits), in pieces: query[imei1] + query[imei2]");
        assertThat(query.evidence().getFirst().request())
                .isEqualTo("POST http://api.example.com/query?imei1={imei}&imei2={imei}");
        assertThat(query.evidence().getFirst().path().getLast().ranges()).hasSize(2);
        assertThat(split(audit, "/sim", "imsi[0]").place())
                .isEqualTo("POST /sim · body.a + body.mnc + body.msin");
        assertThat(split(audit, "/place", "location[0]").place())
                .isEqualTo("POST /place · body.pos.lat + body.pos.lon");
        // Side by side they are one value.
        assertThat(only(audit, "/place-array", "location[0]").worst().disguise())
                .isEqualTo(Disguise.PLAIN);
        assertThat(only(audit, "/place-far", "location[0]").worst().disguise())
                .isEqualTo(Disguise.SPLIT);
        split(audit, "/cookie", "imei[0]");
        split(audit, "/three", "imei[0]");
        for (String path : List.of("/name", "/name-last"))
            assertThat(only(audit, path, "name[0]").worst().disguise()).isEqualTo(Disguise.SPLIT);
        assertThat(audit.findings())
                .filteredOn(f -> f.place().startsWith("POST /mail"))
                .isNotEmpty();
    }

    @Test
    void whatMerelyAdjoinsIsNoPiece() throws Exception {
        Traffic t = new Traffic();
        // Another order, something within, a piece that is too long, one that is missing, too far.
        post(t, "/order?b=3237518&a=49015420", "x");
        post(t, "/within?a=49015420&b=x3237518", "x");
        post(t, "/longer?a=49015420&b=32375180", "x");
        post(t, "/part?a=49015420&b=32375", "x");
        post(t, "/far?a=49015420&" + "c=1234567&".repeat(12) + "b=3237518", "x");
        post(t, "/digits?" + "a=4&b=9&c=0&d=1&e=5&f=4&g=2&h=0&i=3&j=2&k=3&l=7&m=5&n=1&o=8", "x");
        post(t, "/header", "x", "X-A: 49015420", "X-B: 3237518");
        post(t, "/pair", "{\"lat\":19.07598,\"lon\":73.87766}");
        Random random = new Random(3);
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < 20_000; i++)
            numbers.append(i == 0 ? "[" : ",").append(random.nextInt(1, 1_000_000_000));
        post(t, "/numbers", numbers + "]");
        post(t, "/known?imei=490154203237518", "x");
        Audit audit = audit(t);
        assertThat(audit.findings())
                .filteredOn(
                        f -> f.variants().stream().anyMatch(v -> v.disguise() == Disguise.SPLIT))
                .isEmpty();
        assertThat(only(audit, "/known", "imei[0]").worst().disguise()).isEqualTo(Disguise.PLAIN);
    }

    /** What is in clear in one piece is not called split for what stands before it. */
    @Test
    void aWholeValueStaysPlain() throws Exception {
        Traffic t = new Traffic();
        post(t, "/phone", "{\"cc\":\"+1\",\"number\":\"2025550123\"}");
        Audit audit = audit(t);
        assertThat(only(audit, "/phone", "msisdn[0]").worst().disguise()).isEqualTo(Disguise.PLAIN);
    }
}
