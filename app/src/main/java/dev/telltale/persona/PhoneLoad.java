package dev.telltale.persona;

import dev.telltale.model.Identifier;
import dev.telltale.model.Persona;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What has to be put onto a phone so that it knows what a persona says: contacts and messages. */
public final class PhoneLoad {
    private PhoneLoad() {}

    public enum Version {
        /** RFC 6350. */
        V4,
        /** vCard 2.1, which old phones import. */
        V2_1
    }

    private record Contact(String name, String phone, String email) {}

    private record Message(String peer, boolean received, String text) {}

    /** All contacts as vCards, one after the other. */
    public static String vcards(Persona persona, Version version) {
        StringBuilder out = new StringBuilder();
        for (Contact c : contacts(persona)) {
            String name = c.name.isEmpty() ? c.phone : c.name;
            int space = name.lastIndexOf(' ');
            String family = space < 0 ? name : name.substring(space + 1);
            String given = space < 0 ? "" : name.substring(0, space);
            line(out, "BEGIN:VCARD");
            switch (version) {
                case V4 -> {
                    line(out, "VERSION:4.0");
                    line(out, "FN:" + escaped(name));
                    line(out, "N:" + escaped(family) + ";" + escaped(given) + ";;;");
                    if (!c.phone.isEmpty())
                        line(out, "TEL;TYPE=cell;VALUE=uri:tel:" + tel(c.phone));
                    if (!c.email.isEmpty()) line(out, "EMAIL:" + escaped(c.email));
                }
                case V2_1 -> {
                    line(out, "VERSION:2.1");
                    line(out, quotedPrintable("N", family + ";" + given + ";;;"));
                    line(out, quotedPrintable("FN", name));
                    if (!c.phone.isEmpty()) line(out, "TEL;CELL:" + tel(c.phone));
                    if (!c.email.isEmpty()) line(out, quotedPrintable("EMAIL;INTERNET", c.email));
                }
            }
            line(out, "END:VCARD");
        }
        return out.toString();
    }

    /**
     * A shell script for adb that puts messages and calls onto a phone. An emulator receives
     * messages as if they came by radio; a phone gets them written into its store, which takes a
     * build that lets its shell do so.
     *
     * @param yaml the file the persona was read from
     */
    public static String script(Persona persona, String yaml) {
        List<Boolean> received = received(yaml);
        StringBuilder out = new StringBuilder();
        out.append(
                """
                #!/bin/sh
                # Puts the persona's messages and calls onto the phone that adb is connected to.
                # An emulator receives the messages; on a phone they are written into its store,
                # for which its shell needs the right (root, or a userdebug build).
                set -eu
                serial=$(adb get-serialno)
                now=$(($(date +%s) * 1000))
                quote() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\\\\\''/g")"; }
                insert() { uri=$1; shift; args=; for a in "$@"; do args="$args --bind $(quote "$a")"; done
                  adb shell "content insert --uri $uri$args"; }
                received() {
                  case $serial in
                  emulator-*) adb emu sms send "$1" "$2" ;;
                  *) insert content://sms/inbox "address:s:$1" "body:s:$2" "date:l:$now" read:i:1 type:i:1 ;;
                  esac
                }
                sent() { insert content://sms/sent "address:s:$1" "body:s:$2" "date:l:$now" read:i:1 type:i:2; }
                called() { insert content://call_log/calls "number:s:$1" "date:l:$now" duration:i:60 type:i:2; }
                """);
        for (Message m : messages(persona, received))
            out.append(m.received ? "received " : "sent ")
                    .append(shell(m.peer))
                    .append(' ')
                    .append(shell(m.text))
                    .append('\n');
        for (Persona.Entry e : persona.entries())
            if (e.identifier().kind().equals("call_peer"))
                out.append("called ").append(shell(e.value())).append('\n');
        return out.toString();
    }

    // --- the persona's members, put together again ---

    private static List<Contact> contacts(Persona persona) {
        List<Contact> out = new ArrayList<>();
        members(persona, "contacts")
                .values()
                .forEach(m ->
                        out.add(
                                new Contact(
                                        m.getOrDefault("contact_name", ""),
                                        m.getOrDefault("contact_phone", ""),
                                        m.getOrDefault("contact_email", ""))));
        return out;
    }

    private static List<Message> messages(Persona persona, List<Boolean> received) {
        List<Message> out = new ArrayList<>();
        members(persona, "sms")
                .values()
                .forEach(m ->
                        out.add(
                                new Message(
                                        m.getOrDefault("sms_peer", ""),
                                        out.size() >= received.size() || received.get(out.size()),
                                        m.getOrDefault("sms_text", ""))));
        return out;
    }

    /**
     * Which way each message went: of no account for an audit, so a persona read by core lacks it.
     */
    private static List<Boolean> received(String yaml) {
        List<Boolean> out = new ArrayList<>();
        for (JsonNode sms : new YAMLMapper().readTree(yaml).path("identifiers").path("sms"))
            out.add(!sms.path("direction").asString("received").equals("sent"));
        return out;
    }

    /** Kind to value, by member: {@code contacts[0]}. */
    private static Map<String, Map<String, String>> members(Persona persona, String collection) {
        Map<String, Map<String, String>> out = new LinkedHashMap<>();
        for (Persona.Entry e : persona.entries()) {
            Identifier i = e.identifier();
            if (!i.id().startsWith(collection + "[")) continue;
            String member = i.id().substring(0, i.id().indexOf(']') + 1);
            out.computeIfAbsent(member, k -> new LinkedHashMap<>()).put(i.kind(), e.value());
        }
        return out;
    }

    // --- text in its wrappings ---

    private static void line(StringBuilder out, String s) {
        // RFC 6350 section 3.2: at most 75 octets, continued behind a space; never within a
        // character.
        int octets = 0;
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            int width = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (octets + width > 75 && !s.contains("QUOTED-PRINTABLE")) {
                out.append("\r\n ");
                octets = 1;
            }
            out.appendCodePoint(c);
            octets += width;
            i += Character.charCount(c);
        }
        out.append("\r\n");
    }

    /** RFC 6350 section 3.4. */
    private static String escaped(String s) {
        return s.replace("\\", "\\\\")
                .replace("\r", "")
                .replace("\n", "\\n")
                .replace(",", "\\,")
                .replace(";", "\\;");
    }

    private static String tel(String phone) {
        return phone.replaceAll("[^+0-9*#]", "");
    }

    /** vCard 2.1 knows ASCII only; everything else goes as quoted-printable (RFC 2045). */
    private static String quotedPrintable(String property, String value) {
        boolean plain = value.chars().allMatch(c -> c >= ' ' && c < 127 && c != '=' && c != '\\');
        if (plain) return property + ":" + value;
        StringBuilder s = new StringBuilder(property + ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:");
        for (byte b : value.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            boolean safe = b > ' ' && b < 127 && b != '=' || b == ' ';
            if (safe) s.append((char) b);
            else s.append(String.format(java.util.Locale.ROOT, "=%02X", b & 0xff));
        }
        return s.toString();
    }

    private static String shell(String s) {
        return "'" + s.replace("'", "'\\''") + "'";
    }
}
