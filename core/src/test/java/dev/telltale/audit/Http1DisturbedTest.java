package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.analyze.Analyzers;
import dev.telltale.audit.Traffic.Turn;
import dev.telltale.bytes.ByteSource;
import dev.telltale.capture.CaptureFile;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.MetaSink;
import dev.telltale.capture.PacketCapture;
import dev.telltale.capture.UnreadableCaptureException;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.fuzz.Seeds;
import dev.telltale.model.Packet;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Conversations of HTTP/1 as packets, and what a network and a recorder do to them: packets in
 * another order, lost, cut by a snap length, and the beginning not seen. No request comes out that
 * was not sent, and every payload byte is accounted for.
 */
class Http1DisturbedTest {
    /** One frame of a capture. */
    private record Frame(long number, int linkType, int original, long time, byte[] bytes) {
        Frame cut(int most) {
            return bytes.length <= most
                    ? this
                    : new Frame(
                            number, linkType, original, time, java.util.Arrays.copyOf(bytes, most));
        }
    }

    /**
     * Its request body is text that holds whole requests: once the head is lost nobody can tell
     * them from requests.
     */
    private static final String BODY_OF_REQUESTS = "http-multiple100--input.pcap";

    /** What came out of some frames. */
    private record Result(List<String> requests, long payload, long accounted) {}

    /** Each a conversation that is whole. */
    private static Map<String, List<Frame>> captures() throws IOException {
        Map<String, List<Frame>> all = new java.util.TreeMap<>();
        for (Map.Entry<String, Turn[]> e : conversations().entrySet()) {
            byte[] file =
                    new Traffic()
                            .tcp("192.0.2.7", 40000, "198.51.100.9", 80, 90, null, e.getValue())
                            .pcap();
            frames(e.getKey(), ByteSource.of(file), all);
        }
        var corpus = Seeds.corpus();
        if (corpus.isPresent()) {
            List<Path> files;
            try (Stream<Path> found = Files.list(corpus.get().resolve("protocols"))) {
                files =
                        found.filter(f -> f.getFileName().toString().contains("http-"))
                                .sorted()
                                .toList();
            }
            for (Path f : files)
                frames(f.getFileName().toString(), ByteSource.of(Files.readAllBytes(f)), all);
        }
        return all;
    }

    private static Map<String, Turn[]> conversations() {
        Turn[] keptAlive = {
            Turn.client(
                    "GET /first?id=867345021234563 HTTP/1.1\r\n"
                            + "Host: a.example\r\n"
                            + "Cookie: s=1\r\n\r\n"),
            Turn.server("HTTP/1.1 200 OK\r\nContent-Length: 120\r\n\r\n" + "x".repeat(120)),
            Turn.client(
                    "POST /second HTTP/1.1\r\nHost: a.example\r\nContent-Length: 200\r\n\r\n"
                            + "GET /no HTTP/1.1 ".repeat(11)
                            + "1234567890123"),
            Turn.server("HTTP/1.1 204 No Content\r\n\r\n"),
            Turn.client(
                    "PUT /third HTTP/1.1\r\n"
                            + "Host: b.example:8080\r\n"
                            + "X-Folded: one\r\n"
                            + " two\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + "5;e=1\r\n"
                            + "hello\r\n"
                            + "40\r\n"
                            + "y".repeat(64)
                            + "\r\n0\r\nX-Trailer: end\r\n\r\n"),
            Turn.server(
                    "HTTP/1.1 100 Continue\r\n\r\n"
                            + "HTTP/1.1 201 Created\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + "3\r\n"
                            + "abc\r\n"
                            + "0\r\n\r\n"),
        };
        Turn[] pipelined = {
            Turn.client(
                    "GET /p1 HTTP/1.1\r\n"
                            + "Host: a.example\r\n\r\n"
                            + "GET /p2 HTTP/1.1\r\n"
                            + "Host: a.example\r\n\r\n"
                            + "HEAD /p3 HTTP/1.1\r\n"
                            + "Host: a.example\r\n\r\n"),
            Turn.server(
                    "HTTP/1.1 200 OK\r\n"
                            + "Content-Length: 2\r\n\r\n"
                            + "okHTTP/1.1 304 Not Modified\r\n\r\n"
                            + "HTTP/1.1 200 OK\r\n"
                            + "Content-Length: 99\r\n\r\n"),
        };
        Turn[] proxied = {
            Turn.client("GET http://c.example/abs?x=1 HTTP/1.1\r\nHost: other.example\r\n\r\n"),
            Turn.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            Turn.client("CONNECT d.example:80 HTTP/1.1\r\nHost: d.example:80\r\n\r\n"),
            Turn.server("HTTP/1.1 200 Connection established\r\n\r\n"),
            Turn.client("GET /inside HTTP/1.1\r\nHost: d.example\r\n\r\n"),
            Turn.server("HTTP/1.0 200 OK\r\n\r\nuntil the end"),
        };
        Turn[] upgraded = {
            Turn.client(
                    "GET /up HTTP/1.1\r\n"
                            + "Host: a.example\r\n"
                            + "Connection: Upgrade\r\n"
                            + "Upgrade: made-up\r\n\r\n"),
            Turn.server(
                    "HTTP/1.1 101 Switching Protocols\r\n"
                            + "Connection: Upgrade\r\n"
                            + "Upgrade: made-up\r\n\r\n"
                            + "GET /not-a-request "),
            Turn.client("some bytes of another protocol\r\n"),
        };
        Turn[] odd = {
            Turn.client(
                    "POST /twice HTTP/1.1\r\n"
                            + "Host: a.example\r\n"
                            + "Content-Length: 4\r\n"
                            + "Content-Length: 4\r\n\r\n"
                            + "body"),
            Turn.server(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"),
            Turn.client("GET /after HTTP/1.0\nHost: a.example\n\n"),
            Turn.server("HTTP/1.0 200 OK\n\nbody to the end"),
        };
        return Map.of(
                "own kept alive",
                keptAlive,
                "own pipelined",
                pipelined,
                "own proxied",
                proxied,
                "own upgraded",
                upgraded,
                "own odd",
                odd);
    }

    private static void frames(String name, ByteSource source, Map<String, List<Frame>> all) {
        List<Frame> frames = new ArrayList<>();
        try (CaptureFile file = CaptureFiles.of(name, source, false)) {
            if (!(file instanceof PacketCapture p)) return;
            p.read(
                    packet -> {
                        byte[] b = new byte[packet.captured];
                        MemorySegment.copy(
                                packet.memory,
                                ValueLayout.JAVA_BYTE,
                                packet.offset,
                                b,
                                0,
                                b.length);
                        frames.add(
                                new Frame(
                                        packet.number,
                                        packet.linkType,
                                        packet.original,
                                        packet.timeNanos,
                                        b));
                    },
                    a -> {},
                    new MetaSink() {});
        } catch (UnreadableCaptureException e) {
            return;
        }
        all.put(name, frames);
    }

    private static Result run(List<Frame> frames) {
        List<String> requests = new ArrayList<>();
        RequestLister lister =
                new RequestLister(line -> {
                    String s = new String(line, ISO_8859_1);
                    requests.add(s.substring(0, s.lastIndexOf('\t')));
                });
        Dissector listing = new Dissector(new Analyzers(lister), a -> {}, DissectLimits.DEFAULT);
        Summing sums = new Summing();
        Dissector summing = new Dissector(new Analyzers(sums), a -> {}, DissectLimits.DEFAULT);
        for (Dissector d : List.of(listing, summing)) {
            Packet p = new Packet();
            for (Frame f : frames) {
                p.memory = MemorySegment.ofArray(f.bytes);
                p.offset = 0;
                p.captured = f.bytes.length;
                p.original = Math.max(f.original, f.bytes.length);
                p.number = f.number;
                p.timeNanos = f.time;
                p.linkType = f.linkType;
                d.packet(p);
            }
            d.end();
        }
        return new Result(
                requests, summing.totals().tcpBytes() + summing.totals().udpBytes(), sums.bytes);
    }

    /**
     * METHOD URL, or METHOD target where no name of the host is left: it stood in a packet that is
     * gone, as that of a CONNECT.
     */
    private static Map<String, Integer> counted(List<String> requests, boolean nameless) {
        Map<String, Integer> n = new HashMap<>();
        for (String r : requests) {
            n.merge(r, 1, Integer::sum);
            String target = r.replaceFirst("\thttp://[^/?*]*", "\tno name");
            if (nameless
                    || r.matches("\\w+\thttp://(\\d+\\.\\d+\\.\\d+\\.\\d+|\\[.*])(:\\d+)?[/?*].*"))
                n.merge(target, 1, Integer::sum);
        }
        return n;
    }

    /** Nothing is listed that was not, or more often than it was. */
    private static void noneWrong(String what, Result whole, Result disturbed) {
        accounted(what, disturbed);
        if (what.startsWith(BODY_OF_REQUESTS)) return;
        Map<String, Integer> known = counted(whole.requests, true);
        counted(disturbed.requests, false)
                .forEach((request, n) -> {
                    if (known.containsKey(request) || request.contains("\tno name"))
                        assertThat(n)
                                .as(what + ": " + request)
                                .isLessThanOrEqualTo(known.getOrDefault(request, 0));
                    else
                        assertThat(counted(List.of(request), false))
                                .as(what + ": " + request + " of " + known.keySet())
                                .hasSize(2);
                });
    }

    private static void accounted(String what, Result r) {
        assertThat(r.accounted).as(what + ": bytes accounted for").isEqualTo(r.payload);
    }

    @Test
    void whole() throws IOException {
        int requests = 0;
        for (var c : captures().entrySet()) {
            Result r = run(c.getValue());
            accounted(c.getKey(), r);
            if (c.getKey().startsWith("own"))
                assertThat(r.requests).as(c.getKey()).hasSizeBetween(1, 3);
            requests += r.requests.size();
        }
        assertThat(requests).isGreaterThanOrEqualTo(12);
    }

    @Test
    void reordered() throws IOException {
        for (var c : captures().entrySet()) {
            Result whole = run(c.getValue());
            for (int seed = 0; seed < 6; seed++) {
                List<Frame> frames = new ArrayList<>(c.getValue());
                Random r = new Random(seed);
                // The handshake stays first: who called whom is told by it.
                for (int i = 3; i + 4 <= frames.size(); i += 4)
                    Collections.shuffle(frames.subList(i, i + 4), r);
                Result disturbed = run(frames);
                accounted(c.getKey(), disturbed);
                if (c.getKey().startsWith("own"))
                    assertThat(disturbed.requests)
                            .as(c.getKey() + " seed " + seed)
                            .containsExactlyInAnyOrderElementsOf(whole.requests);
            }
        }
    }

    @Test
    void gapped() throws IOException {
        for (var c : captures().entrySet()) {
            Result whole = run(c.getValue());
            Random r = new Random(5);
            int step = Math.max(1, c.getValue().size() / 25);
            for (int i = r.nextInt(step); i < c.getValue().size(); i += step) {
                List<Frame> frames = new ArrayList<>(c.getValue());
                Frame lost = frames.remove(i);
                noneWrong(c.getKey() + " without frame " + lost.number, whole, run(frames));
            }
        }
    }

    @Test
    void truncated() throws IOException {
        for (var c : captures().entrySet()) {
            Result whole = run(c.getValue());
            for (int snap : new int[] {54, 60, 68, 80, 96, 128, 200, 400}) {
                List<Frame> frames = new ArrayList<>();
                for (Frame f : c.getValue()) frames.add(f.cut(snap));
                noneWrong(c.getKey() + " cut to " + snap, whole, run(frames));
            }
            for (int end = 4;
                    end < c.getValue().size();
                    end += Math.max(1, c.getValue().size() / 15))
                noneWrong(c.getKey() + " ends at " + end, whole, run(c.getValue().subList(0, end)));
        }
    }

    @Test
    void joinedMidway() throws IOException {
        for (var c : captures().entrySet()) {
            Result whole = run(c.getValue());
            for (int first = 1;
                    first < c.getValue().size();
                    first += Math.max(1, c.getValue().size() / 25))
                noneWrong(
                        c.getKey() + " from " + first,
                        whole,
                        run(c.getValue().subList(first, c.getValue().size())));
        }
    }
}
