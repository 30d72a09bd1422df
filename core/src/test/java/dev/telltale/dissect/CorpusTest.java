package dev.telltale.dissect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.model.Packet;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Captures of others, many malformed on purpose: nothing breaks the contract of the events or the
 * sums.
 */
class CorpusTest {
    @Test
    void everyPcap() throws IOException {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve("shared/corpus")))
            above = above.getParent();
        assumeThat(above).as("shared/corpus lies in no folder above this one").isNotNull();
        Path corpus = above.resolve("shared/corpus");
        List<Path> files;
        try (Stream<Path> all = Files.walk(corpus)) {
            files =
                    all.filter(Files::isRegularFile)
                            .filter(f -> Files.isReadable(f))
                            .sorted()
                            .toList();
        }
        int captures = 0;
        for (Path file : files) {
            if (Files.size(file) < 24 || Files.size(file) > 20_000_000) continue;
            MemorySegment m = MemorySegment.ofArray(Files.readAllBytes(file));
            int magic = m.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
            ByteOrder order;
            if (magic == 0xa1b2c3d4 || magic == 0xa1b23c4d) order = ByteOrder.LITTLE_ENDIAN;
            else if (magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1) order = ByteOrder.BIG_ENDIAN;
            else continue;
            captures++;
            ValueLayout.OfInt i32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
            Recorder recorder = new Recorder();
            Dissector d = new Dissector(recorder, recorder.anomalies::add, DissectLimits.DEFAULT);
            Packet p = new Packet();
            p.memory = m;
            p.linkType = m.get(i32, 20) & 0xffff;
            long at = 24;
            while (at + 16 <= m.byteSize()) {
                p.captured = m.get(i32, at + 8);
                if (p.captured < 0 || p.captured > m.byteSize() - at - 16) break;
                p.original = m.get(i32, at + 12);
                p.timeNanos =
                        (m.get(i32, at) & 0xffffffffL) * 1_000_000_000L
                                + m.get(i32, at + 4) * 1000L;
                p.offset = at + 16;
                p.number++;
                d.packet(p);
                at += 16 + p.captured;
            }
            d.end();
            try {
                recorder.check(d.totals());
            } catch (AssertionError e) {
                throw new AssertionError(file.getFileName() + ": " + e.getMessage(), e);
            }
            assertThat(d.totals().packets()).isEqualTo(p.number);
        }
        assertThat(captures).isGreaterThan(500);
    }
}
