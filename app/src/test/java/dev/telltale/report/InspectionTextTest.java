package dev.telltale.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Inspector;
import dev.telltale.model.Inspection;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a person reads of captures that others made, but for the sources, which have their dates.
 */
class InspectionTextTest {
    private static final Path CAPTURES = Path.of("shared/corpus/decryption/captures");

    private static Path corpus() {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve(CAPTURES)))
            above = above.getParent();
        assumeThat(above).as("shared/corpus lies in no folder above this one").isNotNull();
        return above.resolve(CAPTURES);
    }

    /** {@code -Dapprove=true} writes what the code says now; the diff is for a person to judge. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tls12-dsb.pcapng",
                "quic-with-secrets.pcapng",
                "websocket-compressed.pcapng.gz"
            })
    void reads(String capture) throws Exception {
        Inspection inspection =
                Inspector.inspect(
                        corpus().resolve(capture),
                        Auditor.Options.DEFAULT,
                        Workers.CALLER,
                        Progress.NONE);
        StringBuilder all = new StringBuilder();
        InspectionText.write(inspection, all, Look.PLAIN);
        String text = all.substring(0, all.indexOf("\n\nSOURCES"));
        String approved = "inspect-" + capture.substring(0, capture.indexOf('.')) + ".txt";
        if (Boolean.getBoolean("approve"))
            Files.writeString(Path.of("src/test/resources/dev/telltale/report", approved), text);
        try (InputStream in = InspectionTextTest.class.getResourceAsStream(approved)) {
            assertThat(in).as("approved text %s", approved).isNotNull();
            assertThat(text).isEqualTo(new String(in.readAllBytes(), UTF_8));
        }
    }
}
