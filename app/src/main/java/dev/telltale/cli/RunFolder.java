package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.model.Persona;
import dev.telltale.proof.Salt;
import dev.telltale.proof.Seal;
import dev.telltale.proof.Signing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A run folder that others can check: its audit is committed to the persona, its files sealed. */
final class RunFolder {
    private final Path folder;
    private final Core.AuditRequest request;
    private final Persona persona;

    RunFolder(Path folder, Core.AuditRequest request, Core core) throws UnreadableInput {
        this.folder = folder;
        this.request = request;
        this.persona = core.persona(request.persona()).persona();
    }

    /** As it is to be written down. */
    Audit committed(Audit audit) {
        try {
            return Seal.committed(audit, persona, Salt.in(folder));
        } catch (IOException e) {
            throw new Refused("cannot write " + folder + ": " + FileErrors.why(e));
        }
    }

    /**
     * @param made files that this audit wrote
     */
    void seal(Audit audit, Set<String> made, Optional<Signing.Key> key) {
        List<Path> inputs = new ArrayList<>(request.captures());
        inputs.addAll(request.keys());
        request.run().ifPresent(inputs::add);
        request.declared().ifPresent(inputs::add);
        try {
            Path policy = Path.of(request.policy());
            inputs.add(policy);
            Seal.seal(
                    folder,
                    audit,
                    request.persona(),
                    persona,
                    Salt.in(folder),
                    new HashSet<>(made),
                    inputs,
                    key,
                    by());
        } catch (IOException e) {
            throw new Refused("cannot seal " + folder + ": " + FileErrors.why(e));
        }
    }

    static Seal.By by() {
        return new Seal.By(System.getProperty("user.name", ""), Instant.now());
    }

    static Optional<Signing.Key> key(Optional<Path> file) {
        if (file.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Signing.read(file.get()));
        } catch (IOException e) {
            throw new Refused("cannot read " + file.get() + ": " + FileErrors.why(e));
        } catch (Signing.BadKey e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }
}
