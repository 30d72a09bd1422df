package dev.telltale.identify;

import dev.telltale.identify.IdentifierKind.Example;
import dev.telltale.identify.IdentifierKind.Forms;
import dev.telltale.identify.IdentifierKind.Validator;
import dev.telltale.model.Scope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every kind of identifier a persona can hold, in the order of the persona format, which is the
 * order of audits. A kind is a row: how it is written, what is wrong with it, which keys tell it,
 * and examples that a test runs.
 */
public final class IdentifierKinds {
    /**
     * Names of networks, operators and models are chosen from short lists: no length makes them
     * rare.
     */
    private static final double OPERATOR = 14;

    private static final double MODEL = 20;
    private static final double BUILD = 40;
    private static final double LOCALE = 8;

    /** An address as an integer is a number among others, which only its key tells. */
    private static final double NUMBERED = 12;

    /** The local part of an address may be used at other hosts by other people. */
    private static final double LOCAL_PART = 24;

    private static final List<String> PHONE_KEYS =
            List.of("phone", "msisdn", "mobile", "number", "tel", "cell", "line1", "mdn");
    private static final List<String> CONTACT_KEYS =
            List.of(
                    "contact", "phone", "mobile", "number", "tel", "cell", "address", "peer",
                    "friend");
    private static final List<String> PEER_KEYS =
            List.of(
                    "sms",
                    "mms",
                    "call",
                    "msg",
                    "message",
                    "peer",
                    "sender",
                    "recipient",
                    "address",
                    "number",
                    "phone",
                    "mobile");
    private static final List<String> MAC_KEYS = List.of("mac", "hwaddr", "addr", "wlan", "wifi");
    private static final List<String> NAME_KEYS =
            List.of("name", "nick", "user", "contact", "display", "owner", "sender", "recipient");

    /** All rows, in order. */
    static final List<IdentifierKind> ALL =
            List.of(
                    personal("imei", "IMEI", Scope.DEVICE)
                            .forms(HardwareIds::imei, HardwareIds::imeiComplaint)
                            .told("imei", "meid", "deviceid", "device_id", "imsi")
                            .finds("356938035643809", "imei:356938035643809,")
                            .finds("356938035643809", "/dev/imei356938035643809/x")
                            .finds("356938035643809", "id_356938035643809-1")
                            .finds("356938035643809", "q=%3D356938035643809")
                            .finds("356938035643809", "v1.356938035643809")
                            .finds("356938035643809", "35-693803-564380-9")
                            .finds("356938035643809", "sv=3569380356438001")
                            .finds("35-693803-564380-9", "<35693803564380>")
                            .ignores("356938035643809", "935693803564380942")
                            .ignores("356938035643809", "0.356938035643809")
                            .ignores("356938035643809", "a356938035643809b")
                            .ignores("356938035643809", "e=356938035643809e5")
                            .ignores("356938035643809", "356938035643808")
                            .row(),
                    personal("imsi", "IMSI", Scope.PERSON)
                            .forms(HardwareIds::imsi, HardwareIds::imsiComplaint)
                            .told("imsi", "subscriber", "simid", "sim_id")
                            .finds("001010123456789", "{\"imsi\":\"001010123456789\"}")
                            .ignores("001010123456789", "1001010123456789")
                            .row(),
                    personal("iccid", "SIM card number (ICCID)", Scope.PERSON)
                            .forms(HardwareIds::iccid, HardwareIds::iccidComplaint)
                            .told("iccid", "simserial", "sim_serial", "sim")
                            .finds("8999100000000000004", "sim=8999100000000000004&")
                            .finds("8999100000000000004", "899910000000000000")
                            .finds("8999100000000000004", "8999100000000000004F")
                            .ignores("8999100000000000004", "89991000000000000045")
                            .row(),
                    personal("msisdn", "phone number", Scope.PERSON)
                            .forms(PhoneNumber::forms, PhoneNumber::complaint)
                            .keys(PHONE_KEYS)
                            .finds("+12025550143", "tel:+12025550143")
                            .finds("+12025550143", "n=12025550143&")
                            .finds("+12025550143", "(202) 555-0143")
                            .finds("+12025550143", "+1 202-555-0143")
                            .finds("+442079460123", "020 7946 0123")
                            .finds("+442079460123", "00442079460123")
                            .finds("+442079460123", "\"02079460123\"")
                            .ignores("+12025550143", "120255501430")
                            .ignores("+12025550143", "+12025550144")
                            .row(),
                    personal("operator", "network operator", Scope.NETWORK)
                            .forms(word(OPERATOR), IdentifierKinds::anything)
                            .told(
                                    "operator",
                                    "carrier",
                                    "telco",
                                    "network",
                                    "provider",
                                    "spn",
                                    "plmn",
                                    "isp",
                                    "sim")
                            .finds("Example Telecom", "carrier=example telecom")
                            .ignores("Example Telecom", "Example Telecommunications")
                            .row(),
                    personal("android_id", "Android ID", Scope.DEVICE)
                            .forms(HardwareIds::androidId, HardwareIds::androidIdComplaint)
                            .told(
                                    "androidid",
                                    "android_id",
                                    "deviceid",
                                    "device_id",
                                    "ssaid",
                                    "udid")
                            .finds("9774d56d682e549c", "aid=9774D56D682E549C;")
                            .finds("9774d56d682e549c", "0x9774d56d682e549c")
                            .finds("9774d56d682e549c", "10913582462901572764")
                            .finds("9774d56d682e549c", "[-7533161610807978852]")
                            .ignores("9774d56d682e549c", "9774d56d682e549c0")
                            .ignores("9774d56d682e549c", "f9774d56d682e549c")
                            .row(),
                    personal("advertising_id", "advertising ID", Scope.DEVICE)
                            .forms(HardwareIds::uuid, HardwareIds::uuidComplaint)
                            .told(
                                    "adid",
                                    "advertis",
                                    "gaid",
                                    "idfa",
                                    "aaid",
                                    "gps_adid",
                                    "ifa",
                                    "advid")
                            .finds(
                                    "38400000-8cf0-11bd-b23e-10b96e40000d",
                                    "ifa=38400000-8CF0-11BD-B23E-10B96E40000D&")
                            .finds(
                                    "38400000-8cf0-11bd-b23e-10b96e40000d",
                                    "384000008cf011bdb23e10b96e40000d")
                            .ignores(
                                    "38400000-8cf0-11bd-b23e-10b96e40000d",
                                    "384000008cf011bdb23e10b96e40000dd")
                            .row(),
                    personal("oaid", "OAID", Scope.DEVICE)
                            .forms(HardwareIds::uuid, IdentifierKinds::anything)
                            .told("oaid", "vaid", "openid", "open_id")
                            .finds("0f1e2d3c4b5a6978", "oaid=0f1e2d3c4b5a6978")
                            .finds(
                                    "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
                                    "0F1E2D3C4B5A69788796A5B4C3D2E1F0")
                            .ignores("0f1e2d3c4b5a6978", "0f1e2d3c4b5a69788")
                            .row(),
                    personal("serial", "serial number", Scope.DEVICE)
                            .forms(word(Double.MAX_VALUE), IdentifierKinds::anything)
                            .told("serial", "deviceid", "device_id")
                            .finds("X0EXAMPLE42Z", "serialno: x0example42z")
                            .ignores("X0EXAMPLE42Z", "X0EXAMPLE42ZZ")
                            .row(),
                    personal("wifi_mac", "Wi-Fi MAC address", Scope.DEVICE)
                            .forms(HardwareIds::mac, HardwareIds::macComplaint)
                            .keys(MAC_KEYS)
                            .finds("02:00:5e:10:ab:cd", "mac:02:00:5E:10:AB:CD,")
                            .finds("02:00:5e:10:ab:cd", "02-00-5e-10-ab-cd")
                            .finds("02:00:5e:10:ab:cd", "0200.5e10.abcd")
                            .finds("02:00:5e:10:ab:cd", "m=02005E10ABCD")
                            .ignores("02:00:5e:10:ab:cd", "02:00:5e:10:ab:cd:ff:fe")
                            .ignores("02:00:5e:10:ab:cd", "ff:02:00:5e:10:ab:cd")
                            .ignores("02:00:5e:10:ab:cd", "02005e10abcdef")
                            .row(),
                    personal("bluetooth_mac", "Bluetooth address", Scope.DEVICE)
                            .forms(HardwareIds::mac, HardwareIds::macComplaint)
                            .told("bluetooth", "bdaddr", "mac")
                            .finds("02:00:5e:20:ab:cd", "bt=02:00:5e:20:ab:cd")
                            .ignores("02:00:5e:20:ab:cd", "02:00:5e:20:ab:ce")
                            .row(),
                    personal("ssid", "Wi-Fi name (SSID)", Scope.NETWORK)
                            .forms(IdentifierKinds::ssid, IdentifierKinds::ssidComplaint)
                            .told("ssid", "wifi", "wlan", "network")
                            .finds("LabNet-7", "{\"ssid\":\"\\\"LabNet-7\\\"\"}")
                            .ignores("LabNet-7", "LabNet-77")
                            .row(),
                    personal("bssid", "Wi-Fi access point (BSSID)", Scope.NETWORK)
                            .forms(HardwareIds::mac, HardwareIds::macComplaint)
                            .told("bssid", "mac", "wifi", "router", "gateway")
                            .finds("02:00:5e:30:ab:cd", "bssid=02:00:5e:30:ab:cd")
                            .ignores("02:00:5e:30:ab:cd", "02:00:5e:30:ab:c")
                            .row(),
                    reported("local_ip", "local IP address", Scope.NETWORK)
                            .forms(IdentifierKinds::ip, IdentifierKinds::ipComplaint)
                            .told("ip", "addr", "host", "local", "lan")
                            .finds("192.168.143.117", "ip=192.168.143.117:80")
                            .ignores("192.168.143.117", "1.192.168.143.117")
                            .ignores("192.168.143.117", "192.168.143.117.4")
                            .ignores("192.168.143.117", "192.168.143.1170")
                            .row(),
                    reported("model", "device model", Scope.SETUP)
                            .forms(word(MODEL), IdentifierKinds::anything)
                            .told(
                                    "model",
                                    "device",
                                    "product",
                                    "phone",
                                    "hardware",
                                    "machine",
                                    "user-agent")
                            .finds(
                                    "Example One Pro",
                                    "(Linux; Android 14; Example One Pro Build/1)")
                            .ignores("Example One Pro", "Example One ProMax")
                            .row(),
                    reported("build", "firmware build", Scope.SETUP)
                            .forms(word(BUILD), IdentifierKinds::anything)
                            .told(
                                    "build",
                                    "version",
                                    "rom",
                                    "firmware",
                                    "incremental",
                                    "fingerprint",
                                    "user-agent")
                            .finds("EXAMPLE13.0.4", "Build/EXAMPLE13.0.4)")
                            .ignores("EXAMPLE13.0.4", "EXAMPLE13.0.42")
                            .row(),
                    reported("locale", "language setting", Scope.SETUP)
                            .forms(IdentifierKinds::locale, IdentifierKinds::anything)
                            .told("locale", "lang", "language")
                            .finds("zh-Hant-TW", "zh_Hant_TW")
                            .ignores("zh-Hant-TW", "zh_Hant_TWN")
                            .row(),
                    personal("device_name", "device name", Scope.DEVICE)
                            .forms((v, r) -> Words.text(v), IdentifierKinds::anything)
                            .told("device", "name", "host", "nick", "bluetooth")
                            .finds("Asha's phone", "name=asha\u2019s phone")
                            .ignores("Asha's phone", "Asha's phones")
                            .row(),
                    personal("email", "e-mail address", Scope.PERSON)
                            .forms(IdentifierKinds::email, IdentifierKinds::emailComplaint)
                            .told(
                                    "mail",
                                    "user",
                                    "login",
                                    "account",
                                    "recipient",
                                    "sender",
                                    "username")
                            .finds("asha.rao@example.org", "mailto:Asha.Rao@example.org?")
                            .finds("asha.rao@example.org", "user=asha.rao;")
                            .ignores("asha.rao@example.org", "natasha.rao@example.org")
                            .ignores("asha.rao@example.org", "my.asha.raoul@example.org.uk")
                            .row(),
                    personal("name", "name", Scope.PERSON)
                            .forms((v, r) -> Words.name(v), IdentifierKinds::anything)
                            .keys(NAME_KEYS)
                            .finds("Asha Rao", "{\"owner\":\"RAO, ASHA\"}")
                            .finds("Asha Rao", "rao asha")
                            .finds("J\u00f6rg M\u00fc\u00dfig", "J\u00d6RG M\u00dcSSIG")
                            .finds("J\u00f6rg M\u00fc\u00dfig", "jorg mussig")
                            .finds("J\u00f6rg M\u00fc\u00dfig", "Joerg Muessig")
                            .finds("Am\u00e9lie Durand", "Ame\u0301lie Durand")
                            .finds(
                                    "\u738b\u5c0f\u660e\u5148\u751f",
                                    "\u4f60\u597d\u738b\u5c0f\u660e\u5148\u751f\u3002")
                            .ignores("Asha Rao", "Natasha Rao")
                            .ignores("Asha Rao", "Asha Rao\u00e9")
                            .row(),
                    personal("account", "account", Scope.PERSON)
                            .forms(word(Double.MAX_VALUE), IdentifierKinds::anything)
                            .told("account", "user", "login", "uid", "nick", "member")
                            .finds("asharao1991", "user=AshaRao1991&")
                            .ignores("asharao1991", "asharao19911")
                            .row(),
                    personal("location", "location", Scope.LOCATION)
                            .forms(Location::forms, Location::complaint)
                            .told(
                                    "lat",
                                    "lng",
                                    "lon",
                                    "loc",
                                    "geo",
                                    "coord",
                                    "gps",
                                    "position",
                                    "place")
                            .finds("19.07598,72.87766", "ll=19.07598,72.87766&")
                            .finds("19.07598,72.87766", "[72.877660, 19.075980]")
                            .finds("19.07598,72.87766", "POINT(72.8777 19.0760)")
                            .finds("19.07598,72.87766", "19.07,72.87")
                            .finds("19.07598,72.87766", "geo:19.0759;72.8776")
                            .finds("19.07598,72.87766", "\"lng\":72.87766")
                            .ignores("19.07598,72.87766", "19.07,72.88")
                            .ignores("19.07598,72.87766", "-19.07598,72.87766")
                            .ignores("19.07598,72.87766", "19.07598,72.877661")
                            .ignores("19.07598,72.87766", "119.07,72.87")
                            .row(),
                    personal("address", "postal address", Scope.LOCATION)
                            .forms((v, r) -> Words.text(v), IdentifierKinds::anything)
                            .told("addr", "street", "home", "shipping", "billing")
                            .finds("12  Sample Lane, Exampletown", "12 sample lane, exampletown")
                            .ignores("12 Sample Lane", "112 Sample Lane")
                            .row(),
                    personal("clipboard", "clipboard content", Scope.PERSON)
                            .forms((v, r) -> Words.text(v), IdentifierKinds::anything)
                            .told("clip", "paste", "text")
                            .finds("the magic words are", "x=The magic words are squeamish")
                            .ignores("the magic words are", "the magic words area")
                            .row(),
                    personal("calendar", "calendar entry", Scope.PERSON)
                            .forms((v, r) -> Words.text(v), IdentifierKinds::anything)
                            .told("calendar", "event", "title", "summary", "appointment")
                            .finds("Dentist 4 pm", "SUMMARY:Dentist 4 pm\r\n")
                            .ignores("Dentist 4 pm", "Dentist 14 pm")
                            .row(),
                    personal("notes", "note", Scope.PERSON)
                            .forms((v, r) -> Words.text(v), IdentifierKinds::anything)
                            .told("note", "memo", "text", "content", "body")
                            .finds("door code 7731", "<p>door code 7731</p>")
                            .ignores("door code 7731", "door code 77312")
                            .row(),
                    personal("contact_name", "name of a contact", Scope.CONTACT)
                            .forms((v, r) -> Words.name(v), IdentifierKinds::anything)
                            .keys(NAME_KEYS)
                            .finds("Vikram Sen", "FN:Vikram Sen\r\n")
                            .ignores("Vikram Sen", "Vikram Sengupta")
                            .row(),
                    personal("contact_phone", "phone number of a contact", Scope.CONTACT)
                            .forms(PhoneNumber::forms, PhoneNumber::complaint)
                            .keys(CONTACT_KEYS)
                            .finds("+12025550121", "TEL:+1 (202) 555-0121")
                            .ignores("+12025550121", "512025550121")
                            .row(),
                    personal("contact_email", "e-mail address of a contact", Scope.CONTACT)
                            .forms(IdentifierKinds::email, IdentifierKinds::emailComplaint)
                            .told("mail", "contact", "recipient", "sender", "friend")
                            .finds("v.sen@example.org", "EMAIL:v.sen@example.org")
                            .ignores("v.sen@example.org", "v.sen@example.organic")
                            .row(),
                    personal("sms_peer", "number of an SMS partner", Scope.CONTACT)
                            .forms(PhoneNumber::forms, PhoneNumber::complaint)
                            .keys(PEER_KEYS)
                            .finds("+12025550122", "to=+12025550122")
                            .ignores("+12025550122", "+12025550123")
                            .row(),
                    personal("sms_text", "text of an SMS", Scope.PERSON)
                            .forms((v, r) -> Words.text(v), IdentifierKinds::anything)
                            .told("sms", "mms", "text", "body", "message", "msg", "content")
                            .finds("Meet at gate 4 at nine", "body=meet at gate 4 at nine")
                            .ignores("Meet at gate 4 at nine", "Meet at gate 4 at nineteen")
                            .row(),
                    personal("call_peer", "number of a call partner", Scope.CONTACT)
                            .forms(PhoneNumber::forms, PhoneNumber::complaint)
                            .keys(PEER_KEYS)
                            .finds("+12025550124", "call:+12025550124")
                            .ignores("+12025550124", "call:+120255501244")
                            .row(),
                    personal("app", "installed app", Scope.PERSON)
                            .forms(IdentifierKinds::app, IdentifierKinds::anything)
                            .told("app", "package", "pkg", "installed", "bundle")
                            .finds("com.example.one", "pkgs=com.example.one,com.example.two")
                            .ignores("com.example.one", "com.example.one.pro")
                            .ignores("com.example.one", "org.com.example.one")
                            .row(),
                    personal("custom", "custom identifier", Scope.DEVICE)
                            .forms(word(Double.MAX_VALUE), IdentifierKinds::anything)
                            .finds("XZexample-4b99", "anon_id=XZexample-4b99&")
                            .ignores("XZexample-4b99", "anon_id=XZexample-4b999&")
                            .row());

    private static final Map<String, IdentifierKind> BY_NAME = new HashMap<>();

    static {
        for (IdentifierKind k : ALL) BY_NAME.put(k.name(), k);
    }

    private IdentifierKinds() {}

    /** Names of all kinds, in order. */
    public static List<String> names() {
        return ALL.stream().map(IdentifierKind::name).toList();
    }

    /**
     * How a sentence names a kind: {@code phone number of a contact}; the name itself where it is
     * not known.
     */
    public static String title(String kind) {
        return named(kind).map(IdentifierKind::title).orElse(kind);
    }

    /** How a sentence names a digest: {@code SHA-1} for {@code sha1}; other words as they are. */
    public static String digestTitle(String label) {
        for (Digest d : Digest.ALL) if (d.label().equals(label)) return d.title();
        return label;
    }

    static Optional<IdentifierKind> named(String kind) {
        return Optional.ofNullable(BY_NAME.get(kind));
    }

    private static Forms word(double cap) {
        return (value, region) -> Words.word(value, Math.min(cap, Bits.word(value.strip())));
    }

    private static Optional<String> anything(String value, String region) {
        return Optional.empty();
    }

    /** Android hands SSIDs to apps in quotes (WifiInfo.getSSID), and apps hash them so. */
    private static List<NormalForm> ssid(String value, String region) {
        List<NormalForm> forms = new ArrayList<>(Words.word(value, Bits.word(value.strip())));
        forms.add(
                NormalForm.of("in quotes", '"' + value.strip() + '"', Token.WORD, Bits.word(value))
                        .onlyHashed());
        return forms;
    }

    private static Optional<String> ssidComplaint(String value, String region) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        return bytes <= 32 ? Optional.empty() : Optional.of("longer than 32 bytes");
    }

    /** Dotted IPv4. What a private range (RFC 1918) prescribes is no information. */
    private static List<NormalForm> ip(String value, String region) {
        String v = value.strip();
        if (ipComplaint(v, region).isPresent() || v.indexOf(':') >= 0)
            return Words.word(v, Bits.word(v));
        String prefix =
                v.startsWith("192.168.")
                        ? "192.168"
                        : v.startsWith("10.") ? "10" : v.startsWith("172.") ? "172" : "";
        double bits = (v.length() - prefix.length()) * Math.log(11) / Math.log(2);
        List<NormalForm> forms = new ArrayList<>();
        forms.add(NormalForm.of("as written", v, Token.IPV4, bits).andHashed());
        int number = 0;
        for (String octet : v.split("\\.")) number = number << 8 | Integer.parseInt(octet);
        // Android hands addresses to apps as integers, the first octet lowest (WifiInfo).
        int swapped = Integer.reverseBytes(number);
        for (int n : new int[] {number, swapped}) {
            String order = n == number ? "" : ", little-endian";
            double few = Math.min(NUMBERED, bits);
            forms.add(
                    NormalForm.of(
                            "as a number" + order, Integer.toUnsignedString(n), Token.NUMBER, few));
            if (n < 0)
                forms.add(
                        NormalForm.of(
                                "as a number" + order, Integer.toString(n), Token.NUMBER, few));
            forms.add(NormalForm.of("in hex" + order, String.format("%08x", n), Token.HEX, few));
        }
        return forms;
    }

    private static Optional<String> ipComplaint(String value, String region) {
        String v = value.strip();
        if (v.matches("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}"))
            return Optional.empty();
        return v.matches("[0-9a-fA-F:.]{2,45}") && v.indexOf(':') >= 0
                ? Optional.empty()
                : Optional.of("not an IP address");
    }

    private static List<NormalForm> locale(String value, String region) {
        List<NormalForm> forms = new ArrayList<>(Words.word(value, LOCALE));
        forms.add(
                NormalForm.of(
                        "with underscore", value.strip().replace('-', '_'), Token.WORD, LOCALE));
        forms.add(NormalForm.of("with dash", value.strip().replace('_', '-'), Token.WORD, LOCALE));
        return forms;
    }

    private static List<NormalForm> email(String value, String region) {
        String v = value.strip();
        int at = v.lastIndexOf('@');
        if (at < 1) return Words.word(v, Bits.word(v));
        String lower = v.toLowerCase(Locale.ROOT);
        double bits = Bits.word(lower);
        return List.of(
                NormalForm.of("whole address", lower, Token.EMAIL, bits).andHashed(),
                NormalForm.of("as written", v, Token.EMAIL, bits).onlyHashed(),
                NormalForm.of("upper case", v.toUpperCase(Locale.ROOT), Token.EMAIL, bits)
                        .onlyHashed(),
                NormalForm.of(
                        "local part",
                        lower.substring(0, at),
                        Token.WORD,
                        Math.min(LOCAL_PART, Bits.text(lower.substring(0, at)))));
    }

    private static Optional<String> emailComplaint(String value, String region) {
        return value.strip().matches("[^@\\s]{1,64}@[^@\\s.]+(\\.[^@\\s.]+)+")
                ? Optional.empty()
                : Optional.of("not an e-mail address");
    }

    private static List<NormalForm> app(String value, String region) {
        String v = value.strip();
        return List.of(NormalForm.of("package name", v, Token.PACKAGE, Bits.word(v)).andHashed());
    }

    private static Row personal(String name, String title, Scope scope) {
        return new Row(name, title, scope, true);
    }

    private static Row reported(String name, String title, Scope scope) {
        return new Row(name, title, scope, false);
    }

    /** A row being written. */
    private static final class Row {
        private final String name;
        private final String title;
        private final Scope scope;
        private final boolean personal;
        private Forms forms = word(Double.MAX_VALUE);
        private Validator validator = IdentifierKinds::anything;
        private List<String> telling = List.of();
        private final List<Example> finds = new ArrayList<>();
        private final List<Example> ignores = new ArrayList<>();

        Row(String name, String title, Scope scope, boolean personal) {
            this.name = name;
            this.title = title;
            this.scope = scope;
            this.personal = personal;
        }

        Row forms(Forms forms, Validator validator) {
            this.forms = forms;
            this.validator = validator;
            return this;
        }

        Row told(String... fragments) {
            telling = List.of(fragments);
            return this;
        }

        Row keys(List<String> fragments) {
            telling = fragments;
            return this;
        }

        Row finds(String value, String text) {
            finds.add(new Example(value, text));
            return this;
        }

        Row ignores(String value, String text) {
            ignores.add(new Example(value, text));
            return this;
        }

        IdentifierKind row() {
            return new IdentifierKind(
                    name,
                    title,
                    scope,
                    personal,
                    forms,
                    Digest.COMMON,
                    validator,
                    telling,
                    List.copyOf(finds),
                    List.copyOf(ignores));
        }
    }
}
