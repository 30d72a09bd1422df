package dev.telltale.cli;

import dev.telltale.audit.Comparer;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.report.AuditJson;
import dev.telltale.report.AuditJsonReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a run is given as: a run folder, an audit JSON, or a capture that is audited now. */
final class RunInputs {
    /** An audit names its schema first; other writers may put it a little later. */
    private static final int HEAD = 1 << 16;

    private final Core core;
    private final Console console;
    private final Optional<Path> persona;
    private final List<Path> runFiles;
    private final List<Path> keys;
    private final String policy;
    private final Optional<String> device;
    private int captures;

    RunInputs(
            Core core,
            Console console,
            Optional<Path> persona,
            List<Path> runFiles,
            List<Path> keys,
            String policy,
            Optional<String> device) {
        this.core = core;
        this.console = console;
        this.persona = persona;
        this.runFiles = runFiles;
        this.keys = keys;
        this.policy = policy;
        this.device = device;
    }

    Comparer.Input read(Path given) throws UnreadableInput {
        try {
            if (!Files.exists(given)) throw new UnreadableInput(given + " does not exist");
            if (Files.isDirectory(given)) {
                Path json = given.resolve(OutputFormat.JSON.file());
                if (!Files.isRegularFile(json))
                    throw new UnreadableInput(
                            given
                                    + " holds no "
                                    + OutputFormat.JSON.file()
                                    + "; telltale audit ... -o "
                                    + given
                                    + " makes one");
                return audit(json);
            }
            return isAudit(given) ? audit(given) : capture(given);
        } catch (IOException e) {
            throw new UnreadableInput(given + " cannot be read: " + FileErrors.why(e));
        }
    }

    /** Every run file must have found its capture. */
    void done() {
        if (captures < runFiles.size())
            throw new Refused(
                    runFiles.size()
                            + " run files for "
                            + captures
                            + " captures; an audit has its run already");
    }

    private static boolean isAudit(Path file) throws IOException {
        if (!Files.isRegularFile(file)) return false;
        try (InputStream in = Files.newInputStream(file)) {
            String head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
            return head.stripLeading().startsWith("{") && head.contains("\"telltale.audit/");
        }
    }

    private static Comparer.Input audit(Path json) throws IOException, UnreadableInput {
        MessageDigest sha256 = sha256();
        try (InputStream in =
                new DigestInputStream(
                        new BufferedInputStream(Files.newInputStream(json), 1 << 16), sha256)) {
            Audit audit = AuditJsonReader.read(in);
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return new Comparer.Input(name(json), HexFormat.of().formatHex(sha256.digest()), audit);
        } catch (AuditJsonReader.Malformed e) {
            throw new UnreadableInput(json + " is no audit: " + e.getMessage());
        }
    }

    private Comparer.Input capture(Path file) throws UnreadableInput {
        if (persona.isEmpty())
            throw new Refused(
                    file + " is no audit JSON; to compare captures, give -p PERSONA.yaml");
        Optional<Path> run = Optional.empty();
        if (captures < runFiles.size()) run = Optional.of(runFiles.get(captures));
        captures++;
        Core.AuditRequest request =
                new Core.AuditRequest(
                        List.of(file), persona.get(), run, keys, policy, device, false, 10_000);
        Audit audit;
        try (ProgressLine progress = new ProgressLine(console)) {
            audit = core.audit(request, Threads.of(Threads.usual()), progress, console::say);
        }
        String hash = HexFormat.of().formatHex(sha256().digest(AuditJson.bytes(audit)));
        return new Comparer.Input(name(file), hash, audit);
    }

    /** The folder of an {@code audit.json}, else the file without its ending. */
    private static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        Path folder = file.toAbsolutePath().getParent();
        if (name.equals(OutputFormat.JSON.file()) && folder != null && folder.getFileName() != null)
            return folder.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
