package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.model.Inspection;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Core itself. */
final class CoreCalls implements Core {

    @Override
    public Audit audit(AuditRequest request, Workers workers, Progress progress, Consumer<String> warnings)
            throws UnreadableInput {
        throw new UnreadableInput("core is not wired in yet");
    }

    @Override
    public Inspection inspect(Path capture, List<Path> keys, Workers workers, Progress progress)
            throws UnreadableInput {
        throw new UnreadableInput("core is not wired in yet");
    }

    @Override
    public void requests(Path capture, List<Path> keys, Consumer<byte[]> lines) throws UnreadableInput {
        throw new UnreadableInput("core is not wired in yet");
    }

    @Override
    public Checked persona(Path file) throws UnreadableInput {
        throw new UnreadableInput("core is not wired in yet");
    }
}
