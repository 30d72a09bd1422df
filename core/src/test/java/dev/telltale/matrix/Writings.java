package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Every normal form of every identifier of a persona, written out from the standards. */
final class Writings {
    /** A key under which a value of the kind stands. */
    private static final Map<String, String> KEYS =
            Map.ofEntries(
                    Map.entry("imei", "imei"),
                    Map.entry("imsi", "imsi"),
                    Map.entry("iccid", "iccid"),
                    Map.entry("msisdn", "phone"),
                    Map.entry("operator", "operator"),
                    Map.entry("android_id", "android_id"),
                    Map.entry("advertising_id", "gaid"),
                    Map.entry("oaid", "oaid"),
                    Map.entry("serial", "serial"),
                    Map.entry("wifi_mac", "mac"),
                    Map.entry("bluetooth_mac", "bluetooth"),
                    Map.entry("ssid", "ssid"),
                    Map.entry("bssid", "bssid"),
                    Map.entry("local_ip", "local_ip"),
                    Map.entry("model", "model"),
                    Map.entry("build", "build"),
                    Map.entry("locale", "lang"),
                    Map.entry("device_name", "device"),
                    Map.entry("email", "email"),
                    Map.entry("name", "name"),
                    Map.entry("account", "account"),
                    Map.entry("location", "gps"),
                    Map.entry("address", "address"),
                    Map.entry("clipboard", "clip"),
                    Map.entry("calendar", "event"),
                    Map.entry("notes", "note"),
                    Map.entry("contact_name", "name"),
                    Map.entry("contact_phone", "phone"),
                    Map.entry("contact_email", "email"),
                    Map.entry("sms_peer", "sms"),
                    Map.entry("sms_text", "sms"),
                    Map.entry("call_peer", "call"),
                    Map.entry("app", "package"),
                    Map.entry("custom", "anon_id"));

    private final FreshPersona persona;
    private final List<Written> all = new ArrayList<>();
    private String id = "";
    private String kind = "";

    private Writings(FreshPersona persona) {
        this.persona = persona;
    }

    static List<Written> of(FreshPersona persona) {
        Writings w = new Writings(persona);
        persona.values().forEach(w::identifier);
        return w.all;
    }

    private void identifier(String identifier, String v) {
        id = identifier;
        kind = FreshPersona.kind(identifier);
        switch (kind) {
            case "imei" -> HardwareWritings.imei(this, v);
            case "imsi" -> HardwareWritings.imsi(this, v);
            case "iccid" -> HardwareWritings.iccid(this, v);
            case "android_id" -> HardwareWritings.androidId(this, v);
            case "advertising_id", "oaid" -> HardwareWritings.uuid(this, v);
            case "wifi_mac", "bluetooth_mac", "bssid" -> HardwareWritings.mac(this, v);
            case "msisdn", "contact_phone", "sms_peer", "call_peer" ->
                    PhoneWritings.of(this, v, persona.region());
            case "location" -> PlaceWritings.of(this, v);
            case "email", "contact_email" -> email(v);
            case "name", "contact_name" -> name(v);
            case "ssid" -> {
                word(v, true);
                onlyHashed("in quotes", '"' + v + '"');
            }
            case "local_ip" -> ip(v);
            case "locale" -> {
                weak("as written", v);
                weak("with underscore", v.replace('-', '_'));
            }
            case "device_name", "address", "clipboard", "calendar", "notes", "sms_text" -> text(v);
            case "app" -> hashed("package name", v);
            case "serial", "account", "custom" -> word(v, true);
            default -> word(v, false);
        }
    }

    // ------------------------------------------------------------------------------------ kinds

    private void word(String v, boolean strong) {
        add(Set.of("as written"), v, strong, true);
        add(Set.of("as written"), v.toUpperCase(Locale.ROOT), strong, false);
        add(Set.of("as written"), v.toLowerCase(Locale.ROOT), strong, false);
        for (String[] c :
                new String[][] {
                    {"lower case", v.toLowerCase(Locale.ROOT)},
                    {"upper case", v.toUpperCase(Locale.ROOT)}
                }) all.add(written(Set.of(c[0]), c[1].getBytes(UTF_8), true, false, strong, true));
    }

    private void email(String v) {
        add(Set.of("whole address"), v, true, true);
        add(Set.of("whole address"), v.toUpperCase(Locale.ROOT), true, false);
        onlyHashed("upper case", v.toUpperCase(Locale.ROOT));
        weak("local part", v.substring(0, v.indexOf('@')));
    }

    private void name(String v) {
        String[] n = v.split(" ");
        add(Set.of("as written"), v, true, true);
        add(Set.of("as written"), v.toUpperCase(Locale.ROOT), true, false);
        add(Set.of("last name first"), n[1] + " " + n[0], true, true);
        add(Set.of("last name, first"), n[1] + ", " + n[0], true, true);
        add(Set.of("last name first"), n[1].toUpperCase(Locale.ROOT) + " " + n[0], true, false);
        onlyHashed("lower case", v.toLowerCase(Locale.ROOT));
        onlyHashed("upper case", v.toUpperCase(Locale.ROOT));
        for (String s : List.of("", "_", ".", "-"))
            add(Set.of("written together"), n[0] + s + n[1], false, true);
    }

    private void text(String v) {
        add(Set.of("as written"), v, true, true);
        add(Set.of("as written"), v.toUpperCase(Locale.ROOT), true, false);
        onlyHashed("lower case", v.toLowerCase(Locale.ROOT));
        // Short ones tell too little to stand anywhere among bytes.
        if (v.length() >= 24) raw("GSM 7-bit", gsm7(v));
        if (v.indexOf('\'') >= 0) plain("apostrophes as on a phone", v.replace('\'', '\u2019'));
        int n = 0;
        for (String s : v.split("(?<=[.!?])\\s+")) {
            n++;
            if (s.length() < v.length() && s.length() >= 12)
                add(Set.of("sentence " + n), s, true, true);
        }
    }

    private void ip(String v) {
        weakHashed("as written", v);
        long n = 0;
        for (String o : v.split("\\.")) n = n << 8 | Integer.parseInt(o);
        weak("as a number", Long.toString(n));
        // WifiInfo.getIpAddress()
        weak("as a number, little-endian", Integer.toString(Integer.reverseBytes((int) n)));
        weak("as a number, little-endian", Integer.toUnsignedString(Integer.reverseBytes((int) n)));
        weak("in hex", String.format("%08x", n));
    }

    /** 3GPP TS 23.038 6.1.2.1.1 by bits: the first septet in the lowest bits. */
    private static byte[] gsm7(String ascii) {
        StringBuilder bits = new StringBuilder();
        for (char c : ascii.toCharArray())
            bits.insert(0, String.format("%7s", Integer.toBinaryString(c)).replace(' ', '0'));
        byte[] b = new byte[bits.length() / 8];
        for (int i = 0; i < b.length; i++) {
            int end = bits.length() - 8 * i;
            b[i] = (byte) Integer.parseInt(bits.substring(end - 8, end), 2);
        }
        return b;
    }

    // ------------------------------------------------------------------------------------ adding

    void hashed(String form, String text) {
        add(Set.of(form), text, true, true);
    }

    void plain(String form, String text) {
        add(Set.of(form), text, true, false);
    }

    void weak(String form, String text) {
        add(Set.of(form), text, false, false);
    }

    void weakHashed(String form, String text) {
        add(Set.of(form), text, false, true);
    }

    /** Its letters in another case than the one that is searched for. */
    void onlyHashed(String form, String text) {
        all.add(written(Set.of(form), text.getBytes(UTF_8), true, false, true, true));
    }

    void add(Set<String> forms, String text, boolean strong, boolean hash) {
        all.add(written(forms, text.getBytes(UTF_8), true, true, strong, hash));
    }

    void raw(String form, byte[] bytes) {
        all.add(written(Set.of(form), bytes, false, true, true, true));
    }

    private Written written(
            Set<String> forms,
            byte[] bytes,
            boolean text,
            boolean searched,
            boolean strong,
            boolean hash) {
        return new Written(id, forms, bytes, text, searched, strong, hash, KEYS.get(kind));
    }
}
