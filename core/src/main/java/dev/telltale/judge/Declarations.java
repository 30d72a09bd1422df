package dev.telltale.judge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a maker says is collected: a data safety form as the Play Console exports it (CSV), an Apple
 * privacy manifest (PrivacyInfo.xcprivacy, XML), or a plain list of kinds, one a line. Told apart
 * by content. Gives identifier kinds.
 */
public final class Declarations {
    /** The group of a policy that holds them. */
    static final String GROUP = "declared";

    private static final int MOST_BYTES = 4 << 20;

    /** Either store's word for a type of data, to the kinds that it covers. */
    private static final Map<String, List<String>> TYPES =
            Map.ofEntries(
                    Map.entry("name", List.of("name", "device_name")),
                    Map.entry("email", List.of("email")),
                    Map.entry("phone", List.of("msisdn")),
                    Map.entry("address", List.of("address")),
                    Map.entry("location", List.of("location", "ssid", "bssid")),
                    Map.entry(
                            "contacts", List.of("contact_name", "contact_phone", "contact_email")),
                    Map.entry("messages", List.of("sms_text", "sms_peer")),
                    Map.entry("calls", List.of("sms_peer", "call_peer")),
                    Map.entry("user", List.of("account")),
                    Map.entry(
                            "device",
                            List.of(
                                    "imei",
                                    "imsi",
                                    "iccid",
                                    "serial",
                                    "android_id",
                                    "advertising_id",
                                    "oaid",
                                    "wifi_mac",
                                    "bluetooth_mac",
                                    "local_ip",
                                    "custom",
                                    "operator")),
                    Map.entry("calendar", List.of("calendar")),
                    Map.entry("apps", List.of("app")),
                    Map.entry("content", List.of("notes", "clipboard")));

    /** Response ids of the data safety form. */
    private static final Map<String, String> PLAY =
            Map.ofEntries(
                    Map.entry("PSL_NAME", "name"),
                    Map.entry("PSL_EMAIL", "email"),
                    Map.entry("PSL_PHONE", "phone"),
                    Map.entry("PSL_ADDRESS", "address"),
                    Map.entry("PSL_USER_ACCOUNT", "user"),
                    Map.entry("PSL_APPROX_LOCATION", "location"),
                    Map.entry("PSL_PRECISE_LOCATION", "location"),
                    Map.entry("PSL_CONTACTS", "contacts"),
                    Map.entry("PSL_SMS_CALL_LOG", "messages"),
                    Map.entry("PSL_OTHER_MESSAGES", "messages"),
                    Map.entry("PSL_CALENDAR", "calendar"),
                    Map.entry("PSL_APPS_ON_DEVICE", "apps"),
                    Map.entry("PSL_USER_GENERATED_CONTENT", "content"),
                    Map.entry("PSL_DEVICE_ID", "device"));

    /** NSPrivacyCollectedDataType values, without that prefix. */
    private static final Map<String, String> APPLE =
            Map.ofEntries(
                    Map.entry("Name", "name"),
                    Map.entry("EmailAddress", "email"),
                    Map.entry("PhoneNumber", "phone"),
                    Map.entry("PhysicalAddress", "address"),
                    Map.entry("PreciseLocation", "location"),
                    Map.entry("CoarseLocation", "location"),
                    Map.entry("Contacts", "contacts"),
                    Map.entry("EmailsOrTextMessages", "messages"),
                    Map.entry("UserID", "user"),
                    Map.entry("DeviceID", "device"),
                    Map.entry("OtherUserContent", "content"));

    private static final Pattern APPLE_TYPE =
            Pattern.compile("<string>\\s*NSPrivacyCollectedDataType([A-Za-z]+)\\s*</string>");

    private Declarations() {}

    /**
     * @param file for messages
     * @param kinds identifier kinds there are
     */
    public static Set<String> read(String file, byte[] bytes, Set<String> kinds)
            throws InvalidFile {
        if (bytes.length > MOST_BYTES)
            throw new InvalidFile(file, 1, 1, "larger than " + (MOST_BYTES >> 20) + " MB");
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.contains("<plist")) return apple(text);
        if (text.contains("PSL_")) return play(text);
        return list(file, text, kinds);
    }

    private static Set<String> apple(String text) {
        Set<String> all = new TreeSet<>();
        Matcher m = APPLE_TYPE.matcher(text);
        while (m.find()) add(APPLE.get(m.group(1)), all);
        return all;
    }

    /** Question id, response id, response value: what is answered with true counts. */
    private static Set<String> play(String text) {
        Set<String> all = new TreeSet<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.split(",", 4);
            if (fields.length < 3) continue;
            boolean yes = unquoted(fields[2]).equalsIgnoreCase("true");
            if (yes && unquoted(fields[0]).startsWith("PSL_DATA_TYPES"))
                add(PLAY.get(unquoted(fields[1])), all);
        }
        return all;
    }

    private static String unquoted(String field) {
        return field.strip().replaceAll("^\"|\"$", "").strip();
    }

    private static void add(@org.jspecify.annotations.Nullable String type, Set<String> all) {
        if (type != null) all.addAll(TYPES.getOrDefault(type, List.of()));
    }

    /** Kinds, or the stores' groups of them, one a line; {@code #} begins a comment. */
    private static Set<String> list(String file, String text, Set<String> kinds)
            throws InvalidFile {
        Set<String> all = new TreeSet<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String word = lines.get(i).replaceFirst("#.*", "").strip().toLowerCase(Locale.ROOT);
            if (word.isEmpty()) continue;
            if (kinds.contains(word)) all.add(word);
            else if (TYPES.containsKey(word)) add(word, all);
            else {
                Set<String> known = new TreeSet<>(kinds);
                known.addAll(TYPES.keySet());
                throw new InvalidFile(
                        file,
                        i + 1,
                        1,
                        "neither a kind of identifier nor a type of data"
                                + YamlTree.suggestion(word, List.copyOf(known)));
            }
        }
        return all;
    }
}
