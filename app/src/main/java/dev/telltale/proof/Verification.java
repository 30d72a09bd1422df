package dev.telltale.proof;

import dev.telltale.audit.Keys;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.audit.Replay;
import dev.telltale.audit.Runs;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.model.Persona;
import dev.telltale.model.Run;
import dev.telltale.report.AuditJsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks an audit in four ways that do not rest on one another: its files by the manifest, its
 * numbers by each other, its evidence by walking every path again with other codecs, and all of it
 * by auditing again.
 */
public final class Verification {
    static final String AUDIT = "audit.json";
    static final String INPUTS = "inputs";

    private final Request request;
    private final Again again;
    private final List<Check> checks = new ArrayList<>();

    /**
     * What is given; what is not is looked for beside the audit and in the bundle.
     *
     * @param target an audit JSON, a run folder or a bundle
     * @param salt where it does not lie beside the audit
     * @param signer the public key that must have signed
     * @param authority the certificate of the time stamp authority
     */
    public record Request(
            Path target,
            List<Path> captures,
            List<Path> keys,
            Optional<Path> run,
            Optional<String> policy,
            Optional<Path> declared,
            Optional<Path> persona,
            Optional<Path> salt,
            Optional<Path> signer,
            Optional<Path> authority) {}

    /** Audits, as {@code telltale audit} does. */
    @FunctionalInterface
    public interface Again {
        Audit audit(Inputs inputs, Optional<String> device, boolean reveal, int evidence)
                throws UnreadableInput;
    }

    /**
     * What an audit is made of.
     *
     * @param policy a name or a file
     */
    public record Inputs(
            List<Path> captures,
            Path persona,
            Optional<Path> run,
            List<Path> keys,
            String policy,
            Optional<Path> declared) {}

    private Verification(Request request, Again again) {
        this.request = request;
        this.again = again;
    }

    /** In the order in which a person would look; what differs is not sorted first. */
    public static List<Check> verify(Request request, Again again)
            throws IOException, UnreadableInput {
        Verification v = new Verification(request, again);
        v.target();
        return List.copyOf(v.checks);
    }

    private void add(Check c) {
        checks.add(c);
    }

    private boolean differs(int from) {
        return checks.subList(from, checks.size()).stream()
                .anyMatch(c -> c.outcome() == Check.Outcome.DIFFERS);
    }

    // --- what was given

    private void target() throws IOException, UnreadableInput {
        Path target = request.target();
        if (Files.isDirectory(target)) {
            if (!Files.isRegularFile(target.resolve(AUDIT)))
                throw new UnreadableInput(target + " holds no " + AUDIT);
            audit(target.resolve(AUDIT), target);
        } else if (!Files.isRegularFile(target)) {
            throw new UnreadableInput(target + " does not exist; give an audit.json or a bundle");
        } else if (Bundle.isBundle(target)) {
            bundle(target);
        } else {
            Path folder = target.toAbsolutePath().getParent();
            audit(target, folder == null ? Path.of(".") : folder);
        }
    }

    private void bundle(Path zip) throws IOException, UnreadableInput {
        Path folder = Files.createTempDirectory("telltale-bundle-");
        try {
            try {
                List<String> names = Bundle.unpack(zip, folder);
                add(Check.holds(name(zip), names.size() + " files, every byte accounted for"));
            } catch (Bundle.Malformed e) {
                add(Check.differs(name(zip), String.valueOf(e.getMessage())));
                return;
            }
            if (!Files.isRegularFile(folder.resolve(AUDIT)))
                throw new UnreadableInput(zip + " holds no " + AUDIT);
            audit(folder.resolve(AUDIT), folder);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path p : all) Files.deleteIfExists(p);
    }

    private static String name(Path p) {
        return String.valueOf(p.getFileName());
    }

    /** Files of the bundle's own, in the order of their numbers. */
    private static List<Path> within(Path folder, String kind) throws IOException {
        Path base = folder.resolve(INPUTS).resolve(kind);
        if (!Files.isDirectory(base)) return List.of();
        try (Stream<Path> tree = Files.walk(base)) {
            return tree.filter(Files::isRegularFile)
                    .sorted(Comparator.comparingInt(Verification::number))
                    .toList();
        }
    }

    private static int number(Path p) {
        Path parent = p.getParent();
        String n = parent == null ? "" : String.valueOf(parent.getFileName());
        return n.matches("\\d{1,6}") ? Integer.parseInt(n) : 0;
    }

    private static Optional<Path> one(Path folder, String name) {
        Path p = folder.resolve(INPUTS).resolve(name);
        return Files.isRegularFile(p) ? Optional.of(p) : Optional.empty();
    }

    // --- the checks

    private void audit(Path json, Path folder) throws IOException, UnreadableInput {
        byte[] bytes = Files.readAllBytes(json);
        Optional<Salt> salt =
                request.salt().isPresent()
                        ? Salt.read(request.salt().get())
                        : Salt.read(folder.resolve(Salt.FILE));
        if (request.salt().isPresent() && salt.isEmpty())
            throw new UnreadableInput(request.salt().get() + " holds no salt (64 hex digits)");
        if (salt.isEmpty() && Files.exists(folder.resolve(Salt.FILE)))
            add(Check.differs(Salt.FILE, "holds no salt (64 hex digits)"));
        Optional<Audit> read = Optional.empty();
        try {
            read = Optional.of(AuditJsonReader.read(new ByteArrayInputStream(bytes)));
        } catch (AuditJsonReader.Malformed e) {
            add(Check.differs(name(json), "is no audit: " + e.getMessage()));
        }
        FolderChecks proof = new FolderChecks(folder, json, salt, request.signer());
        checks.addAll(proof.all(read, request.authority()));
        if (read.isEmpty()) {
            if (!Files.exists(folder.resolve(Manifest.FILE)))
                throw new UnreadableInput(json + " " + checks.getLast().text());
            return;
        }
        Audit audit = read.get();
        checks.addAll(Consistency.of(audit));
        inputs(audit, bytes, folder, salt, json);
    }

    private void inputs(Audit audit, byte[] bytes, Path folder, Optional<Salt> salt, Path json)
            throws IOException, UnreadableInput {
        List<Path> captures =
                request.captures().isEmpty() ? within(folder, "captures") : request.captures();
        List<Path> keys = request.keys().isEmpty() ? within(folder, "keys") : request.keys();
        Optional<Path> run = request.run().or(() -> one(folder, "run.yaml"));
        Optional<Path> declared = request.declared().or(() -> one(folder, "declared"));
        Optional<Path> persona = request.persona().or(() -> one(folder, "persona.yaml"));
        String policy =
                request.policy()
                        .or(() -> one(folder, "policy.yaml").map(Path::toString))
                        .orElse(audit.inputs().policyName());
        Optional<Persona> known = Optional.empty();
        if (persona.isPresent()) known = Optional.of(Personas.read(persona.get()).persona());
        int before = checks.size();
        if (known.isPresent()) persona(audit, known.get(), salt);
        InputChecks in = new InputChecks(audit);
        List<Path> ordered = in.captures(captures);
        boolean allKeys = in.keys(keys);
        Optional<Runs.Loaded> circumstances = in.run(run, captures);
        boolean samePolicy = in.policy(policy, declared);
        checks.addAll(in.checks());
        // Of other inputs another audit would follow.
        if (differs(before)) return;
        if (samePolicy)
            checks.addAll(Consistency.verdict(audit, policy(policy, declared).policy()));
        if (known.isEmpty() || ordered.isEmpty()) {
            add(
                    Check.unchecked(
                            "evidence",
                            known.isEmpty()
                                    ? "no persona was given (-p), so that no evidence was walked"
                                    : "no capture was given, so that no evidence was walked"));
            return;
        }
        if (!allKeys || !in.allCaptures()) return;
        evidence(audit, known.get(), circumstances, ordered, keys);
        if (!samePolicy) return;
        Inputs all = new Inputs(ordered, persona.orElseThrow(), run, keys, policy, declared);
        checks.addAll(
                new SecondReading(audit, bytes, name(json))
                        .compare(
                                again.audit(
                                        all,
                                        device(audit, known.get()),
                                        audit.inputs().options().reveal(),
                                        audit.inputs().options().evidence())));
    }

    private void persona(Audit audit, Persona persona, Optional<Salt> salt) {
        String commitment = audit.persona().commitment();
        if (commitment.isEmpty()) {
            // Told by nothing but the second reading.
            return;
        }
        if (salt.isEmpty()) {
            add(
                    Check.unchecked(
                            "persona",
                            "its commitment cannot be checked without the salt; it lies in "
                                    + Salt.FILE
                                    + " of the run folder or bundle (--salt)"));
            return;
        }
        add(
                Commitment.of(persona, salt.get()).equals(commitment)
                        ? Check.holds("persona", "is the one the audit was committed to")
                        : Check.differs(
                                "persona",
                                "is not the one the audit was committed to, or "
                                        + Salt.FILE
                                        + " or the commitment was changed"));
    }

    private static Optional<String> device(Audit audit, Persona persona) {
        String device = audit.inputs().options().device();
        if (device.isEmpty()) return Optional.empty();
        for (Persona.Entry e : persona.entries())
            if (device.equals("{" + e.identifier().id() + "}"))
                return Optional.of(e.value().strip());
        return Optional.of(device);
    }

    private void evidence(
            Audit audit,
            Persona persona,
            Optional<Runs.Loaded> run,
            List<Path> captures,
            List<Path> keys)
            throws UnreadableInput {
        Optional<Run> circumstances = run.map(Runs.Loaded::run);
        Replay replay = new Replay(audit, captures, Keys.read(keys), persona, circumstances);
        EvidenceWalk.Result walk = EvidenceWalk.walk(replay, persona, i -> true);
        for (String b : walk.broken()) add(Check.differs("evidence", b));
        if (walk.brokenMore() > 0)
            add(Check.differs("evidence", walk.brokenMore() + " more pieces do not hold"));
        long all = audit.findings().stream().mapToLong(f -> f.evidence().size()).sum();
        if (!walk.foreign().isEmpty())
            add(
                    Check.holds(
                            "evidence",
                            (all - walk.known())
                                    + " of "
                                    + all
                                    + " pieces rest on the second reading alone: nobody else's codec"
                                    + " was at hand for "
                                    + String.join(", ", walk.foreign())));
        if (walk.broken().isEmpty())
            add(
                    Check.holds(
                            "evidence",
                            walk.walked()
                                    + " of "
                                    + all
                                    + " pieces lead from the capture's bytes to the identifier, by"
                                    + " other codecs than the audit's"));
    }

    /** The policy by that name or in that file. */
    static Policies.Loaded policy(String nameOrFile, Optional<Path> declared)
            throws UnreadableInput {
        Policies.Loaded p = Policies.load(nameOrFile);
        return declared.isPresent() ? Policies.withDeclared(p, declared.get()) : p;
    }
}
