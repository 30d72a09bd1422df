package dev.telltale.cli;

import java.nio.file.Path;
import java.util.Optional;

/** Stands where the lab's story goes. */
final class NoStory implements DemoCommand.Story {
    @Override
    public int tell(Optional<Path> folder, Core core, Console console) {
        throw new Refused("the demo is not part of this build");
    }
}
