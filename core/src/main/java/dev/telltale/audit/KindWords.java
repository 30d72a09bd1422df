package dev.telltale.audit;

import dev.telltale.model.Identifier;
import java.util.Map;

/** Identifier kinds in words. */
final class KindWords {
    private static final Map<String, String> YOUR =
            Map.ofEntries(
                    Map.entry("imei", "your IMEI"),
                    Map.entry("imsi", "your IMSI"),
                    Map.entry("iccid", "your SIM card number (ICCID)"),
                    Map.entry("msisdn", "your phone number"),
                    Map.entry("operator", "your operator's name"),
                    Map.entry("android_id", "your Android ID"),
                    Map.entry("advertising_id", "your advertising ID"),
                    Map.entry("oaid", "your OAID"),
                    Map.entry("serial", "your serial number"),
                    Map.entry("wifi_mac", "your Wi-Fi MAC address"),
                    Map.entry("bluetooth_mac", "your Bluetooth MAC address"),
                    Map.entry("ssid", "your Wi-Fi network's name"),
                    Map.entry("bssid", "your Wi-Fi router's address (BSSID)"),
                    Map.entry("local_ip", "your local IP address"),
                    Map.entry("model", "your phone's model"),
                    Map.entry("build", "your phone's build"),
                    Map.entry("locale", "your locale"),
                    Map.entry("device_name", "your phone's name"),
                    Map.entry("email", "your e-mail address"),
                    Map.entry("name", "your name"),
                    Map.entry("account", "your account"),
                    Map.entry("location", "your location"),
                    Map.entry("address", "your address"),
                    Map.entry("clipboard", "your clipboard"),
                    Map.entry("calendar", "your calendar"),
                    Map.entry("notes", "your notes"),
                    Map.entry("app", "an app you have installed"));

    private KindWords() {}

    /** {@code your IMEI}, {@code the phone number of contact 3}, {@code the text of SMS 1}. */
    static String your(Identifier who) {
        String known = YOUR.get(who.kind());
        if (known != null) return known;
        String nth = String.valueOf(index(who.id()) + 1);
        return switch (who.kind()) {
            case "contact_name" -> "the name of contact " + nth;
            case "contact_phone" -> "the phone number of contact " + nth;
            case "contact_email" -> "the e-mail address of contact " + nth;
            case "sms_peer" -> "the number of SMS peer " + nth;
            case "sms_text" -> "the text of SMS " + nth;
            case "call_peer" -> "the number of call peer " + nth;
            case "custom" -> custom(who.id());
            default -> who.kind();
        };
    }

    /** {@code custom.NAME[0]} by its name. */
    private static String custom(String id) {
        String name = id.startsWith("custom.") ? id.substring("custom.".length()) : id;
        int open = name.lastIndexOf('[');
        if (open < 0 || !name.endsWith("]") || open + 2 == name.length()) return name;
        for (int i = open + 1; i < name.length() - 1; i++)
            if (name.charAt(i) < '0' || name.charAt(i) > '9') return name;
        return name.substring(0, open);
    }

    private static int index(String id) {
        int open = id.indexOf('[');
        int close = id.indexOf(']', open);
        return open < 0 || close < 0 ? 0 : Integer.parseInt(id.substring(open + 1, close));
    }
}
