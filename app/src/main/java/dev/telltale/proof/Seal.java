package dev.telltale.proof;

import dev.telltale.model.Audit;
import dev.telltale.model.Persona;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes of a run folder something that others can check. */
public final class Seal {
    /** Files of the proof itself, which no manifest names. */
    static final Set<String> OWN =
            Set.of(
                    Manifest.FILE,
                    Signing.FILE,
                    Signing.SIGNER,
                    Timestamp.FILE,
                    Custody.FILE,
                    Salt.FILE);

    /** Files of a run folder that the user put there and that are not part of what was made. */
    private static final int MOST_FILES = 500;

    /** What seals a run folder. */
    public static final String MANIFEST = Manifest.FILE;

    private Seal() {}

    /** Who seals, and when. */
    public record By(String who, Instant when) {}

    /** The same audit, committed to its persona. */
    public static Audit committed(Audit audit, Persona persona, Salt salt) {
        Audit.PersonaSummary p = audit.persona();
        return audit.with(
                new Audit.PersonaSummary(p.name(), Commitment.of(persona, salt), p.identifiers()));
    }

    /**
     * Writes manifest, signature and custody log. A file whose name holds a value of the persona is
     * not named: the manifest is published.
     *
     * @param audit as it lies in the folder
     * @param made files of the folder that this audit wrote; any other may hold values of the
     *     persona
     * @param inputs files that the audit was made of: the manifest names them, wherever they lie
     */
    public static void seal(
            Path folder,
            Audit audit,
            Path personaFile,
            Persona persona,
            Salt salt,
            Set<String> made,
            List<Path> inputs,
            Optional<Signing.Key> key,
            By by)
            throws IOException {
        Set<Path> known = new HashSet<>();
        for (Path p : inputs) if (Files.exists(p)) known.add(p.toRealPath());
        if (Files.exists(personaFile)) known.add(personaFile.toRealPath());
        List<Manifest.File> files = new ArrayList<>();
        for (Path p : files(folder)) {
            String name = p.getFileName().toString();
            if (OWN.contains(name)
                    || known.contains(p.toRealPath())
                    || !Bundle.isName(name)
                    || tells(name, persona)) continue;
            boolean keyed = !made.contains(name) || audit.inputs().options().reveal();
            files.add(Manifest.file(p, name, keyed ? Optional.of(salt) : Optional.empty()));
        }
        Manifest manifest = new Manifest(audit, files);
        byte[] bytes = manifest.bytes();
        write(folder.resolve(Manifest.FILE), bytes);
        if (key.isPresent()) {
            write(folder.resolve(Signing.FILE), Signing.sign(key.get(), bytes));
            write(folder.resolve(Signing.SIGNER), Signing.publicPem(key.get()));
        } else {
            // They were of another manifest.
            Files.deleteIfExists(folder.resolve(Signing.FILE));
            Files.deleteIfExists(folder.resolve(Signing.SIGNER));
        }
        Files.deleteIfExists(folder.resolve(Timestamp.FILE));
        log(folder, audit, "audit", by);
    }

    private static boolean tells(String name, Persona persona) {
        String n = name.toLowerCase(Locale.ROOT);
        for (Persona.Entry e : persona.entries()) {
            String v = e.value().strip().toLowerCase(Locale.ROOT);
            if (v.length() >= 4
                    && (n.contains(v)
                            || n.contains(v.replaceAll("[^0-9a-z]", ""))
                                    && v.replaceAll("[^0-9a-z]", "").length() >= 4)) return true;
        }
        return false;
    }

    /** Puts a signature under a manifest that is there. */
    public static void sign(Path folder, Audit audit, Signing.Key key, By by) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(Manifest.FILE));
        write(folder.resolve(Signing.FILE), Signing.sign(key, bytes));
        write(folder.resolve(Signing.SIGNER), Signing.publicPem(key));
        log(folder, audit, "sign", by);
    }

    static void log(Path folder, Audit audit, String action, By by) throws IOException {
        log(folder, audit, action, by, "");
    }

    /**
     * @param with SHA-256 of the file that was added
     */
    static void log(Path folder, Audit audit, String action, By by, String with)
            throws IOException {
        Custody.append(
                folder,
                by.when(),
                by.who(),
                "telltale " + audit.toolVersion(),
                action,
                Hashing.sha256(folder.resolve(Manifest.FILE)),
                with);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(p -> !p.getFileName().toString().startsWith("."))
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        }
    }

    static void write(Path file, byte[] bytes) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.write(part, bytes);
            try {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
