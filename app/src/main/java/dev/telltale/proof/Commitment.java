package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.Persona;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * Ties an audit to a persona without telling anything of it: an HMAC of all that the persona holds,
 * under a salt that only the evidence bundle has. Without the salt no value can be tried; with it,
 * who holds the persona can show that it is the one.
 */
public final class Commitment {
    private static final String FORMAT = "telltale.persona/1";

    private Commitment() {}

    /** As {@code persona.commitment} has it. */
    public static String of(Persona persona, Salt salt) {
        return salt.keyed(canonical(persona));
    }

    /**
     * Every field as netstring ({@code length:bytes,}), so that no two personas read alike: format,
     * name, region, number of identifiers, id and value of each, then the payload keys.
     */
    static byte[] canonical(Persona persona) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        field(out, FORMAT);
        field(out, persona.name());
        field(out, persona.region());
        field(out, Integer.toString(persona.entries().size()));
        for (Persona.Entry e : persona.entries()) {
            field(out, e.identifier().id());
            field(out, e.value());
        }
        for (Persona.PayloadKey k : persona.payloadKeys()) {
            field(out, k.name());
            field(out, k.cipher());
            field(out, HexFormat.of().formatHex(k.key()));
            field(out, HexFormat.of().formatHex(k.iv()));
        }
        return out.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, String text) {
        byte[] b = text.getBytes(UTF_8);
        out.writeBytes((b.length + ":").getBytes(UTF_8));
        out.writeBytes(b);
        out.write(',');
    }
}
