package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.fuzz.Seeds;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Personas of nobody over real traffic: what is tried on values that nothing explains (salts, XOR,
 * alphabets, keys, pieces) finds nothing of theirs.
 */
class PrecisionTest {
    private static final int FILES = 60;
    private static final int LARGEST = 200_000;

    @Test
    void strangersAreNotFoundInRealCaptures() throws Exception {
        assumeThat(Seeds.corpus()).as("no shared/corpus above this checkout").isPresent();
        Path corpus = Seeds.corpus().get();
        Random random = new Random(20_140_807);
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("protocols", "decryption", "mitmproxy", "reporthar"))
            try (Stream<Path> all = Files.walk(corpus.resolve(folder))) {
                List<Path> some =
                        new ArrayList<>(
                                all.filter(f ->
                                                f.toString()
                                                        .matches(
                                                                ".*\\.(pcap|pcapng|har|mitm|dump)"))
                                        .filter(f -> f.toFile().length() <= LARGEST)
                                        .sorted()
                                        .toList());
                Collections.shuffle(some, random);
                files.addAll(some.subList(0, Math.min(FILES / 4, some.size())));
            }
        assertThat(files).hasSizeGreaterThan(20);
        int exchanges = 0;
        for (int i = 0; i < files.size(); i += 10) {
            List<Path> group = files.subList(i, Math.min(files.size(), i + 10));
            Persona persona = stranger(random);
            Auditor.Options options = Auditor.Options.DEFAULT;
            var seen =
                    Auditor.observe(
                            group,
                            persona,
                            Optional.empty(),
                            options,
                            Workers.CALLER,
                            Progress.NONE);
            Audit audit =
                    Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
            exchanges += seen.captures().values().stream().mapToInt(c -> (int) c.exchanges()).sum();
            assertThat(audit.findings())
                    .as("of %s", group)
                    .filteredOn(f -> f.certainty().compareTo(Certainty.HIGH) <= 0)
                    .extracting(Finding::place)
                    .isEmpty();
        }
        assertThat(exchanges).isGreaterThan(100);
    }

    private static Persona stranger(Random random) throws Exception {
        StringBuilder s = new StringBuilder("persona: stranger\nregion: US\nidentifiers:\n");
        s.append("  imei: \"00").append(digits(random, 13)).append("\"\n");
        s.append("  imsi: \"00101").append(digits(random, 10)).append("\"\n");
        s.append("  iccid: \"8999101").append(digits(random, 12)).append("\"\n");
        s.append("  android_id: ").append(hex(random, 8)).append('\n');
        s.append("  advertising_id: ");
        s.append(
                String.format(
                        "%s-%s-4%s-8%s-%s%n",
                        hex(random, 4),
                        hex(random, 2),
                        hex(random, 2).substring(1),
                        hex(random, 2).substring(1),
                        hex(random, 6)));
        s.append("  serial: ").append(hex(random, 6).toUpperCase(Locale.ROOT)).append('\n');
        s.append("  wifi_mac: 02:")
                .append(hex(random, 5).replaceAll("..(?!$)", "$0:"))
                .append('\n');
        s.append("  email: ")
                .append(word(random))
                .append("@")
                .append(word(random))
                .append(".test\n");
        s.append("  name: ").append(word(random)).append(' ').append(word(random)).append('\n');
        s.append("  location: {lat: 1").append(random.nextInt(10)).append('.');
        s.append(digits(random, 5)).append(", lon: 7").append(random.nextInt(10)).append('.');
        s.append(digits(random, 5)).append("}\n  contacts:\n");
        for (int i = 0; i < 5; i++)
            s.append("    - {name: ")
                    .append(word(random))
                    .append(' ')
                    .append(word(random))
                    .append(", phone: \"+1")
                    .append(200 + random.nextInt(700))
                    .append("55501")
                    .append(digits(random, 2))
                    .append("\"}\n");
        s.append("payload_keys:\n");
        for (String c : List.of("AES/CBC/PKCS5Padding", "AES/ECB/NoPadding", "AES/GCM/NoPadding"))
            s.append("  - {name: k, cipher: ")
                    .append(c)
                    .append(", key: \"hex:")
                    .append(hex(random, 16))
                    .append("\"}\n");
        Path file = Files.createTempFile("stranger", ".yaml");
        try {
            return Personas.read(Files.writeString(file, s)).persona();
        } finally {
            Files.delete(file);
        }
    }

    private static String digits(Random random, int n) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < n; i++) s.append(random.nextInt(10));
        return s.toString();
    }

    private static String hex(Random random, int bytes) {
        byte[] b = new byte[bytes];
        random.nextBytes(b);
        return HexFormat.of().formatHex(b);
    }

    private static String word(Random random) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 7; i++)
            s.append("bcdfghklmnprstvz".charAt(random.nextInt(16)))
                    .append(i % 2 == 0 ? "aeiou".charAt(random.nextInt(5)) : "");
        return s.toString();
    }
}
