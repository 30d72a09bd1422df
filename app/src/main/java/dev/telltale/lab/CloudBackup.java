package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Cloud backup, opt-in: contacts, SMS, call log, Wi-Fi and the phone's place, as gzipped JSON. */
final class CloudBackup {
    private CloudBackup() {}

    static void decide(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.Decision d) || !d.service().equals(Consents.BACKUP)) return;
        if (!(step instanceof Step.OptIn) && !(step instanceof Step.OptOut)) return;
        String state = step instanceof Step.OptIn ? "on" : "off";
        handset.send(
                PhoneHttp.Call.form(
                                "https",
                                Hosts.ACCOUNT,
                                "/pass/consent",
                                PhoneHttp.ordered("service", Consents.BACKUP, "state", state))
                        .cookies(CloudMessaging.session(handset)));
    }

    /** When it is switched on, and whenever the phone is left alone after that. */
    static void upload(Step step, Handset handset) throws IOException {
        boolean now =
                step instanceof Step.LeaveIdle
                        || step instanceof Step.OptIn in && in.service().equals(Consents.BACKUP);
        if (!now || !handset.online() || !handset.agreed(Consents.BACKUP)) return;
        for (Map.Entry<String, String> e : content(handset).entrySet()) {
            handset.send(
                    PhoneHttp.Call.post(
                                    "https",
                                    Hosts.BACKUP,
                                    "/mic/" + e.getKey(),
                                    "application/json",
                                    Codecs.gzip(e.getValue().getBytes(UTF_8)))
                            .header("Content-Encoding", "gzip")
                            .cookies(CloudMessaging.session(handset)));
        }
    }

    private static Map<String, String> content(Handset handset) {
        LabPersona p = handset.persona();
        Map<String, String> content = new LinkedHashMap<>();
        content.put(
                "contacts",
                handset.contactPhones().stream()
                        .map(phone -> Codecs.json("phone", phone))
                        .collect(Collectors.joining(",", "[", "]")));
        content.put(
                "sms",
                p.sms().stream()
                        .map(s -> Codecs.json("peer", s.peer(), "text", s.text()))
                        .collect(Collectors.joining(",", "[", "]")));
        content.put(
                "calllog",
                p.callPeers().stream()
                        .map(peer -> Codecs.json("peer", peer))
                        .collect(Collectors.joining(",", "[", "]")));
        content.put("wlan", Codecs.json("ssid", p.ssid(), "bssid", p.bssid()));
        content.put(
                "finddevice",
                "{\"imei\":"
                        + Codecs.quoted(p.imei())
                        + ",\"lat\":"
                        + p.latitude()
                        + ",\"lon\":"
                        + p.longitude()
                        + "}");
        return content;
    }
}
