package dev.telltale.audit;

import dev.telltale.identify.PersonaFile;
import dev.telltale.model.Persona;
import java.nio.file.Path;
import java.util.List;

/** Persona files. */
public final class Personas {
    private Personas() {}

    /** @param warnings one line each: values that fail their check, searched for all the same */
    public record Checked(Persona persona, List<String> warnings) {}
}
