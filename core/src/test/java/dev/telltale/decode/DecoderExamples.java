package dev.telltale.decode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every decoder with the shortest of its fixtures. */
public final class DecoderExamples {
    private DecoderExamples() {}

    /** By name, in the order in which they are tried. */
    public static Map<String, byte[]> all() throws IOException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        for (Decoders.Decoder d : Decoders.LIST) {
            List<Fixture> fixtures;
            try (var files = Files.list(Path.of("src/test/resources/decode", d.name()))) {
                fixtures = files.sorted().map(Fixture::read).toList();
            }
            all.put(
                    d.name(),
                    fixtures.stream()
                            .map(Fixture::input)
                            .min(Comparator.comparingInt(b -> b.length))
                            .orElseThrow());
        }
        return all;
    }
}
