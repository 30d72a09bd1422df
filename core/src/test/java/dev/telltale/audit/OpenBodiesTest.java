package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.identify.PersonaMatcher;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Exchange;
import dev.telltale.model.Flow;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.MessageSink.PartSink;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Traffic;
import dev.telltale.model.PartKind;
import dev.telltale.model.Persona;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are open at the same time share a bounded memory. */
class OpenBodiesTest {
    private static final String IMEI = "490154203237518";
    private static final int CHUNK = 16 << 10;

    @TempDir Path dir;

    private record Open(MessageSink message, PartSink part) {
        void end() {
            part.end();
            message.end();
        }
    }

    private static Open open(Recorder recorder, int n) {
        Flow flow =
                new Flow(
                        n + 1,
                        Transport.TCP,
                        new Endpoint("192.168.43.17", "", 40_000 + n),
                        new Endpoint("203.0.113.10", "", 80),
                        false,
                        FrameMap.at(0),
                        FrameMap.at(0));
        Exchange exchange =
                new Exchange(
                        flow,
                        -1,
                        "http/1.1",
                        "POST",
                        "http",
                        "up.example.com",
                        80,
                        "/".getBytes(US_ASCII),
                        Secured.NONE,
                        "");
        MessageSink message = recorder.open(flow).exchange(exchange).message(Side.INITIATOR);
        return new Open(message, message.open(PartKind.BODY, "", Hint.NONE));
    }

    private static byte[] noise(int n) {
        byte[] b = new byte[CHUNK];
        new Random(n).nextBytes(b);
        return b;
    }

    @Test
    void whatIsBeyondTheBoundIsSaidAndCounted() throws Exception {
        Persona persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("p.yaml"),
                                        "persona: t\nidentifiers:\n  imei: \"" + IMEI + "\"\n"))
                        .persona();
        long most = 8L << 20;
        Recorder recorder =
                new Recorder(
                        persona,
                        PersonaMatcher.of(persona),
                        new TimeSlots(Optional.empty()),
                        false,
                        100,
                        most);
        byte[] value = (" " + IMEI + " ").getBytes(US_ASCII);
        long fed = 0;
        List<Open> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Open o = open(recorder, i);
            all.add(o);
            // Planted in the last piece that the first bodies are given, and in no later one.
            for (int k = 0; k < 6; k++) {
                o.part.feed(noise(i * 6 + k), 0, CHUNK, -1);
                fed += CHUNK;
            }
            o.part.feed(value, 0, value.length, -1);
            fed += value.length;
            assertThat(recorder.holdsTooMuch()).as("after " + i).isFalse();
        }
        all.forEach(Open::end);
        // The room is free again: the next body is searched.
        Open after = open(recorder, 200);
        after.part.feed(value, 0, value.length, -1);
        fed += value.length;
        after.end();

        CaptureSeen seen = recorder.out.seen("pcap", 0, fed);
        assertThat(seen.anomalies())
                .extracting(Anomaly::kind)
                .contains(Anomaly.Kind.LIMIT)
                .hasSizeLessThan(200);
        Traffic traffic = seen.traffic().getFirst();
        long unread = traffic.reasons().getOrDefault(ReasonCode.BUDGET, 0L);
        assertThat(unread).isPositive().isLessThan(fed);
        assertThat(traffic.sums().bytes()).isEqualTo(fed);
        assertThat(traffic.sums().opaque()).isGreaterThanOrEqualTo(unread);
        long found = seen.sightings().stream().mapToLong(g -> g.count()).sum();
        long cutShort =
                seen.anomalies().stream().filter(a -> a.kind() == Anomaly.Kind.LIMIT).count();
        // Every body but those cut short was searched to its end.
        assertThat(found).isEqualTo(201 - cutShort).isGreaterThan(10);
    }
}
