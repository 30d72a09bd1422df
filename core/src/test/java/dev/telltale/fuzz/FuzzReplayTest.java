package dev.telltale.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing starts from and what it once found, without a fuzzer. */
class FuzzReplayTest {
    static List<Targets> targets() {
        return Targets.ALL;
    }

    @ParameterizedTest
    @MethodSource("targets")
    void inputsOfTheProject(Targets target) throws IOException {
        Path folder = Path.of("src/test/resources/fuzz", target.name());
        List<Path> inputs;
        try (Stream<Path> all = Files.list(folder)) {
            inputs = all.sorted().toList();
        }
        assertThat(inputs).as("inputs in " + folder).isNotEmpty();
        for (Path input : inputs) replay(target, input.toString(), Files.readAllBytes(input));
    }

    /** A part of them; {@link #allSeeds} runs for longer than an ordinary build should. */
    @ParameterizedTest
    @MethodSource("targets")
    void someSeeds(Targets target) {
        int n = 0;
        for (var seed : Seeds.of(target).entrySet())
            if (n++ % 6 == 0) replay(target, seed.getKey(), seed.getValue());
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("targets")
    void allSeeds(Targets target) {
        Seeds.of(target).forEach((name, seed) -> replay(target, name, seed));
    }

    private static void replay(Targets target, String name, byte[] input) {
        try {
            Fuzzed.once(target.run(), input);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + ": " + e, e);
        }
    }
}
