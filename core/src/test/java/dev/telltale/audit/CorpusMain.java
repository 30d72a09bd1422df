package dev.telltale.audit;

import dev.telltale.model.Inspection;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads every file of some folders one after the other, all the way to coverage, and prints of each
 * its path, how many packets it has and how often the sums did not agree.
 */
final class CorpusMain {
    private CorpusMain() {}

    public static void main(String[] folders) throws Exception {
        for (String folder : folders) {
            List<Path> files;
            try (Stream<Path> all = Files.walk(Path.of(folder))) {
                files = all.filter(Files::isRegularFile).sorted().toList();
            }
            for (Path file : files) {
                String seen;
                try {
                    Inspection i =
                            Inspector.inspect(
                                    file, Auditor.Options.DEFAULT, Workers.CALLER, Progress.NONE);
                    long wrong =
                            i.anomalies().stream()
                                    .filter(a ->
                                            a.kind() == dev.telltale.model.Anomaly.Kind.ACCOUNTING)
                                    .count();
                    seen = i.packets() + "\t" + wrong;
                } catch (UnreadableInput e) {
                    seen = "unreadable\t0";
                }
                System.out.println(file + "\t" + seen);
            }
        }
    }
}
