package dev.telltale.proof;

import dev.telltale.audit.Policies;
import dev.telltale.audit.Runs;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether what is given now is what the audit was made of, by hash. */
final class InputChecks {
    private final Audit audit;
    private final List<Check> checks = new ArrayList<>();
    private boolean all = true;

    InputChecks(Audit audit) {
        this.audit = audit;
    }

    List<Check> checks() {
        return checks;
    }

    boolean allCaptures() {
        return all;
    }

    private static String name(Path p) {
        return String.valueOf(p.getFileName());
    }

    /** Those of the audit, in its order. */
    List<Path> captures(List<Path> given) throws IOException, UnreadableInput {
        Map<String, List<Path>> bySha = new HashMap<>();
        for (Path p : given)
            bySha.computeIfAbsent(sha256(p, "a capture"), k -> new ArrayList<>()).add(p);
        List<Path> ordered = new ArrayList<>();
        List<String> lacking = new ArrayList<>();
        for (Audit.CaptureInfo c : audit.inputs().captures()) {
            List<Path> same = bySha.getOrDefault(c.sha256(), List.of());
            Optional<Path> named = same.stream().filter(p -> name(p).equals(c.name())).findFirst();
            Optional<Path> found = named.or(() -> same.stream().findFirst());
            if (found.isEmpty()) {
                lacking.add(c.name());
                continue;
            }
            if (same.size() > 1) same.remove(found.get());
            ordered.add(found.get());
        }
        List<String> known =
                audit.inputs().captures().stream().map(Audit.CaptureInfo::sha256).toList();
        for (Map.Entry<String, List<Path>> e : bySha.entrySet())
            if (!known.contains(e.getKey()))
                for (Path p : e.getValue())
                    checks.add(
                            Check.differs(
                                    name(p),
                                    "its bytes are not those of any capture that was audited"));
        all = lacking.isEmpty();
        for (String l : lacking)
            checks.add(
                    given.isEmpty()
                            ? Check.unchecked(l, "the capture was not given")
                            : Check.differs(l, "the capture with the bytes audited is not there"));
        if (all && !ordered.isEmpty())
            checks.add(
                    Check.holds(
                            ordered.size() == 1 ? name(ordered.getFirst()) : "captures",
                            "the bytes that were audited"));
        return ordered;
    }

    private static String sha256(Path p, String what) throws UnreadableInput {
        try {
            return Hashing.sha256(p);
        } catch (IOException e) {
            throw new UnreadableInput(p + " cannot be read. Give " + what + ".");
        }
    }

    /** True where they are all there. */
    boolean keys(List<Path> given) throws UnreadableInput {
        List<String> wanted = new ArrayList<>(audit.inputs().keySha256());
        int before = wanted.size();
        for (Path p : given)
            if (!wanted.remove(sha256(p, "a key log")))
                checks.add(
                        Check.differs(
                                name(p), "its bytes are not those of any key log that was used"));
        if (!wanted.isEmpty())
            checks.add(
                    given.isEmpty()
                            ? Check.unchecked("keys", "were not given (--keys)")
                            : Check.differs(
                                    "keys", wanted.size() + " of " + before + " are not there"));
        else if (before > 0) checks.add(Check.holds("keys", "the bytes that were used"));
        return wanted.isEmpty();
    }

    /** The run, where it is the audit's. */
    Optional<Runs.Loaded> run(Optional<Path> file, List<Path> captures) throws UnreadableInput {
        String wanted = audit.inputs().runSha256();
        if (file.isPresent() && !sha256(file.get(), "a run file").equals(wanted)) {
            checks.add(
                    Check.differs(
                            name(file.get()),
                            wanted.isEmpty()
                                    ? "the audit was made without a run"
                                    : "its bytes are not those of the run that was used"));
            return Optional.empty();
        }
        // A changed capture may tell a run that cannot be read; it is named already.
        if (checks.stream().anyMatch(c -> c.outcome() == Check.Outcome.DIFFERS))
            return Optional.empty();
        Optional<Runs.Loaded> run =
                file.isPresent() ? Optional.of(Runs.read(file.get())) : Runs.recorded(captures);
        String seen = run.map(Runs.Loaded::sha256).orElse("");
        if (seen.equals(wanted)) {
            if (!wanted.isEmpty())
                checks.add(Check.holds(file.map(InputChecks::name).orElse("run"), "the run used"));
            return run;
        }
        if (captures.isEmpty() && file.isEmpty())
            checks.add(Check.unchecked("run", "was not given (--run)"));
        else
            checks.add(
                    Check.differs(
                            "run",
                            file.isEmpty() && seen.isEmpty()
                                    ? "the audit was made with a run file; give it (--run)"
                                    : "is not the one that was used"));
        return Optional.empty();
    }

    /** True where it is the audit's. */
    boolean policy(String nameOrFile, Optional<Path> declared) throws UnreadableInput {
        Policies.Loaded policy = Verification.policy(nameOrFile, declared);
        boolean same =
                policy.sha256().equals(audit.inputs().policySha256())
                        && policy.policy().name().equals(audit.inputs().policyName());
        if (same) {
            checks.add(Check.holds("policy", audit.inputs().policyName() + ", as it was asked"));
        } else {
            checks.add(
                    Check.differs(
                            "policy",
                            nameOrFile
                                    + " is not the policy "
                                    + audit.inputs().policyName()
                                    + " as it was asked"
                                    + (declared.isEmpty() ? " (was --declared given?)" : "")));
        }
        return same;
    }
}
