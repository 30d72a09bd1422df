package dev.telltale.proof;

import dev.telltale.audit.Policies;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes of a sealed run folder the evidence bundle, and its twin for publication. */
public final class Bundler {
    private final Path folder;
    private final Audit audit;
    private final List<String> files;

    private Bundler(Path folder, Audit audit, List<String> files) {
        this.folder = folder;
        this.audit = audit;
        this.files = files;
    }

    /**
     * @throws UnreadableInput where the folder is not as it was sealed; the message is one line
     */
    public static Bundler of(Path folder, Audit audit) throws IOException, UnreadableInput {
        Path manifest = folder.resolve(Manifest.FILE);
        if (!Files.isRegularFile(manifest))
            throw new UnreadableInput(
                    folder + " holds no " + Manifest.FILE + "; telltale audit ... -o makes one");
        Optional<Salt> salt = Salt.read(folder.resolve(Salt.FILE));
        List<Check> checks =
                new FolderChecks(folder, folder.resolve(Verification.AUDIT), salt, Optional.empty())
                        .all(Optional.of(audit), Optional.empty());
        for (Check c : checks)
            if (c.outcome() == Check.Outcome.DIFFERS)
                throw new UnreadableInput(
                        folder.resolve(c.subject()) + " " + c.text() + "; audit again");
        return new Bundler(
                folder,
                audit,
                Manifest.read(manifest).files().stream().map(Manifest.File::name).toList());
    }

    /** All that a check needs. */
    public void full(Path zip, Verification.Inputs inputs, boolean withCaptures, Seal.By by)
            throws IOException, UnreadableInput {
        InputChecks check = new InputChecks(audit);
        List<Path> captures = check.captures(inputs.captures());
        check.keys(inputs.keys());
        check.run(inputs.run(), inputs.captures());
        check.policy(inputs.policy(), inputs.declared());
        for (Check c : check.checks())
            if (c.outcome() != Check.Outcome.HOLDS)
                throw new UnreadableInput(c.subject() + ": " + c.text());
        Seal.log(folder, audit, "bundle", by);
        List<Bundle.Entry> all = own();
        for (String f : files) all.add(new Bundle.Entry(f, folder.resolve(f)));
        Path salt = folder.resolve(Salt.FILE);
        if (Files.isRegularFile(salt)) all.add(new Bundle.Entry(Salt.FILE, salt));
        all.add(new Bundle.Entry(Verification.INPUTS + "/persona.yaml", inputs.persona()));
        if (inputs.run().isPresent())
            all.add(new Bundle.Entry(Verification.INPUTS + "/run.yaml", inputs.run().get()));
        if (Policies.named(inputs.policy()).isEmpty())
            all.add(
                    new Bundle.Entry(
                            Verification.INPUTS + "/policy.yaml", Path.of(inputs.policy())));
        if (inputs.declared().isPresent())
            all.add(new Bundle.Entry(Verification.INPUTS + "/declared", inputs.declared().get()));
        numbered(all, "keys", inputs.keys());
        if (withCaptures) numbered(all, "captures", captures);
        Bundle.write(zip, all);
    }

    private static void numbered(List<Bundle.Entry> all, String kind, List<Path> paths) {
        int n = 0;
        for (Path p : paths) {
            n++;
            String name = String.valueOf(p.getFileName());
            if (!Bundle.isName(name)) name = "file";
            all.add(new Bundle.Entry(Verification.INPUTS + "/" + kind + "/" + n + "/" + name, p));
        }
    }

    /** What may be published: nothing that holds, or gives away, a value of the persona. */
    public void redacted(Path zip, Seal.By by) throws IOException, UnreadableInput {
        if (audit.inputs().options().reveal())
            throw new UnreadableInput(
                    folder + " was audited with --reveal; what is published must be masked");
        Seal.log(folder, audit, "publish", by);
        List<Bundle.Entry> all = own();
        for (Manifest.File f : Manifest.read(folder.resolve(Manifest.FILE)).files())
            if (!f.keyed()) all.add(new Bundle.Entry(f.name(), folder.resolve(f.name())));
        Bundle.write(zip, all);
    }

    private List<Bundle.Entry> own() {
        List<Bundle.Entry> all = new ArrayList<>();
        for (String f :
                List.of(
                        Manifest.FILE,
                        Signing.FILE,
                        Signing.SIGNER,
                        Timestamp.FILE,
                        Custody.FILE)) {
            Path p = folder.resolve(f);
            if (Files.isRegularFile(p)) all.add(new Bundle.Entry(f, p));
        }
        return all;
    }
}
