package dev.telltale.analyze.http3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.analyze.http2.Fields;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** <a href="https://www.rfc-editor.org/rfc/rfc9204#appendix-B">RFC 9204 appendix B</a>. */
class QpackTest {
    private final Qpack qpack =
            new Qpack((b, from, n) -> new String(b, from, n, StandardCharsets.ISO_8859_1));
    private final Fields fields = new Fields();

    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replace(" ", ""));
    }

    private void insert(String instructions) {
        byte[] b = hex(instructions);
        assertThat(qpack.instructions(b, 0, b.length)).isTrue();
    }

    private List<String> section(String section, boolean forced) {
        byte[] b = hex(section);
        int end = qpack.decode(b, 0, b.length, fields, forced);
        if (end < 0) return List.of("blocked");
        List<String> out = new ArrayList<>();
        for (int k = 0; k < fields.count; k++)
            out.add(
                    fields.unknown[k]
                            ? "?"
                            : fields.names[k]
                                    + "="
                                    + new String(
                                            fields.value(k),
                                            fields.from(k),
                                            fields.length(k),
                                            StandardCharsets.ISO_8859_1));
        return out;
    }

    @Test
    void readsTheExamplesOfTheRfc() {
        qpack.maxCapacity = 220;
        // B.1
        assertThat(section("0000 510b2f696e6465782e68746d6c", false))
                .containsExactly(":path=/index.html");
        assertThat(fields.plain[0]).isTrue();
        // B.2
        assertThat(section("0381 10 11", false)).containsExactly("blocked");
        insert("3fbd01");
        insert("c00f7777772e6578616d706c652e636f6d");
        assertThat(section("0381 10 11", false)).containsExactly("blocked");
        insert("c10c2f73616d706c652f70617468");
        assertThat(section("0381 10 11", false))
                .containsExactly(":authority=www.example.com", ":path=/sample/path");
        // B.3
        insert("4a637573746f6d2d6b65790c637573746f6d2d76616c7565");
        // B.4
        insert("02");
        assertThat(section("0500 80 c1 81", false))
                .containsExactly(
                        ":authority=www.example.com", ":path=/", "custom-key=custom-value");
        // B.5: the new entry takes the place of the first
        insert("810d637573746f6d2d76616c756532");
        assertThat(section("0600 80", false)).containsExactly("custom-key=custom-value2");
        assertThat(section("0600 84", false)).containsExactly("?");
    }

    @Test
    void givesUnknownFieldsNeverWrongOnesAfterALoss() {
        qpack.maxCapacity = 220;
        insert("3fbd01 c00f7777772e6578616d706c652e636f6d");
        qpack.lost();
        insert("4a637573746f6d2d6b65790c637573746f6d2d76616c7565");
        assertThat(section("0200 80 d1 5f 0e 01 78", false))
                .containsExactly("?", ":method=GET", "accept=x");
        assertThat(fields.problem).isEmpty();
    }

    @Test
    void goesOnWithoutEntriesThatDoNotCome() {
        qpack.maxCapacity = 220;
        assertThat(section("0200 80 d1", false)).containsExactly("blocked");
        assertThat(section("0200 80 d1", true)).containsExactly("?", ":method=GET");
    }

    @Test
    void takesInstructionsInPieces() {
        qpack.maxCapacity = 220;
        byte[] all =
                hex(
                        "3fbd01 c00f7777772e6578616d706c652e636f6d c10c2f73616d706c652f70617468"
                                + "4a637573746f6d2d6b65790c637573746f6d2d76616c7565 02");
        for (int i = 0; i < all.length; i++)
            assertThat(qpack.instructions(new byte[] {0, all[i], 0}, 1, 1)).isTrue();
        assertThat(section("0500 80 c1 81", false))
                .containsExactly(
                        ":authority=www.example.com", ":path=/", "custom-key=custom-value");
    }

    @Test
    void survivesAnything() {
        Random random = new Random(9204);
        for (int i = 0; i < 20_000; i++) {
            byte[] b = new byte[1 + random.nextInt(40)];
            random.nextBytes(b);
            if (!qpack.instructions(b, 0, b.length)) qpack.lost();
            int end = qpack.decode(b, 0, b.length, fields, random.nextBoolean());
            assertThat(end).isBetween(-1, b.length);
        }
    }

    /** Against the table of an independent implementation. */
    @Test
    void hasTheStaticTable() throws Exception {
        Class<?> theirs = Class.forName("io.netty.handler.codec.http3.QpackStaticTable");
        Method field = theirs.getDeclaredMethod("getField", int.class);
        field.setAccessible(true);
        for (int i = 0; i < StaticTable.SIZE; i++) {
            Object f = field.invoke(null, i);
            assertThat(StaticTable.NAMES[i]).isEqualTo(part(f, "name"));
            // Theirs leaves out blanks where the lines of the RFC's table are broken.
            assertThat(
                            new String(StaticTable.VALUES[i], StandardCharsets.US_ASCII)
                                    .replace("; ", ";"))
                    .isEqualTo(part(f, "value").replace("; ", ";"));
        }
    }

    private static String part(Object field, String name) throws Exception {
        java.lang.reflect.Field f = field.getClass().getDeclaredField(name);
        f.setAccessible(true);
        return f.get(field).toString();
    }
}
