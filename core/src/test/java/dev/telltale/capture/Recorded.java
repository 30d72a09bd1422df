package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** All that one reading of a packet capture told. */
final class Recorded implements MetaSink {
    record P(long number, long time, int linkType, int original, String hex) {}

    final List<P> packets = new ArrayList<>();
    final List<Anomaly> anomalies = new ArrayList<>();

    /** One line a piece of metadata, in order. */
    final List<String> meta = new ArrayList<>();

    CaptureTotals totals = new CaptureTotals(-1, -1, Optional.empty(), Optional.empty());
    String format = "";
    String sha256 = "";

    static Recorded read(byte[] file) throws UnreadableCaptureException {
        return read(ByteSource.of(file));
    }

    static Recorded read(ByteSource source) throws UnreadableCaptureException {
        try (CaptureFile file = CaptureFiles.of("test", source, true)) {
            return read(file);
        }
    }

    static Recorded read(CaptureFile file) {
        Recorded r = new Recorded();
        assertThat(file).isInstanceOf(PacketCapture.class);
        r.format = file.format();
        r.totals =
                ((PacketCapture) file)
                        .read(
                                p -> {
                                    byte[] b = new byte[p.captured];
                                    MemorySegment.copy(
                                            p.memory,
                                            ValueLayout.JAVA_BYTE,
                                            p.offset,
                                            b,
                                            0,
                                            p.captured);
                                    r.packets.add(
                                            new P(
                                                    p.number,
                                                    p.timeNanos,
                                                    p.linkType,
                                                    p.original,
                                                    HexFormat.of().formatHex(b)));
                                },
                                r.anomalies::add,
                                r);
        r.sha256 = file.sha256();
        return r;
    }

    @Override
    public void section(String hardware, String os, String application) {
        meta.add("section " + hardware + "|" + os + "|" + application);
    }

    @Override
    public void captureInterface(Interface described) {
        meta.add(described.toString());
    }

    @Override
    public void comment(long packet, String text) {
        meta.add("comment " + packet + " " + text);
    }

    @Override
    public void secrets(int type, byte[] bytes) {
        meta.add("secrets " + Integer.toHexString(type) + " " + HexFormat.of().formatHex(bytes));
    }

    @Override
    public void name(String ip, String name) {
        meta.add("name " + ip + " " + name);
    }

    @Override
    public void dropped(int interfaceIndex, long dropped) {
        meta.add("dropped " + interfaceIndex + " " + dropped);
    }

    /** Gives its bytes in pieces of random size, as pipes and decompressors do. */
    static ByteSource dribbling(byte[] bytes, long seed, int most) {
        Random random = new Random(seed);
        ByteSource whole = ByteSource.of(bytes);
        return new ByteSource() {
            @Override
            public int read(MemorySegment into, long from, int length) {
                return whole.read(into, from, Math.min(length, 1 + random.nextInt(most)));
            }

            @Override
            public long length() {
                return -1;
            }

            @Override
            public Optional<Damage> damage() {
                return whole.damage();
            }

            @Override
            public void close() {
                whole.close();
            }
        };
    }
}
