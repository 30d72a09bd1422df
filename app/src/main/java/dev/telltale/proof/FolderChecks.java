package dev.telltale.proof;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A run folder against its manifest, and the manifest against signature, time stamp and log. */
final class FolderChecks {
    private static final int LARGEST = 1_000;

    private final Path folder;
    private final Path json;
    private final Optional<Salt> salt;
    private final Optional<Path> signer;
    private final List<Check> checks = new ArrayList<>();

    FolderChecks(Path folder, Path json, Optional<Salt> salt, Optional<Path> signer) {
        this.folder = folder;
        this.json = json;
        this.salt = salt;
        this.signer = signer;
    }

    List<Check> all(Optional<Audit> audit, Optional<Path> authority)
            throws IOException, UnreadableInput {
        Path manifest = folder.resolve(Manifest.FILE);
        boolean own = String.valueOf(json.getFileName()).equals(Verification.AUDIT);
        if (!own || !Files.isRegularFile(manifest)) {
            if (signer.isPresent())
                checks.add(Check.differs(Signing.FILE, "there is nothing signed"));
            return checks;
        }
        byte[] bytes = Files.readAllBytes(manifest);
        Manifest.Named named = Manifest.read(manifest);
        if (!named.problem().isEmpty()) {
            checks.add(Check.differs(Manifest.FILE, named.problem()));
        } else {
            files(named);
            if (audit.isPresent()) manifest(audit.get(), named, bytes);
        }
        signature(bytes);
        timestamp(bytes, authority);
        custody(bytes);
        return checks;
    }

    private void files(Manifest.Named named) throws IOException {
        int same = 0;
        List<String> left = new ArrayList<>();
        for (Manifest.File f : named.files()) {
            Path p = folder.resolve(f.name());
            if (f.keyed() && (salt.isEmpty() || !Files.isRegularFile(p))) {
                // The published twin has neither.
                left.add(f.name());
            } else if (!Files.isRegularFile(p)) {
                checks.add(Check.differs(f.name(), "is not there, though the manifest names it"));
            } else if (Manifest.file(p, f.name(), f.keyed() ? salt : Optional.empty()).equals(f)) {
                same++;
            } else {
                checks.add(Check.differs(f.name(), "its bytes are not those the manifest names"));
            }
        }
        checks.add(Check.holds(Manifest.FILE, same + " files have the bytes it names"));
        if (!left.isEmpty())
            checks.add(
                    Check.holds(
                            Manifest.FILE,
                            "names "
                                    + left.size()
                                    + " files that are not here or need the salt: "
                                    + String.join(", ", left)));
    }

    /** All in it but the names of files follows from the audit. */
    private void manifest(Audit audit, Manifest.Named named, byte[] bytes) {
        byte[] now = new Manifest(audit, named.files()).bytes();
        int differs = Arrays.mismatch(now, bytes);
        checks.add(
                differs < 0
                        ? Check.holds(Manifest.FILE, "follows from the audit")
                        : Check.differs(
                                Manifest.FILE,
                                "does not follow from the audit, from byte " + differs + " on"));
    }

    private void signature(byte[] manifest) throws IOException, UnreadableInput {
        Path sig = folder.resolve(Signing.FILE);
        Path own = folder.resolve(Signing.SIGNER);
        boolean isThere = Files.isRegularFile(sig);
        if (!isThere && !Files.exists(own) && signer.isEmpty()) return;
        if (!isThere) {
            checks.add(Check.differs(Signing.FILE, "is not there"));
            return;
        }
        Optional<byte[]> given = Optional.empty();
        if (signer.isPresent()) given = Optional.of(given(signer.get()));
        byte[] key;
        try {
            key = Files.isRegularFile(own) ? Signing.readPublic(own) : given.orElse(new byte[0]);
        } catch (Signing.BadKey e) {
            checks.add(Check.differs(Signing.SIGNER, "is no Ed25519 public key in PEM"));
            return;
        }
        if (given.isPresent() && !Arrays.equals(key, given.get())) {
            checks.add(Check.differs(Signing.SIGNER, "is another key than the one given"));
            return;
        }
        byte[] signature = Files.size(sig) > LARGEST ? new byte[0] : Files.readAllBytes(sig);
        checks.add(
                Signing.verify(key, manifest, signature)
                        ? Check.holds(
                                Signing.FILE,
                                "the manifest is signed by the key "
                                        + Signing.fingerprint(key)
                                        + (given.isPresent()
                                                ? ", the one given"
                                                : "; compare it with the signer's own (--signer)"))
                        : Check.differs(
                                Signing.FILE,
                                "is no signature of " + Manifest.FILE + " by " + Signing.SIGNER));
    }

    private static byte[] given(Path file) throws IOException, UnreadableInput {
        try {
            return Signing.readPublic(file);
        } catch (Signing.BadKey e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }

    private void timestamp(byte[] manifest, Optional<Path> authority) throws IOException {
        Path tsr = folder.resolve(Timestamp.FILE);
        if (!Files.isRegularFile(tsr)) {
            if (authority.isPresent()) checks.add(Check.differs(Timestamp.FILE, "is not there"));
            return;
        }
        Timestamp.Checked t = Timestamp.check(tsr, manifest, authority);
        checks.add(
                t.problem().isEmpty()
                        ? Check.holds(
                                Timestamp.FILE,
                                "the manifest was there at "
                                        + t.time()
                                        + ", says "
                                        + t.authority()
                                        + (t.vouched()
                                                ? ""
                                                : "; compare its certificate (--authority)"))
                        : Check.differs(Timestamp.FILE, t.problem()));
    }

    private void custody(byte[] manifest) throws IOException {
        Path log = folder.resolve(Custody.FILE);
        if (!Files.isRegularFile(log)) {
            checks.add(Check.differs(Custody.FILE, "is not there"));
            return;
        }
        Custody.Read read = Custody.read(log);
        Path tsr = folder.resolve(Timestamp.FILE);
        if (!read.problem().isEmpty()) checks.add(Check.differs(Custody.FILE, read.problem()));
        else if (!read.files().contains(Hashing.sha256(manifest)))
            checks.add(Check.differs(Custody.FILE, "does not tell of this " + Manifest.FILE));
        else if (Files.isRegularFile(tsr) && !read.files().contains(Hashing.sha256(tsr)))
            checks.add(
                    Check.differs(
                            Timestamp.FILE, "is not the one that " + Custody.FILE + " tells of"));
        else
            checks.add(
                    Check.holds(
                            Custody.FILE,
                            read.lines() == 1
                                    ? "one line, as it was written"
                                    : read.lines() + " lines, one after the other"));
    }
}
