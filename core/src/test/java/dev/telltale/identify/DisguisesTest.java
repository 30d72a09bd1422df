package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.decode.DecoderExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * docs/disguises.md says what the registries hold, with an example each. Written anew by {@code
 * ./mvnw -pl core test -Dtest=DisguisesTest -Ddisguises.write=true}.
 */
class DisguisesTest {
    private static final Path PAGE = Path.of("../docs/disguises.md");
    private static final String BEGIN = "<!-- generated from the registries: begin -->\n";
    private static final String END = "<!-- generated from the registries: end -->\n";

    /** Bytes of an example that are shown. */
    private static final int SHOWN = 48;

    @Test
    void theListOfDisguisesIsThatOfTheRegistries() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(end).as("marks of the generated part").isGreaterThanOrEqualTo(begin);
        String current = page.substring(0, begin) + generated() + page.substring(end);
        if (Boolean.getBoolean("disguises.write")) Files.writeString(PAGE, current);
        else
            assertThat(page)
                    .as("docs/disguises.md is stale: write it anew as this test's comment says")
                    .isEqualTo(current);
    }

    private static String generated() throws IOException {
        StringBuilder s = new StringBuilder();
        s.append("\n## Normal forms\n\n| kind | form | example |\n|---|---|---|\n");
        for (IdentifierKind k : IdentifierKinds.ALL) {
            String value = k.finds().getFirst().value();
            Map<String, String> forms = new LinkedHashMap<>();
            for (NormalForm f : k.forms().of(value, "")) {
                String name = f.name().replaceAll("\\d decimals", "*n* decimals, rounded or cut");
                forms.putIfAbsent(
                        name + (f.searched() ? "" : " (as a digest only)"), shown(f.bytes()));
            }
            forms.forEach((name, example) -> row(s, k.name(), name, example));
        }
        byte[] imei = "356938035643809".getBytes(UTF_8);
        s.append(
                "\n## Digests\n\nOf the IMEI 356938035643809.\n\n| form | digest | example |\n|---|---|---|\n");
        for (Digest d : Digest.ALL)
            row(
                    s,
                    d.label(),
                    d.title(),
                    shown(HexFormat.of().formatHex(d.of(imei)).getBytes(UTF_8)));
        s.append(
                "\n## What nothing announces\n\n| encoding | of 356938035643809, or of asha.rao@example.org |\n|---|---|\n");
        for (Rendering.Way way : Rendering.Way.values()) {
            for (String v : new String[] {"356938035643809", "asha.rao@example.org"}) {
                String example = rendered(v, way);
                if (example.isEmpty()) continue;
                String place = way.isBase64() ? ", " + way.before() + " bytes into a group" : "";
                s.append("| ")
                        .append(way.label)
                        .append(place)
                        .append(" | ")
                        .append(code(example))
                        .append(" |\n");
                break;
            }
        }
        s.append(
                "\n## Decoders\n\nIn the order in which they are asked.\n\n| decoder | a fixture begins |\n|---|---|\n");
        for (var e : DecoderExamples.all().entrySet())
            s.append("| ")
                    .append(e.getKey())
                    .append(" | ")
                    .append(code(shown(e.getValue())))
                    .append(" |\n");
        return s.append('\n').toString();
    }

    private static String rendered(String value, Rendering.Way way) {
        for (Rendering r : Rendering.of(NormalForm.of("", value, Token.WORD, 40)))
            if (r.way() == way) return shown(r.bytes());
        return "";
    }

    private static void row(StringBuilder s, String a, String b, String example) {
        s.append("| ")
                .append(a)
                .append(" | ")
                .append(b.replace("|", "\\|"))
                .append(" | ")
                .append(code(example))
                .append(" |\n");
    }

    private static String code(String example) {
        String safe = example.replace("|", "\\|");
        return example.indexOf('`') < 0 ? "`" + safe + "`" : "`` " + safe + " ``";
    }

    /** Text as it is, other bytes in hex; long ones are cut. */
    private static String shown(byte[] b) {
        String text = new String(b, UTF_8);
        boolean plain =
                java.util.Arrays.equals(text.getBytes(UTF_8), b)
                        && text.chars().noneMatch(c -> c < 0x20 || c == 0x7f);
        if (plain) return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "\u2026";
        int n = Math.min(b.length, SHOWN / 2);
        boolean lines =
                new String(b, ISO_8859_1)
                        .chars()
                        .allMatch(c -> c == '\r' || c == '\n' || c >= 0x20 && c < 0x7f);
        if (lines) {
            String one = text.replace("\r", "\\r").replace("\n", "\\n");
            return one.length() <= SHOWN ? one : one.substring(0, SHOWN) + "\u2026";
        }
        return HexFormat.of().formatHex(b, 0, n).toLowerCase(Locale.ROOT)
                + (n < b.length ? "\u2026" : "")
                + " (bytes)";
    }
}
