package dev.telltale.capture;

import static dev.telltale.fuzz.Fuzzed.same;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.StreamEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Any file as a capture: opened by its content and read to its end, once as a whole and once in
 * pieces of a few bytes. Both must tell the same.
 */
public final class CaptureFuzz {
    private CaptureFuzz() {}

    public static void run(byte[] file) {
        same("what the capture tells", read(Told.again(file)), read(Told.pieces(file, 0, 7)));
    }

    private static String read(ByteSource source) {
        StringBuilder s = new StringBuilder();
        try (CaptureFile file = CaptureFiles.of("fuzz", source, false)) {
            s.append(file.format()).append('\n');
            CaptureTotals totals =
                    switch (file) {
                        case PacketCapture p -> {
                            Recorded r = Recorded.read(p);
                            if (r.packets.size() > r.totals.packets())
                                throw new AssertionError("more packets than are counted");
                            s.append(r.packets).append(r.meta).append(r.anomalies);
                            yield r.totals;
                        }
                        case ExchangeCapture e -> {
                            Told told = Told.read(e);
                            told.entries.forEach(x -> s.append(x.all()));
                            s.append(told.anomalies);
                            yield told.totals;
                        }
                        case StreamCapture c -> {
                            List<Anomaly> anomalies = new ArrayList<>();
                            CaptureTotals t = c.read(streams(s), anomalies::add);
                            s.append(anomalies);
                            yield t;
                        }
                        case AppLog l -> {
                            List<Anomaly> anomalies = new ArrayList<>();
                            l.read(anomalies::add);
                            s.append(anomalies);
                            yield CaptureTotals.of(0, -1, 0, -1);
                        }
                    };
            s.append(totals);
        } catch (UnreadableCaptureException e) {
            s.append(e.getMessage());
        }
        return s.toString();
    }

    private static FlowHandler.Factory streams(StringBuilder s) {
        return flow -> {
            s.append("flow ").append(flow.number()).append(' ').append(flow.responder());
            long[] offset = new long[2];
            return event -> {
                int side = event.side().ordinal();
                if (event.offset() != offset[side]) throw new AssertionError("not contiguous");
                s.append('\n').append(event.side()).append(' ');
                switch (event) {
                    case StreamEvent.Data d -> {
                        offset[side] += d.length();
                        s.append(
                                new String(
                                        d.bytes(),
                                        d.from(),
                                        d.length(),
                                        StandardCharsets.ISO_8859_1));
                    }
                    case StreamEvent.Gap g -> {
                        offset[side] += g.length();
                        s.append("gap ").append(g.length()).append(g.reason());
                    }
                    case StreamEvent.Closed c -> s.append("closed ").append(c.how());
                }
            };
        };
    }
}
