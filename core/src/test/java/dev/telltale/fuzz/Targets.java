package dev.telltale.fuzz;

import dev.telltale.analyze.AnalyzeFuzz;
import dev.telltale.capture.CaptureFuzz;
import dev.telltale.decode.UnwrapFuzz;
import dev.telltale.dissect.DissectFuzz;
import java.util.List;
import java.util.function.Consumer;

/**
 * The fuzz targets, in the order of the path of the data. To add one: its class, its row here, its
 * seeds in {@link Seeds}, a folder of inputs once found in {@code resources/fuzz}.
 */
public record Targets(String name, Consumer<byte[]> run) {
    public static final List<Targets> ALL =
            List.of(
                    new Targets("capture", CaptureFuzz::run),
                    new Targets("dissect", DissectFuzz::run),
                    new Targets("analyze", AnalyzeFuzz::run),
                    new Targets("unwrap", UnwrapFuzz::run));

    public static Targets of(String name) {
        return ALL.stream()
                .filter(t -> t.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fuzz target " + name));
    }

    private static Targets chosen = ALL.getFirst();

    /** Called by Jazzer, with the name of the target. */
    public static void fuzzerInitialize(String[] args) {
        chosen = of(args[0]);
    }

    /** Called by Jazzer, for each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzed.once(chosen.run, input);
    }
}
