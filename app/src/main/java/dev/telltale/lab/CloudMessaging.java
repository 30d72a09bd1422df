package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.Map;

/** Cloud messaging as an app of the user's choice: everything by HTTPS, what it tells in base64. */
final class CloudMessaging {
    /** An account of nobody's; its number is no identifier of the persona. */
    static final String USER = "1000042";

    private CloudMessaging() {}

    static void logIn(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.LogIn) || !handset.online()) return;
        // Whoever is second is another user.
        String user = USER + handset.persona().localIp().bits() % 16;
        PhoneHttp.Answer answer =
                handset.send(
                        form(
                                "/pass/serviceLogin",
                                PhoneHttp.ordered(
                                        "user",
                                        user,
                                        "hash",
                                        Codecs.hex(Codecs.digest("MD5", "lab password " + user)))));
        handset.logIn(json(answer).path("serviceToken").asString(""));
    }

    /** Tells the servers what the user decided, so that they hold to it. */
    static void decide(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.Decision d) || !d.service().equals(Consents.MESSAGING)) return;
        if (step instanceof Step.OptIn) decide(handset, true);
        if (step instanceof Step.OptOut) decide(handset, false);
    }

    static void decide(Handset handset, boolean on) throws IOException {
        handset.send(
                form(
                                "/pass/consent",
                                PhoneHttp.ordered(
                                        "service", Consents.MESSAGING, "state", on ? "on" : "off"))
                        .cookies(session(handset)));
    }

    /** Once opted in: which phone, which SIM, which number. */
    static void activate(Step step, Handset handset) throws IOException {
        if (step instanceof Step.OptIn in && in.service().equals(Consents.MESSAGING))
            activate(handset);
    }

    static void activate(Handset handset) throws IOException {
        LabPersona p = handset.persona();
        handset.send(
                PhoneHttp.Call.get(
                                "https",
                                Hosts.ACCOUNT,
                                "/pass/activate/dev/" + DeviceHash.of(p.imei()) + "/activating",
                                Map.of("imsi", DeviceHash.of(p.imsi())))
                        .cookies(session(handset)));
        String told = Codecs.json("imei", p.imei(), "imsi", p.imsi(), "phone", p.msisdn());
        handset.send(
                form("/pass/activate/report", Map.of("data", Codecs.base64(told)))
                        .cookies(session(handset)));
    }

    /** A new contact: may this number be messaged free of charge? */
    static void contactLookup(Step step, Handset handset) throws IOException {
        if (step instanceof Step.AddContact add && on(handset))
            lookUp(handset, handset.persona().contactPhones().get(add.contact()));
    }

    private static void lookUp(Handset handset, String number) throws IOException {
        handset.send(
                PhoneHttp.Call.get(
                                "https",
                                Hosts.ACCOUNT,
                                "/pass/v3/user@id",
                                PhoneHttp.ordered("type", "MXPH", "externalId", number))
                        .cookies(session(handset)));
    }

    /** By the cloud where both sides opted in, else by SMS. */
    static void send(Step step, Handset handset) throws IOException {
        if (step instanceof Step.SendSms s && on(handset)) send(handset, s);
    }

    static void send(Handset handset, Step.SendSms s) throws IOException {
        String message =
                Codecs.json(
                        "to", handset.peer(s), "text", handset.persona().sms().get(s.sms()).text());
        PhoneHttp.Answer answer =
                handset.send(
                        PhoneHttp.Call.form(
                                        "https",
                                        Hosts.MESSAGING,
                                        "/v1/messages",
                                        Map.of("data", Codecs.base64(message)))
                                .cookies(session(handset)));
        if (answer.status() == 200 && json(answer).path("routed").asBoolean(false))
            handset.sentOtherwise();
    }

    /** What waits at the servers. */
    static void fetch(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.ReceiveSms) || !on(handset)) return;
        PhoneHttp.Answer answer =
                handset.send(
                        PhoneHttp.Call.get("https", Hosts.MESSAGING, "/v1/messages", Map.of())
                                .cookies(session(handset)));
        for (JsonNode m : json(answer).path("messages")) {
            JsonNode message = new JsonMapper().readTree(Codecs.unBase64(m.asString("")));
            handset.received(
                    new Cloud.Message(
                            message.path("from").asString(""),
                            handset.persona().msisdn(),
                            message.path("text").asString("")));
        }
    }

    private static boolean on(Handset handset) {
        return handset.online() && handset.agreed(Consents.MESSAGING);
    }

    private static PhoneHttp.Call form(String path, Map<String, String> form) {
        return PhoneHttp.Call.form("https", Hosts.ACCOUNT, path, form);
    }

    static Map<String, String> session(Handset handset) {
        return handset.token().isEmpty() ? Map.of() : Map.of("serviceToken", handset.token());
    }

    private static JsonNode json(PhoneHttp.Answer answer) throws IOException {
        if (answer.status() != 200) throw new IOException("The cloud says " + answer.status());
        return new JsonMapper().readTree(new String(answer.body(), UTF_8));
    }
}
