package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.publish.Advisory.Invalid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was delivered and what could not be, as JSON lines beside the subscriptions; not in the
 * site, which everybody reads. One process at a time has it.
 */
final class Journal implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * @param delivery the same for the same event and subscription, for ever
     */
    record Letter(
            String delivery,
            String subscription,
            String event,
            String advisory,
            String contentType,
            String body,
            String time,
            int attempts,
            String why) {}

    private final Path deadFile;
    private final FileChannel sentFile;
    private final FileLock lock;
    private final Set<String> sent = new HashSet<>();
    private final List<Letter> dead = new ArrayList<>();

    Journal(Path subscriptions) throws Invalid, IOException {
        Path sentPath = beside(subscriptions, "sent");
        this.deadFile = beside(subscriptions, "dead");
        this.sentFile =
                FileChannel.open(
                        sentPath,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            FileLock held = sentFile.tryLock();
            if (held == null) throw new Invalid(sentPath + " is in use by another process");
            this.lock = held;
            String text = Files.readString(sentPath, UTF_8);
            // A line that a crash cut short ends here; what it would have said is sent again.
            int whole = text.lastIndexOf('\n') + 1;
            sentFile.truncate(text.substring(0, whole).getBytes(UTF_8).length);
            sentFile.position(sentFile.size());
            for (JsonNode n : lines(sentPath, text.substring(0, whole)))
                sent.add(n.path("delivery").asString(""));
            if (Files.exists(deadFile))
                for (JsonNode n : lines(deadFile, Files.readString(deadFile, UTF_8)))
                    dead.add(JSON.treeToValue(n, Letter.class));
        } catch (OverlappingFileLockException e) {
            sentFile.close();
            throw new Invalid(sentPath + " is in use");
        } catch (Invalid | IOException | RuntimeException e) {
            sentFile.close();
            throw e;
        }
    }

    static Path beside(Path subscriptions, String what) {
        String name = String.valueOf(subscriptions.getFileName());
        int dot = name.lastIndexOf('.');
        return subscriptions.resolveSibling(
                (dot <= 0 ? name : name.substring(0, dot)) + "." + what + ".jsonl");
    }

    private static List<JsonNode> lines(Path file, String text) throws Invalid {
        List<JsonNode> all = new ArrayList<>();
        for (String line : text.lines().toList()) {
            try {
                if (!line.isBlank()) all.add(JSON.readTree(line));
            } catch (JacksonException e) {
                throw new Invalid(file + ": line " + (all.size() + 1) + " is damaged");
            }
        }
        return all;
    }

    boolean isSent(String delivery) {
        return sent.contains(delivery);
    }

    boolean isDead(String delivery) {
        return dead.stream().anyMatch(l -> l.delivery().equals(delivery));
    }

    List<Letter> dead() {
        return List.copyOf(dead);
    }

    /** On disk before anything else is sent. */
    void sent(Letter letter, int status) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("delivery", letter.delivery()).put("subscription", letter.subscription());
        line.put("event", letter.event()).put("advisory", letter.advisory());
        line.put("time", letter.time()).put("attempts", letter.attempts()).put("status", status);
        ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) sentFile.write(bytes);
        sentFile.force(false);
        sent.add(letter.delivery());
        if (dead.removeIf(l -> l.delivery().equals(letter.delivery()))) writeDead();
    }

    void dead(Letter letter) throws IOException {
        dead.removeIf(l -> l.delivery().equals(letter.delivery()));
        dead.add(letter);
        writeDead();
    }

    private void writeDead() throws IOException {
        StringBuilder out = new StringBuilder();
        for (Letter l : dead) out.append(JSON.writeValueAsString(l)).append('\n');
        Path part = deadFile.resolveSibling("." + deadFile.getFileName() + ".part");
        Files.writeString(part, out, UTF_8);
        Files.move(part, deadFile, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        lock.release();
        sentFile.close();
    }
}
