package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Persona;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValueMaskTest {
    private static final List<String> VALUES =
            List.of("490154203237518", "asha.rao@example.org", "ISSY", "J\u00f6rg M\u00fc\u00dfig");

    @TempDir Path dir;

    private ValueMask mask() throws Exception {
        Persona persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("p.yaml"),
                                        "persona: t\nidentifiers:\n  imei: \""
                                                + VALUES.get(0)
                                                + "\"\n  email: "
                                                + VALUES.get(1)
                                                + "\n  account: "
                                                + VALUES.get(2)
                                                + "\n  name: "
                                                + VALUES.get(3)
                                                + "\n"))
                        .persona();
        return new ValueMask(persona);
    }

    @Test
    void noValueStaysWhereverItStandsAndHoweverItIsCased() throws Exception {
        ValueMask mask = mask();
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            String value = VALUES.get(random.nextInt(VALUES.size()));
            String written =
                    switch (random.nextInt(3)) {
                        case 0 -> value.toLowerCase(Locale.ROOT);
                        case 1 ->
                                value.equals(VALUES.get(3))
                                        ? value
                                        : value.toUpperCase(Locale.ROOT);
                        default -> value;
                    };
            String before = "/" + Integer.toString(random.nextInt(1 << 20), 36);
            String after = random.nextBoolean() ? "" : "0&" + random.nextInt();
            String masked = mask.mask(before + written + after);
            assertThat(masked).doesNotContainIgnoringCase(value).contains("{");
        }
        // A letter that is another's in upper case only.
        assertThat(mask.mask("x i\u017f\u017fy")).isEqualTo("x {account}");
        assertThat(mask.mask("/v1/nothing?here=12345")).isEqualTo("/v1/nothing?here=12345");
    }
}
