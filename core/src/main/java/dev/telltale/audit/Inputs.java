package dev.telltale.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Small input files. */
final class Inputs {
    private static final long LARGEST = 16 << 20;

    private Inputs() {}

    /**
     * @param expected what should be given instead, for the message
     */
    static byte[] bytes(Path file, String expected) throws UnreadableInput {
        try {
            if (Files.isDirectory(file))
                throw new UnreadableInput(file + " is a directory. Give " + expected + ".");
            if (Files.size(file) > LARGEST)
                throw new UnreadableInput(file + " is too large. Give " + expected + ".");
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UnreadableInput(file + " does not exist. Give " + expected + ".");
        } catch (IOException e) {
            throw new UnreadableInput(file + " cannot be read. Give " + expected + ".");
        }
    }
}
