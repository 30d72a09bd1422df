package dev.telltale.audit;

import dev.telltale.identify.InvalidPersona;
import dev.telltale.identify.PersonaFile;
import dev.telltale.model.Persona;
import java.nio.file.Path;
import java.util.List;

/** Persona files (YAML). */
public final class Personas {
    private Personas() {}

    /**
     * @param warnings one line each, with the file's line: values that fail their check and are
     *     searched for all the same; never shows a value
     */
    public record Checked(Persona persona, List<String> warnings) {}

    /**
     * @throws UnreadableInput where the file is no persona; the message names line and column
     */
    public static Checked read(Path file) throws UnreadableInput {
        byte[] yaml =
                Inputs.bytes(
                        file, "a persona file (YAML); `telltale persona check --help` shows one");
        try {
            PersonaFile.Loaded loaded = PersonaFile.read(file.toString(), yaml);
            List<String> warnings =
                    loaded.warnings().stream()
                            .map(w -> file + ":" + w.line() + ": " + w.text())
                            .toList();
            return new Checked(loaded.persona(), warnings);
        } catch (InvalidPersona e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }
}
