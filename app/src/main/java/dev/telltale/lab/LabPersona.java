package dev.telltale.lab;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the simulated handset knows, out of a persona file. Read here and not by core: the handset
 * must send what the file says, not what core makes of it.
 *
 * @param yaml the file, byte for byte, to lay beside the recording
 */
record LabPersona(
        String yaml,
        String name,
        String region,
        String imei,
        String imsi,
        String msisdn,
        String operator,
        String androidId,
        String wifiMac,
        String ssid,
        String bssid,
        Ip4 localIp,
        String model,
        String build,
        String latitude,
        String longitude,
        List<String> contactPhones,
        List<Sms> sms,
        List<String> callPeers) {

    record Sms(String peer, String direction, String text) {}

    /** The persona of the published test's re-enactment. */
    static LabPersona redmi() {
        return shipped("redmi-lab-1");
    }

    /** One of those that come with the product, by its name. */
    static LabPersona shipped(String persona) {
        String name = "personas/" + persona + ".yaml";
        try (InputStream in = LabPersona.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("No such resource: " + name);
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LabPersona of(String yaml) {
        JsonNode root = new YAMLMapper().readTree(yaml);
        JsonNode known = root.path("identifiers");
        List<String> contacts = new ArrayList<>();
        for (JsonNode c : known.path("contacts")) contacts.add(text(c, "phone"));
        List<Sms> sms = new ArrayList<>();
        for (JsonNode s : known.path("sms")) {
            sms.add(new Sms(text(s, "peer"), text(s, "direction"), text(s, "text")));
        }
        List<String> calls = new ArrayList<>();
        for (JsonNode c : known.path("calls")) calls.add(text(c, "peer"));
        return new LabPersona(
                yaml,
                text(root, "persona"),
                text(root, "region"),
                text(known, "imei"),
                text(known, "imsi"),
                text(known, "msisdn"),
                text(known, "operator"),
                text(known, "android_id"),
                text(known, "wifi_mac"),
                text(known, "ssid"),
                text(known, "bssid"),
                Ip4.of(text(known, "local_ip")),
                text(known, "model"),
                text(known, "build"),
                known.path("location").path("lat").asString(""),
                known.path("location").path("lon").asString(""),
                List.copyOf(contacts),
                List.copyOf(sms),
                List.copyOf(calls));
    }

    private static String text(JsonNode of, String key) {
        JsonNode value = of.path(key);
        // A number would have lost its leading zeros or its plus sign by now.
        if (!value.isString()) {
            throw new IllegalArgumentException("The lab's persona needs \"" + key + "\" as text.");
        }
        return value.stringValue();
    }
}
