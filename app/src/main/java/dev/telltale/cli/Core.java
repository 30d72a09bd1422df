package dev.telltale.cli;

import dev.telltale.audit.Keys;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Replay;
import dev.telltale.audit.Runs;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.model.Inspection;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What the commands ask of core; tests put a stand-in here. */
interface Core {

    /**
     * @param policy name of a policy that comes with the product, or a file
     * @param evidence items kept per finding
     * @param declared what the maker says is collected
     */
    record AuditRequest(
            List<Path> captures,
            Path persona,
            Optional<Path> run,
            List<Path> keys,
            String policy,
            Optional<String> device,
            boolean reveal,
            int evidence,
            Optional<Path> declared) {

        /** Without a maker's declaration. */
        AuditRequest(
                List<Path> captures,
                Path persona,
                Optional<Path> run,
                List<Path> keys,
                String policy,
                Optional<String> device,
                boolean reveal,
                int evidence) {
            this(captures, persona, run, keys, policy, device, reveal, evidence, Optional.empty());
        }
    }

    /**
     * @param warnings one line each
     * @param about what numbers tell by themselves, by identifier id: operator, maker, model
     */
    record Checked(Persona persona, List<String> warnings, SortedMap<String, String> about) {
        Checked(Persona persona, List<String> warnings) {
            this(persona, warnings, new TreeMap<>());
        }
    }

    /**
     * @param warnings takes one line each, before the work begins
     */
    Audit audit(AuditRequest request, Workers workers, Progress progress, Consumer<String> warnings)
            throws UnreadableInput;

    /** The verdict on what was observed so far, by the persona, policy and device asked for. */
    Audit conclude(Observations seen, AuditRequest request) throws UnreadableInput;

    Inspection inspect(Path capture, List<Path> keys, Workers workers, Progress progress)
            throws UnreadableInput;

    /** The bytes behind an audit that was made of the request. */
    default Replay replay(AuditRequest request, Audit audit) throws UnreadableInput {
        Optional<Runs.Loaded> run =
                request.run().isPresent()
                        ? Optional.of(Runs.read(request.run().get()))
                        : Runs.recorded(request.captures());
        return new Replay(
                audit,
                request.captures(),
                Keys.read(request.keys()),
                Personas.read(request.persona()).persona(),
                run.map(Runs.Loaded::run));
    }

    /**
     * @param lines takes one request each, with its line feed, target byte for byte as sent
     */
    void requests(Path capture, List<Path> keys, Consumer<byte[]> lines) throws UnreadableInput;

    Checked persona(Path file) throws UnreadableInput;
}
