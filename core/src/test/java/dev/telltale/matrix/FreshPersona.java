package dev.telltale.matrix;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A persona of every kind, made up anew for each seed. Phone numbers are from ranges kept for
 * fiction, everything else is chosen at random.
 *
 * @param values by the id that audits give them, in the order of the file
 */
record FreshPersona(String region, Map<String, String> values, String yaml) {

    static FreshPersona of(long seed) {
        return new Maker(new Random(seed * 0x9E3779B97F4A7C15L + 1)).make();
    }

    String value(String id) {
        String v = values.get(id);
        if (v == null) throw new IllegalArgumentException(id);
        return v;
    }

    /** {@code contacts[1].phone} is a {@code contact_phone}. */
    static String kind(String id) {
        if (id.startsWith("contacts[")) return "contact_" + id.substring(id.indexOf('.') + 1);
        if (id.startsWith("sms[")) return "sms_" + id.substring(id.indexOf('.') + 1);
        if (id.startsWith("calls[")) return "call_peer";
        if (id.startsWith("apps[")) return "app";
        return id.startsWith("custom.") ? "custom" : id.substring(0, id.indexOf('['));
    }

    private static final class Maker {
        private static final String[] SYLLABLES =
                ("ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za bre cli dro fle gra "
                                + "kno pli sta tre vlo ")
                        .split(" ");
        private static final List<String> REGIONS = List.of("US", "GB", "AU", "DE");

        private final Random r;
        private final Map<String, String> values = new LinkedHashMap<>();
        private final StringBuilder yaml = new StringBuilder();
        private final String region;
        private int numbers;

        Maker(Random r) {
            this.r = r;
            region = REGIONS.get(r.nextInt(REGIONS.size()));
            numbers = r.nextInt(100);
        }

        FreshPersona make() {
            yaml.append("persona: fresh\nregion: ").append(region).append("\nidentifiers:\n");
            String imei = "35" + digits(12);
            one("imei", imei + luhn(imei));
            one("imsi", "00101" + digits(10));
            String iccid = "89" + digits(16);
            one("iccid", iccid + luhn(iccid));
            one("msisdn", phone());
            one("operator", capital(word(3)) + " Telecom");
            one("android_id", (1 + r.nextInt(9)) + hex(15));
            one("advertising_id", uuid());
            one("oaid", uuid());
            one(
                    "serial",
                    "R" + digits(2) + letters(3).toUpperCase(java.util.Locale.ROOT) + digits(6));
            one("wifi_mac", "0" + (2 + 4 * r.nextInt(2)) + mac());
            one("bluetooth_mac", "0" + (2 + 4 * r.nextInt(2)) + mac());
            one("ssid", capital(word(3)) + "-" + digits(3));
            one("bssid", "0" + (2 + 4 * r.nextInt(2)) + mac());
            one(
                    "local_ip",
                    "10."
                            + (60 + r.nextInt(190))
                            + "."
                            + (60 + r.nextInt(190))
                            + "."
                            + (10 + r.nextInt(89)));
            one(
                    "model",
                    capital(word(2))
                            + " "
                            + letters(1).toUpperCase(java.util.Locale.ROOT)
                            + digits(3));
            one(
                    "build",
                    letters(4).toUpperCase(java.util.Locale.ROOT)
                            + digits(2)
                            + "."
                            + digits(6)
                            + ".0"
                            + digits(2));
            one("locale", List.of("zh-Hant-TW", "sr-Latn-RS", "uz-Cyrl-UZ").get(r.nextInt(3)));
            one("device_name", capital(word(3)) + "'s handset");
            one("email", word(3) + "." + word(3) + "@" + word(4) + ".example");
            one("name", capital(word(3)) + " " + capital(word(4)));
            one("account", word(4) + digits(4));
            one(
                    "location",
                    String.format(
                            java.util.Locale.ROOT,
                            "{lat: %s%d.%s, lon: %s%d.%s}",
                            sign(),
                            11 + r.nextInt(70),
                            digits(6),
                            sign(),
                            11 + r.nextInt(160),
                            digits(6)));
            one(
                    "address",
                    (100 + r.nextInt(900))
                            + " "
                            + capital(word(4))
                            + " Street, "
                            + capital(word(3)));
            one("clipboard", sentence(6));
            one("calendar", capital(word(3)) + " with " + word(4) + " at " + (1 + r.nextInt(9)));
            one("notes", sentence(5));
            contacts();
            sms();
            yaml.append("  calls:\n");
            String peer = phone();
            yaml.append("    - {peer: \"").append(peer).append("\"}\n");
            values.put("calls[0].peer", peer);
            yaml.append("  apps:\n");
            for (int i = 0; i < 4; i++) {
                String app = "com." + word(3) + "." + word(3);
                yaml.append("    - ").append(app).append('\n');
                values.put("apps[" + i + "]", app);
            }
            String custom =
                    letters(3)
                            + digits(4)
                            + letters(5).toUpperCase(java.util.Locale.ROOT)
                            + digits(6);
            yaml.append("  custom: {anon_id: ").append(custom).append("}\n");
            values.put("custom.anon_id[0]", custom);
            return new FreshPersona(region, values, yaml.toString());
        }

        private void contacts() {
            yaml.append("  contacts:\n");
            for (int i = 0; i < 3; i++) {
                String name = capital(word(3)) + " " + capital(word(4));
                String phone = phone();
                String email = word(4) + digits(2) + "@" + word(4) + ".example";
                yaml.append(
                        String.format(
                                "    - {name: %s, phone: \"%s\", email: %s}%n",
                                name, phone, email));
                values.put("contacts[" + i + "].name", name);
                values.put("contacts[" + i + "].phone", phone);
                values.put("contacts[" + i + "].email", email);
            }
        }

        private void sms() {
            yaml.append("  sms:\n");
            String peer = phone();
            String text = sentence(5) + ". " + capital(sentence(5)) + "! See you";
            yaml.append(
                    String.format(
                            "    - {peer: \"%s\", direction: sent, text: \"%s\"}%n", peer, text));
            values.put("sms[0].peer", peer);
            values.put("sms[0].text", text);
        }

        private void one(String kind, String value) {
            boolean flow = value.startsWith("{");
            yaml.append("  ").append(kind).append(": ");
            yaml.append(flow ? value : '"' + value + '"').append('\n');
            values.put(kind + "[0]", flow ? value.replaceAll("[{}a-z: ]", "") : value);
        }

        /** Ranges for drama use: NANPA, Ofcom, ACMA, Bundesnetzagentur. */
        private String phone() {
            int n = numbers++ % 100;
            return switch (region) {
                case "US" -> String.format("+1202555%04d", 100 + n);
                case "GB" -> String.format("+442079460%03d", 100 + n);
                case "AU" -> String.format("+61491570%03d", 100 + n);
                default -> String.format("+493023125%03d", 100 + n);
            };
        }

        private String sign() {
            return r.nextBoolean() ? "-" : "";
        }

        private String mac() {
            return String.format(":00:5e:0%s:%s:%s", hex(1), hex(2), hex(2));
        }

        private String uuid() {
            return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12);
        }

        private String sentence(int words) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < words; i++) all.add(word(2 + r.nextInt(2)));
            return String.join(" ", all);
        }

        private String word(int syllables) {
            StringBuilder s = new StringBuilder();
            for (int i = 0; i < syllables; i++) s.append(SYLLABLES[r.nextInt(SYLLABLES.length)]);
            return s.toString();
        }

        private static String capital(String s) {
            return Character.toUpperCase(s.charAt(0)) + s.substring(1);
        }

        private String digits(int n) {
            return of("0123456789", n);
        }

        private String hex(int n) {
            return of("0123456789abcdef", n);
        }

        private String letters(int n) {
            return of("abcdefghijklmnopqrstuvwxyz", n);
        }

        private String of(String alphabet, int n) {
            StringBuilder s = new StringBuilder();
            for (int i = 0; i < n; i++) s.append(alphabet.charAt(r.nextInt(alphabet.length())));
            return s.toString();
        }

        /** Check digit, ISO/IEC 7812-1 annex B. */
        private static int luhn(String digits) {
            int sum = 0;
            for (int i = 0; i < digits.length(); i++) {
                int d = digits.charAt(digits.length() - 1 - i) - '0';
                if (i % 2 == 0) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
                sum += d;
            }
            return (10 - sum % 10) % 10;
        }
    }
}
