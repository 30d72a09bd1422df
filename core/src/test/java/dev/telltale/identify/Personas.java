package dev.telltale.identify;

import dev.telltale.model.Hits;
import dev.telltale.model.Identifier;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Personas and look-ups for the tests of this package. All values are made up or from ranges kept
 * for fiction.
 */
final class Personas {
    private Personas() {}

    static Persona of(String region, String... kindsAndValues) {
        List<Persona.Entry> entries = new ArrayList<>();
        for (int i = 0; i < kindsAndValues.length; i += 2) {
            IdentifierKind k = IdentifierKinds.named(kindsAndValues[i]).orElseThrow();
            String id =
                    k.name().equals("custom") ? "custom.anon_id[0]" : k.name() + "[" + i / 2 + "]";
            entries.add(
                    new Persona.Entry(
                            new Identifier(id, k.name(), k.scope(), k.personal()),
                            kindsAndValues[i + 1]));
        }
        return new Persona("test", region, entries, List.of());
    }

    /** {@code kind: label @start-end} of every hit. */
    static List<String> hits(Persona persona, byte[] text) {
        Matcher m = PersonaMatcher.of(persona);
        Hits hits = new Hits();
        m.scan(text, 0, text.length, 0, text.length, hits);
        return told(persona, m, hits);
    }

    static List<String> hits(Persona persona, String text) {
        return hits(persona, text.getBytes(StandardCharsets.UTF_8));
    }

    static List<String> told(Persona persona, Matcher m, Hits hits) {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < hits.size(); i++) {
            int start = hits.start(i);
            int end = hits.end(i);
            String kind =
                    persona.entries().get(m.form(hits.form(i)).identifier()).identifier().kind();
            told.add(
                    kind
                            + ": "
                            + m.form(hits.form(i)).label(end - start)
                            + " @"
                            + start
                            + "-"
                            + end);
        }
        return told;
    }

    static String digits(Random random, int n) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < n; i++) s.append((char) ('0' + random.nextInt(10)));
        return s.toString();
    }

    static String letters(Random random, int n) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < n; i++) s.append((char) ('a' + random.nextInt(26)));
        return s.toString();
    }

    static String hex(Random random, int n) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < n; i++) s.append(Character.forDigit(random.nextInt(16), 16));
        return s.toString();
    }

    /** One value of nearly every kind. */
    static Persona random(Random r) {
        String mac = String.join(":", hex(r, 12).split("(?<=\\G..)"));
        String h = hex(r, 32);
        String uuid =
                String.join(
                        "-",
                        h.substring(0, 8),
                        h.substring(8, 12),
                        h.substring(12, 16),
                        h.substring(16, 20),
                        h.substring(20));
        String imei = digits(r, 14);
        return of(
                "DE",
                "imei",
                imei + Luhn.checkDigit(imei),
                "imsi",
                digits(r, 15),
                "iccid",
                "89" + digits(r, 17),
                "msisdn",
                "+1202555" + (1000 + r.nextInt(9000)),
                "android_id",
                hex(r, 16),
                "advertising_id",
                uuid,
                "wifi_mac",
                mac,
                "email",
                letters(r, 6 + r.nextInt(6)) + "." + letters(r, 4) + "@example.org",
                "name",
                letters(r, 4) + " " + letters(r, 3 + r.nextInt(6)),
                "ssid",
                letters(r, 4 + r.nextInt(8)) + "-" + digits(r, 2),
                "location",
                "52." + digits(r, 6) + ",13." + digits(r, 5),
                "contact_phone",
                "+4930" + digits(r, 7),
                "local_ip",
                "10.2" + r.nextInt(10) + ".1" + digits(r, 2).replace('0', '7') + ".77",
                "sms_text",
                letters(r, 5) + " " + letters(r, 4) + " " + letters(r, 7),
                "app",
                "com.example." + letters(r, 5),
                "custom",
                letters(r, 3 + r.nextInt(12)));
    }
}
