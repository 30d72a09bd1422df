package dev.telltale.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The user's own reference data: a folder a pack, with what it is and the pack itself. What is in
 * it was put there by the user; audits use all of it.
 */
public final class DataFolder {
    private static final String ABOUT = "about.properties";
    private static final String CONTENT = "pack";

    private final Path root;

    /**
     * @param origin where it came from, {@code originSha256} of the files as they were there
     * @param fetched ISO date
     */
    public record Stored(
            String name,
            String title,
            String date,
            String fetched,
            String licence,
            String sha256,
            String origin,
            String originSha256,
            int days,
            PackKind kind) {}

    public DataFolder(Path root) {
        this.root = root;
    }

    /** {@code XDG_DATA_HOME} or {@code ~/.local/share} (XDG Base Directory Specification). */
    public static DataFolder of(Map<String, String> environment) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        // The specification has relative paths ignored.
        Path home =
                data.startsWith("/")
                        ? Path.of(data)
                        : Path.of(environment.getOrDefault("HOME", "."), ".local", "share");
        return new DataFolder(home.resolve("telltale").resolve("data"));
    }

    public Path path() {
        return root;
    }

    /** All packs, by name. */
    public List<Stored> list() throws IOException {
        if (!Files.isDirectory(root)) return List.of();
        List<Stored> out = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path f : folders.sorted().toList())
                if (Files.isRegularFile(f.resolve(ABOUT))) out.add(read(f));
        }
        return out;
    }

    private static Stored read(Path folder) throws IOException {
        Properties p = new Properties();
        try (InputStream in = Files.newInputStream(folder.resolve(ABOUT))) {
            p.load(in);
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + " is damaged: " + e.getMessage(), e);
        }
        try {
            return new Stored(
                    folder.getFileName().toString(),
                    p.getProperty("title", ""),
                    p.getProperty("date", ""),
                    p.getProperty("fetched", ""),
                    p.getProperty("licence", ""),
                    p.getProperty("sha256", ""),
                    p.getProperty("origin", ""),
                    p.getProperty("origin.sha256", ""),
                    Integer.parseInt(p.getProperty("days", "90")),
                    PackKind.valueOf(p.getProperty("kind", "")));
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + " is damaged: " + e.getMessage(), e);
        }
    }

    /**
     * @throws IOException where it is not what was stored
     */
    public byte[] content(Stored pack) throws IOException {
        Path folder = root.resolve(pack.name());
        byte[] content = Files.readAllBytes(folder.resolve(CONTENT));
        if (!sha256(content).equals(pack.sha256()))
            throw new IOException(
                    folder + " is not what was stored there; delete it or fetch it again");
        return content;
    }

    /** Whole or not at all; replaces what had the name. */
    void store(Stored pack, byte[] content) throws IOException {
        Files.createDirectories(root);
        Path part = Files.createTempDirectory(root, ".new-");
        try {
            Files.write(part.resolve(CONTENT), content);
            Properties p = new Properties();
            p.setProperty("title", pack.title());
            p.setProperty("date", pack.date());
            p.setProperty("fetched", pack.fetched());
            p.setProperty("licence", pack.licence());
            p.setProperty("sha256", sha256(content));
            p.setProperty("origin", pack.origin());
            p.setProperty("origin.sha256", pack.originSha256());
            p.setProperty("days", Integer.toString(pack.days()));
            p.setProperty("kind", pack.kind().name());
            try (Writer out = Files.newBufferedWriter(part.resolve(ABOUT))) {
                p.store(out, null);
            }
            Path to = root.resolve(pack.name());
            delete(to);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(part);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return;
        Files.deleteIfExists(folder.resolve(CONTENT));
        Files.deleteIfExists(folder.resolve(ABOUT));
        Files.delete(folder);
    }

    static String sha256(byte[]... parts) {
        try {
            MessageDigest d = MessageDigest.getInstance("SHA-256");
            for (byte[] p : parts) d.update(p);
            return HexFormat.of().formatHex(d.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
