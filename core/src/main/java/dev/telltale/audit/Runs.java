package dev.telltale.audit;

import dev.telltale.judge.InvalidFile;
import dev.telltale.judge.RunFile;
import dev.telltale.model.Run;
import java.nio.file.Path;

/** Run files (YAML). */
public final class Runs {
    private Runs() {}

    /**
     * @param sha256 of the file, for the record
     */
    public record Loaded(Run run, String sha256) {}

    /**
     * @throws UnreadableInput where the file is no run; the message names line and column
     */
    public static Loaded read(Path file) throws UnreadableInput {
        byte[] yaml = Inputs.bytes(file, "a run file (YAML)");
        try {
            return new Loaded(RunFile.read(file.toString(), yaml), Hashes.hex(yaml));
        } catch (InvalidFile e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }
}
