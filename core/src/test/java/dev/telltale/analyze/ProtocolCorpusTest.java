package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Captures of others: the same messages as tshark lists. */
@Tag("long")
class ProtocolCorpusTest {
    private static Path corpus() {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve("shared/corpus")))
            above = above.getParent();
        assumeThat(above).as("shared/corpus lies in no folder above this one").isNotNull();
        return above.resolve("shared/corpus");
    }

    private static List<Path> captures(String... beginnings) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : List.of("protocols", "decryption/captures"))
            try (Stream<Path> all = Files.list(corpus().resolve(folder))) {
                all.filter(f ->
                                Arrays.stream(beginnings)
                                        .anyMatch(b -> f.getFileName().toString().startsWith(b)))
                        .sorted()
                        .forEach(found::add);
            }
        assertThat(found).isNotEmpty();
        return found;
    }

    /** Each field of each packet, all its occurrences. */
    private static List<List<List<String>>> tshark(Path file, String filter, String... fields)
            throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "tshark",
                                "-r",
                                file.toString(),
                                "-Y",
                                filter,
                                "-T",
                                "fields",
                                "-E",
                                "separator=/t",
                                "-E",
                                "aggregator=\u0001",
                                "-E",
                                "occurrence=a"));
        for (String f : fields) command.addAll(List.of("-e", f));
        Process p;
        try {
            p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            assumeThat(false).as("tshark is not installed").isTrue();
            throw e;
        }
        List<List<List<String>>> packets = new ArrayList<>();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        p.waitFor();
        for (String line : out.split("\n")) {
            if (line.isEmpty()) continue;
            List<List<String>> packet = new ArrayList<>();
            for (String field : line.split("\t", -1))
                packet.add(field.isEmpty() ? List.of() : List.of(field.split("\u0001", -1)));
            packets.add(packet);
        }
        return packets;
    }

    private static List<String> column(List<List<List<String>>> packets, int n) {
        return packets.stream().flatMap(p -> p.get(n).stream()).toList();
    }

    private static String hex(String s) {
        return HexFormat.of().formatHex(s.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void mqtt() throws Exception {
        int published = 0;
        for (Path file : captures("mqtt")) {
            Told told = Told.of(file);
            var packets =
                    tshark(
                            file,
                            "mqtt",
                            "mqtt.topic",
                            "mqtt.msg",
                            "mqtt.clientid",
                            "mqtt.username");
            List<String> topics = new ArrayList<>();
            List<String> payloads = new ArrayList<>();
            List<String> clients = new ArrayList<>();
            List<String> users = new ArrayList<>();
            for (Told.Message m : told.messages) {
                if (!m.exchange().protocol().startsWith("mqtt")) continue;
                for (Told.Part p : m.parts()) {
                    if (p.kind() == PartKind.TARGET || p.name().equals("topic"))
                        topics.add(p.text());
                    if (p.kind() == PartKind.BODY) payloads.add(hex(p.text()));
                    if (p.name().equals("client-id")) clients.add(p.text());
                    if (p.name().equals("username")) users.add(p.text());
                }
            }
            String name = file.getFileName().toString();
            assertThat(topics).as(name).containsExactlyInAnyOrderElementsOf(column(packets, 0));
            // Without a CONNECT it does not know that this is version 5, and takes the empty list
            // of properties (a byte 0) for the first byte of the payload.
            boolean unversioned = name.startsWith("mqtt-midstream-split");
            assertThat(payloads)
                    .as(name)
                    .containsExactlyInAnyOrderElementsOf(
                            column(packets, 1).stream()
                                    .map(h -> unversioned ? h.substring(2) : h)
                                    .toList());
            assertThat(clients).as(name).containsExactlyInAnyOrderElementsOf(column(packets, 2));
            assertThat(users).as(name).containsExactlyInAnyOrderElementsOf(column(packets, 3));
            published += payloads.size();
        }
        assertThat(published).isGreaterThan(20);
    }

    @Test
    void sip() throws Exception {
        int all = 0;
        for (Path file : captures("sip")) {
            Told told = Told.of(file);
            List<String> ours = new ArrayList<>();
            for (Told.Message m : told.of("sip")) {
                String id = m.part("Call-ID");
                String to = m.part("CSeq");
                ours.add(to + " " + id);
            }
            List<String> theirs = new ArrayList<>();
            for (var packet : tshark(file, "sip", "sip.CSeq", "sip.Call-ID"))
                for (int i = 0; i < packet.get(0).size(); i++)
                    theirs.add(packet.get(0).get(i) + " " + packet.get(1).get(i));
            assertThat(ours)
                    .as(file.getFileName().toString())
                    .containsExactlyInAnyOrderElementsOf(theirs);
            all += ours.size();
        }
        assertThat(all).isGreaterThan(50);
    }

    @Test
    void webSocket() throws Exception {
        int all = 0;
        for (Path file : captures("websocket")) {
            Told told = Told.of(file);
            List<String> texts = new ArrayList<>();
            int messages = 0;
            for (Told.Message m : told.messages)
                for (Told.Part p : m.parts())
                    if (p.kind() == PartKind.FRAME && m.exchange().protocol().startsWith("http")) {
                        messages++;
                        if (p.name().isEmpty()) texts.add(p.text());
                    }
            var packets =
                    tshark(
                            file,
                            "websocket",
                            "websocket.opcode",
                            "websocket.fin",
                            "websocket.payload_length",
                            "websocket.payload.text");
            int said = 0;
            for (var packet : packets)
                for (int i = 0; i < packet.get(0).size(); i++) {
                    boolean last = packet.get(1).get(i).equals("1");
                    boolean close = packet.get(0).get(i).equals("8");
                    int n = Integer.parseInt(packet.get(2).get(i));
                    if (last && n > (close ? 2 : 0)) said++;
                }
            String name = file.getFileName().toString();
            assertThat(messages).as(name).isEqualTo(said);
            if (!name.contains("compressed") && !name.contains("frag"))
                assertThat(texts)
                        .as(name)
                        .containsAll(
                                column(packets, 3).stream()
                                        .map(text -> text.replace("\\n", "\n"))
                                        .toList());
            all += messages;
        }
        assertThat(all).isGreaterThan(30);
    }

    @Test
    void datagrams() throws Exception {
        for (Path file : captures("dns-mdns", "dhcp-nanosecond", "sip-ssdp", "sip-method")) {
            Told told = Told.of(file);
            String name = file.getFileName().toString();
            List<String> questions = new ArrayList<>();
            for (String protocol : List.of("dns", "mdns"))
                for (Told.Message m : told.of(protocol)) {
                    // A question by the multicast group is told like one to a server.
                    for (Told.Part p : m.parts())
                        if (p.kind() == PartKind.NAME && p.name().isEmpty()) {
                            questions.add(p.text());
                            break;
                        }
                }
            var dns =
                    tshark(
                            file,
                            "(dns && dns.count.queries > 0) || (mdns && dns.count.queries > 0)",
                            "dns.qry.name");
            List<String> asked = dns.stream().map(p -> p.getFirst().getFirst()).toList();
            assertThat(questions).as(name).containsAll(asked);
            var dhcp = tshark(file, "dhcp", "dhcp.option.dhcp", "dhcp.option.vendor_class_id");
            assertThat(told.of("dhcp")).as(name).hasSize(dhcp.size());
            List<String> classes =
                    told.of("dhcp").stream()
                            .map(m -> m.part("vendor-class"))
                            .filter(java.util.Objects::nonNull)
                            .toList();
            assertThat(classes).as(name).containsExactlyInAnyOrderElementsOf(column(dhcp, 1));
            assertThat(told.of("ssdp"))
                    .as(name)
                    .hasSize(tshark(file, "ssdp", "frame.number").size());
            assertThat(told.messages.stream().filter(m -> m.side() == Side.INITIATOR)).isNotEmpty();
        }
    }
}
