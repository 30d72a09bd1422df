package dev.telltale.cli;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Inspector;
import dev.telltale.audit.Keys;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.audit.Reference;
import dev.telltale.audit.Runs;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.data.DataFolder;
import dev.telltale.data.Updates;
import dev.telltale.model.Audit;
import dev.telltale.model.Inspection;
import dev.telltale.model.Observations;
import dev.telltale.model.Progress;
import dev.telltale.model.Run;
import dev.telltale.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Core itself. */
final class CoreCalls implements Core {
    private final DataFolder data;

    /**
     * @param data the user's own reference data
     */
    CoreCalls(DataFolder data) {
        this.data = data;
    }

    /** With what comes with the product alone. */
    CoreCalls() {
        this(new DataFolder(Path.of("none")));
    }

    private Reference reference() throws UnreadableInput {
        try {
            return Updates.reference(data);
        } catch (IOException e) {
            throw new UnreadableInput("cannot use your reference data: " + FileErrors.why(e));
        }
    }

    @Override
    public Audit audit(
            AuditRequest request, Workers workers, Progress progress, Consumer<String> warnings)
            throws UnreadableInput {
        Policies.Loaded policy = Policies.load(request.policy());
        if (request.declared().isPresent())
            policy = Policies.withDeclared(policy, request.declared().get());
        Personas.Checked persona = Personas.read(request.persona());
        persona.warnings().forEach(warnings);
        Optional<Runs.Loaded> run =
                request.run().isPresent()
                        ? Optional.of(Runs.read(request.run().get()))
                        : Runs.recorded(request.captures());
        Keys keys = Keys.read(request.keys());
        keys.warnings().forEach(warnings);
        Auditor.Options options =
                new Auditor.Options(request.device(), request.evidence(), request.reveal());
        Optional<Run> circumstances = run.map(Runs.Loaded::run);
        Observations seen =
                Auditor.observe(
                        request.captures(),
                        keys,
                        persona.persona(),
                        circumstances,
                        options,
                        workers,
                        progress);
        Auditor.InputHashes hashes =
                Auditor.hashes(request.keys(), run.map(Runs.Loaded::sha256), policy.sha256());
        return Auditor.conclude(seen, reference(), policy.policy(), options, hashes);
    }

    @Override
    public Audit conclude(Observations seen, AuditRequest request) throws UnreadableInput {
        Policies.Loaded policy = Policies.load(request.policy());
        Auditor.Options options =
                new Auditor.Options(request.device(), request.evidence(), request.reveal());
        return Auditor.conclude(
                seen, reference(), policy.policy(), options, Auditor.InputHashes.NONE);
    }

    @Override
    public Inspection inspect(Path capture, List<Path> keys, Workers workers, Progress progress)
            throws UnreadableInput {
        return Inspector.inspect(
                capture, Keys.read(keys), Auditor.Options.DEFAULT, reference(), workers, progress);
    }

    @Override
    public void requests(Path capture, List<Path> keys, Consumer<byte[]> lines)
            throws UnreadableInput {
        Inspector.requests(capture, Keys.read(keys), lines);
    }

    @Override
    public Checked persona(Path file) throws UnreadableInput {
        Personas.Checked checked = Personas.read(file);
        return new Checked(
                checked.persona(),
                checked.warnings(),
                Reference.bundled().about(checked.persona()));
    }
}
