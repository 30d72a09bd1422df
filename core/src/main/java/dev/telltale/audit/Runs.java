package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.MetaSink;
import dev.telltale.judge.InvalidFile;
import dev.telltale.judge.RunFile;
import dev.telltale.model.Run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Run files (YAML), and runs told by the recordings themselves. */
public final class Runs {
    private Runs() {}

    /**
     * @param sha256 of the file, or of the comments joined by line feeds, for the record
     */
    public record Loaded(Run run, String sha256) {}

    /**
     * @throws UnreadableInput where the file is no run; the message names line and column
     */
    public static Loaded read(Path file) throws UnreadableInput {
        byte[] yaml = Inputs.bytes(file, "a run file (YAML)");
        try {
            return new Loaded(RunFile.read(file.toString(), yaml), Hashes.hex(yaml));
        } catch (InvalidFile e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The run that recordings tell in comments of their own ({@code telltale:} and a JSON object
     * each); empty where none does. Several recordings together tell one run.
     *
     * @throws UnreadableInput where what they tell is no run; the message says of which
     */
    public static Optional<Loaded> recorded(List<Path> captures) throws UnreadableInput {
        List<String> comments = new ArrayList<>();
        String from = "";
        for (Path capture : captures) {
            int before = comments.size();
            CaptureFiles.comments(
                    capture,
                    new MetaSink() {
                        @Override
                        public void comment(long packet, String text) {
                            if (text.startsWith(RunFile.COMMENT)) comments.add(text);
                        }
                    });
            if (comments.size() > before && from.isEmpty()) from = capture.toString();
        }
        if (comments.isEmpty()) return Optional.empty();
        try {
            Run run = RunFile.ofComments(from, comments);
            return Optional.of(
                    new Loaded(run, Hashes.hex(String.join("\n", comments).getBytes(UTF_8))));
        } catch (InvalidFile e) {
            throw new UnreadableInput(e.getMessage() + "; --run RUN.yaml gives another run");
        }
    }
}
