package dev.telltale.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.identify.InvalidPersona;
import dev.telltale.identify.PersonaFile;
import dev.telltale.identify.PersonaMatcher;
import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The one scan for every form of a persona: bytes a microsecond (MB/s), and how long the forms take
 * to build.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScanBenchmark {
    private static final int BYTES = 4 << 20;

    /**
     * Contacts of the persona; each has a name, a number and an address, each of those its forms
     * and digests.
     */
    @Param({"0", "20", "600"})
    public int contacts;

    private byte[] persona = {};
    private byte[] text = {};
    private Matcher matcher =
            PersonaMatcher.of(
                    new dev.telltale.model.Persona(
                            "", "", java.util.List.of(), java.util.List.of()));
    private final Hits hits = new Hits();

    @Setup
    public void setUp() throws InvalidPersona {
        StringBuilder yaml =
                new StringBuilder(
                        "persona: bench\nregion: US\nidentifiers:\n  imei: \"490154203237518\"\n");
        yaml.append(
                "  imsi: \"001010123456789\"\n  msisdn: \"+12025550143\"\n  email: mara.lind@example.org\n");
        yaml.append(
                "  advertising_id: 6a1c1487-a0af-4223-b142-a0f4621d0311\n  android_id: 355d2c7e339c6855\n");
        if (contacts > 0) yaml.append("  contacts:\n");
        for (int i = 0; i < contacts; i++) {
            yaml.append(
                    String.format(
                            "    - {name: Person Number%d, phone: \"+1202555%04d\", email: p%d@example.net}%n",
                            i, i, i));
        }
        persona = yaml.toString().getBytes(UTF_8);
        matcher = PersonaMatcher.of(PersonaFile.read("bench.yaml", persona).persona());
        text = new byte[BYTES];
        Random random = new Random(1);
        String alphabet = "abcdefghijklmnopqrstuvwxyz0123456789\":,{}_ ";
        for (int i = 0; i < BYTES; i++)
            text[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    @OperationsPerInvocation(BYTES)
    public int scan() {
        hits.clear();
        matcher.scan(text, 0, BYTES, 0, BYTES, hits);
        return hits.size();
    }

    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public Matcher buildForms() throws InvalidPersona {
        return PersonaMatcher.of(PersonaFile.read("bench.yaml", persona).persona());
    }
}
