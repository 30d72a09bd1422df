package dev.telltale.persona;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A persona that is nobody: values pass their checks, come from ranges that are given to no one,
 * and cannot be taken for one another. The same seed gives the same persona.
 */
public final class NewPersona {
    /** More than a phone book of a test needs; names are used once. */
    public static final int MOST_CONTACTS = 25;

    private static final int SMS = 3;
    private static final int CALLS = 2;

    /**
     * @param region ISO alpha-2
     * @param contacts at most {@link #MOST_CONTACTS}
     */
    public record Wish(String name, String region, long seed, int contacts) {}

    private final Wish wish;
    private final Random random;
    private final Unlike unlike = new Unlike();
    private final StringBuilder yaml = new StringBuilder();

    private NewPersona(Wish wish) {
        this.wish = wish;
        // Spreads seeds that lie close together; both algorithms are laid down in the Java API.
        this.random = new Random(new SplittableRandom(wish.seed()).nextLong());
    }

    /** The persona file. */
    public static String yaml(Wish wish) {
        return new NewPersona(wish).make();
    }

    /** Whether phone numbers of the region's own can be made up. */
    public static boolean hasNumbers(String region) {
        return FictitiousNumbers.has(region);
    }

    private String make() {
        FictitiousNumbers numbers = new FictitiousNumbers(wish.region(), random);
        MadeUpNames names = new MadeUpNames(wish.region(), random);
        line(
                "# Nobody's: made up by telltale persona new --region %s --seed %d --contacts %d",
                wish.region(), wish.seed(), wish.contacts());
        line(
                "# phone numbers: %s; IMEI: reporting body 00 (test); IMSI: 001 01 (test network)",
                numbers.source());
        line("persona: %s", quoted(wish.name()));
        line("region: %s", wish.region());
        line("identifiers:");
        value("imei", List.of(unlike.next(this::imei), unlike.next(this::imei)));
        value("imsi", unlike.next(() -> "00101" + digits(10)));
        value("iccid", unlike.next(() -> luhn("89999" + digits(13))));
        value("msisdn", unlike.nextOfRange(numbers::next));
        value("operator", unlike.next(() -> word("Tel") + " Mobile"));
        value("android_id", unlike.next(() -> hex(16)));
        value("advertising_id", unlike.next(this::uuid));
        value("oaid", unlike.next(this::uuid));
        value("serial", unlike.next(() -> "TT" + letters(4).toUpperCase(Locale.ROOT) + digits(8)));
        value("wifi_mac", unlike.next(this::mac));
        value("bluetooth_mac", unlike.next(this::mac));
        value("ssid", unlike.next(() -> word("Net") + "-" + digits(4)));
        value("bssid", unlike.next(this::mac));
        value("local_ip", "192.168." + (1 + random.nextInt(254)) + "." + (2 + random.nextInt(250)));
        value("model", unlike.next(() -> "TT-" + letters(2).toUpperCase(Locale.ROOT) + digits(4)));
        value(
                "build",
                unlike.next(() ->
                        letters(4).toUpperCase(Locale.ROOT)
                                + digits(2)
                                + "."
                                + digits(6)
                                + "."
                                + digits(3)));
        String owner = unlike.next(names::next);
        value("device_name", owner.substring(0, owner.indexOf(' ')) + "'s " + word("phone"));
        value("email", mail());
        value("name", owner);
        value("account", unlike.next(() -> word("user") + digits(5)));
        line("  location: {lat: %s, lon: %s}", degrees(true), degrees(false));
        value(
                "address",
                unlike.next(() ->
                        (100 + random.nextInt(900))
                                + " "
                                + word("Lane")
                                + " Street, "
                                + word("Town")));
        value("clipboard", unlike.next(() -> phrase() + " " + digits(5)));
        value("calendar", List.of(unlike.next(() -> phrase() + " at " + digits(4))));
        value("notes", List.of(unlike.next(() -> phrase() + " " + digits(6))));
        line("  contacts:");
        for (int i = 0; i < wish.contacts(); i++) {
            String name = unlike.next(names::next);
            line(
                    "    - {name: %s, phone: %s, email: %s}",
                    quoted(name), quoted(unlike.nextOfRange(numbers::next)), quoted(mail()));
        }
        line("  sms:");
        for (int i = 0; i < SMS; i++)
            line(
                    "    - {peer: %s, direction: %s, text: %s}",
                    quoted(unlike.nextOfRange(numbers::next)),
                    i % 2 == 0 ? "received" : "sent",
                    quoted(unlike.next(() -> phrase() + " " + phrase() + " " + digits(4))));
        line("  calls:");
        for (int i = 0; i < CALLS; i++)
            line("    - {peer: %s}", quoted(unlike.nextOfRange(numbers::next)));
        List<String> apps = new ArrayList<>();
        for (int i = 0; i < 2; i++)
            apps.add(
                    unlike.nextOfRange(() ->
                            "org.example." + word("").toLowerCase(Locale.ROOT) + "." + letters(6)));
        value("apps", apps);
        line(
                "  custom: {canary: %s}",
                quoted(unlike.next(() -> letters(6) + digits(6) + letters(6))));
        return yaml.toString();
    }

    // --- values ---

    /** GSMA TS.06: reporting body identifier 00 marks test devices. */
    private String imei() {
        return luhn("00" + digits(12));
    }

    /** With its check digit by ISO/IEC 7812-1 Annex B. */
    static String luhn(String digits) {
        int sum = 0;
        boolean twice = true;
        for (int i = digits.length() - 1; i >= 0; i--, twice = !twice) {
            int d = (digits.charAt(i) - '0') * (twice ? 2 : 1);
            sum += d / 10 + d % 10;
        }
        return digits + (10 - sum % 10) % 10;
    }

    /** Locally administered, unicast: no maker has it. */
    private String mac() {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            int b = random.nextInt(256);
            if (i == 0) b = b & 0xfc | 2;
            s.append(i == 0 ? "" : ":").append(String.format(Locale.ROOT, "%02x", b));
        }
        return s.toString();
    }

    /** Version 4 (RFC 9562). */
    private String uuid() {
        long high = random.nextLong() & ~0xf000L | 0x4000L;
        long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** RFC 2606: example.org is nobody's. */
    private String mail() {
        // Not made of the name: an address would then be found where only the name was sent.
        String local = unlike.next(() -> word("").toLowerCase(Locale.ROOT) + digits(4));
        return local + "@example.org";
    }

    /** In the open sea south of the equator, where nobody lives: 41 to 45 S, 80 to 120 W. */
    private String degrees(boolean latitude) {
        double d = latitude ? -41 - 4 * random.nextDouble() : -80 - 40 * random.nextDouble();
        return String.format(Locale.ROOT, "%.5f", d);
    }

    // --- text that stands nowhere else ---

    private static final String[] SYLLABLES =
            "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split(" ");

    private static final String[] VERBS = {
        "collects", "repaints", "returns", "measures", "brings", "unpacks"
    };
    private static final String[] THINGS = {
        "the lantern", "two ladders", "a kettle", "the violin", "nine crates", "the compass"
    };

    private String phrase() {
        return word("")
                + " "
                + VERBS[random.nextInt(VERBS.length)]
                + " "
                + THINGS[random.nextInt(THINGS.length)]
                + " "
                + word("").toLowerCase(Locale.ROOT);
    }

    private String word(String end) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 4; i++) s.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
        return Character.toUpperCase(s.charAt(0)) + s.substring(1) + end;
    }

    private String letters(int n) {
        return pick("abcdefghijkmnpqrstuvwxyz", n);
    }

    private String digits(int n) {
        return pick("0123456789", n);
    }

    private String hex(int n) {
        return pick("0123456789abcdef", n);
    }

    private String pick(String alphabet, int n) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < n; i++) s.append(alphabet.charAt(random.nextInt(alphabet.length())));
        return s.toString();
    }

    // --- YAML ---

    private void value(String kind, String value) {
        line("  %s: %s", kind, quoted(value));
    }

    private void value(String kind, List<String> values) {
        line(
                "  %s: [%s]",
                kind, String.join(", ", values.stream().map(NewPersona::quoted).toList()));
    }

    private static String quoted(String s) {
        return '"' + s.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void line(String format, Object... values) {
        yaml.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
