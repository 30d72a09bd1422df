package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Captures that others made: counts as their makers say, or as capinfos counts them. */
class CaptureCorpusTest {
    private static Path corpus = Path.of("");

    @BeforeAll
    static void find() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/corpus"))) {
            folder = folder.getParent();
        }
        assumeTrue(
                folder != null, "no shared/corpus beside this checkout: nothing to compare with");
        corpus = folder.resolve("shared/corpus");
    }

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(corpus.resolve(folder))) {
            return all.filter(Files::isRegularFile)
                    .filter(p ->
                            p.getFileName()
                                    .toString()
                                    .matches(".*\\.(pcap|pcapng|cap)(\\.gz)?(\\.\\d)?"))
                    .sorted()
                    .toList();
        }
    }

    private static Recorded read(Path path) throws Exception {
        try (CaptureFile file = CaptureFiles.open(path, false)) {
            return Recorded.read(file);
        }
    }

    @Test
    void countsTheBlocksThatThePcapngGeneratorWrote() throws Exception {
        List<Path> files = files("pcapng");
        assertThat(files).hasSizeGreaterThan(40);
        for (Path path : files) {
            Map<String, Integer> blocks = new TreeMap<>();
            String name = path.toString();
            for (String line :
                    Files.readAllLines(
                            Path.of(name.substring(0, name.lastIndexOf('.')) + ".txt"))) {
                if (line.matches("\\s+[A-Z]+: \\d+")) {
                    String[] s = line.strip().split(": ", 2);
                    blocks.put(s[0], Integer.valueOf(s[1]));
                }
            }
            Recorded r = read(path);
            assertThat(r.totals.packets())
                    .as(name)
                    .isEqualTo(
                            blocks.getOrDefault("EPB", 0)
                                    + blocks.getOrDefault("SPB", 0)
                                    + blocks.getOrDefault("PB", 0));
            assertThat(r.packets).as(name).hasSize((int) r.totals.packets());
            assertThat(r.meta.stream().filter(m -> m.startsWith("section")))
                    .as(name)
                    .hasSize(blocks.getOrDefault("SHB", 0));
            assertThat(r.meta.stream().filter(m -> m.startsWith("Interface")))
                    .as(name)
                    .hasSize(blocks.getOrDefault("IDB", 0));
            assertThat(r.anomalies).as(name).isEmpty();
        }
    }

    /**
     * Block by block: what stands in the file is what its text says, and what each block holds is
     * told where it stands. The blocks are taken apart here once more, by the specification.
     */
    @Test
    void tellsThePcapngGeneratorsBlocksInTheirSequence() throws Exception {
        Map<String, Integer> seen = new TreeMap<>();
        int sequences = 0;
        for (Path path : files("pcapng")) {
            String name = path.toString();
            String text =
                    Files.readString(Path.of(name.substring(0, name.lastIndexOf('.')) + ".txt"));
            int at = text.indexOf("Block sequence:");
            if (at < 0) continue;
            List<String> sequence = new ArrayList<>();
            for (String block : text.substring(at + 15).split("\\n\\s*\\n")[0].split(","))
                if (!block.isBlank()) sequence.add(block.strip());
            List<PcapngBlocks.Block> blocks = PcapngBlocks.of(Files.readAllBytes(path));
            assertThat(blocks).as(name).extracting(PcapngBlocks.Block::type).isEqualTo(sequence);
            List<String> expected = new ArrayList<>();
            for (PcapngBlocks.Block block : blocks) {
                seen.merge(block.type(), 1, Integer::sum);
                if (!block.told().isEmpty()) seen.merge(block.type() + " told", 1, Integer::sum);
                expected.addAll(block.told());
            }
            List<String> told = new ArrayList<>();
            try (CaptureFile file = CaptureFiles.open(path, false)) {
                ((PacketCapture) file)
                        .read(p -> told.add("packet"), a -> {}, PcapngBlocks.telling(told));
            }
            // A comment belongs to its block, before or after what else the block tells.
            assertThat(PcapngBlocks.commentsLast(told))
                    .as(name)
                    .isEqualTo(PcapngBlocks.commentsLast(expected));
            sequences++;
        }
        assertThat(sequences).isGreaterThan(40);
        assertThat(seen)
                .containsKeys("CB", "DCB", "ISB", "NRB told", "EPB told", "SPB told", "IDB told");
    }

    /** The generator writes no DSB; Wireshark did, into these. */
    @Test
    void tellsSecretsWhereTheirBlocksStand() throws Exception {
        int withSecrets = 0;
        for (Path path : files("decryption")) {
            byte[] file = Files.readAllBytes(path);
            if (file.length < 4 || file[0] != 0x0a || file[1] != 0x0d || file[2] != 0x0d) continue;
            List<String> expected = new ArrayList<>();
            for (PcapngBlocks.Block block : PcapngBlocks.of(file)) expected.addAll(block.told());
            List<String> told = new ArrayList<>();
            try (CaptureFile capture = CaptureFiles.open(path, false)) {
                ((PacketCapture) capture)
                        .read(p -> told.add("packet"), a -> {}, PcapngBlocks.telling(told));
            }
            assertThat(PcapngBlocks.commentsLast(told))
                    .as(path.toString())
                    .isEqualTo(PcapngBlocks.commentsLast(expected));
            if (told.stream().anyMatch(t -> t.startsWith("secrets "))) withSecrets++;
        }
        assertThat(withSecrets).isPositive();
    }

    @Test
    void countsPacketsAsCapinfosDoes() throws Exception {
        List<Path> files = new ArrayList<>(files("malformed"));
        files.addAll(files("protocols"));
        files.addAll(files("decryption"));
        files.addAll(files("illustrated"));
        files.addAll(files("pcapng"));
        assertThat(files).hasSizeGreaterThan(900);
        Map<String, Long> ours = new LinkedHashMap<>();
        for (Path path : files) ours.put(path.toString(), read(path).totals.packets());

        Map<String, Long> theirs = capinfos(files);
        assertThat(theirs).hasSizeGreaterThan(850);
        Map<String, String> differ = new LinkedHashMap<>();
        theirs.forEach((name, packets) -> {
            if (!packets.equals(ours.get(name)))
                differ.put(name, packets + " there, " + ours.get(name) + " here");
        });
        assertThat(differ).isEmpty();
    }

    /** Packet counts of the files that it reads to their end. */
    private static Map<String, Long> capinfos(List<Path> files) throws Exception {
        List<String> command = new ArrayList<>(List.of("capinfos", "-c", "-M", "-T", "-r"));
        for (Path p : files) command.add(p.toString());
        Map<String, Long> counts = new LinkedHashMap<>();
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            assumeTrue(
                    false, "no capinfos on this machine (package tshark): nothing to compare with");
            return counts;
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        for (String line : out.split("\n")) {
            String[] columns = line.split("\t");
            if (columns.length >= 2 && columns[1].matches("\\d+"))
                counts.put(columns[0], Long.valueOf(columns[1]));
        }
        return counts;
    }
}
