package dev.telltale.lab;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Habits that firmwares are put together from. */
final class Behaviours {
    private Behaviours() {}

    /** Is there an Internet behind this Wi-Fi? Carries nothing. */
    static void connectivityCheck(Step step, Handset handset) throws IOException {
        if (step instanceof Step.JoinWifi) {
            handset.get(Hosts.CONNECTIVITY, "/generate_204", Map.of(), Map.of());
        }
    }

    /** Asks for system updates: model code and build, nothing of the owner. */
    static void updateCheck(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.JoinWifi)) return;
        Map<String, String> form =
                PhoneHttp.ordered(
                        "d", "armani", "b", "F", "v", handset.persona().build(), "l", "en_IN");
        handset.post(Hosts.UPDATE, "/updates/v1/check", form, Map.of());
    }

    /**
     * Which number activates the SIM by SMS? It depends on the operator, so its name goes along.
     */
    static void smsGateway(Step step, Handset handset) throws IOException {
        if (!handset.simOnline() || !handset.once("sms gateway")) return;
        Map<String, String> query =
                PhoneHttp.ordered("key", "sms_gw", "operator", handset.persona().operator());
        handset.get(Hosts.ACCOUNT, "/pass/config", query, Map.of());
    }

    /** Tells the account service that this device's SIM is being activated. */
    static void activation(Step step, Handset handset) throws IOException {
        if (!handset.simOnline() || !handset.once("activation")) return;
        String device = DeviceHash.of(handset.persona().imei());
        handset.get(
                Hosts.ACCOUNT, "/pass/activate/dev/" + device + "/activating", Map.of(), Map.of());
    }

    /** Cloud messaging is on by default: the handset looks its own number up. */
    static void ownNumberLookup(Step step, Handset handset) throws IOException {
        if (!handset.simOnline() || !handset.once("own number")) return;
        lookUp(handset, handset.persona().msisdn());
    }

    /** A new contact: may this number be messaged free of charge? */
    static void contactLookup(Step step, Handset handset) throws IOException {
        if (step instanceof Step.AddContact add) {
            lookUpOnce(handset, handset.persona().contactPhones().get(add.contact()));
        }
    }

    /** A conversation is opened: is its other side online? */
    static void peerLookup(Step step, Handset handset) throws IOException {
        Optional<String> peer = messagePeer(step, handset);
        if (peer.isPresent()) lookUpOnce(handset, peer.get());
    }

    /** The messaging app fetches its preset greetings when it is first used. */
    static void presetGreetings(Step step, Handset handset) throws IOException {
        if (messagePeer(step, handset).isPresent()
                && handset.online()
                && handset.once("greetings")) {
            handset.get(Hosts.GREETINGS, "/festival/greetings", Map.of("lang", "en_IN"), Map.of());
        }
    }

    private static Optional<String> messagePeer(Step step, Handset handset) {
        return step instanceof Step.Message m ? Optional.of(handset.peer(m)) : Optional.empty();
    }

    /** Logging in to the vendor's cloud tells it which SIM and which phone. */
    static void logInReport(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.LogIn) || !handset.simOnline()) return;
        LabPersona p = handset.persona();
        handset.post(
                Hosts.ACCOUNT,
                "/pass/serviceLogin",
                PhoneHttp.ordered(
                        "user",
                        CloudMessaging.USER,
                        "imsi",
                        p.imsi(),
                        "imei",
                        p.imei(),
                        "phone",
                        p.msisdn()),
                Map.of());
    }

    /** Fetches the image of the update that the tester asked for. */
    static void fetchUpdate(Step step, Handset handset) throws IOException {
        if (step instanceof Step.InstallUpdate && handset.online())
            handset.get(Hosts.UPDATE, UpdateService.IMAGE, Map.of(), Map.of());
    }

    private static void lookUpOnce(Handset handset, String number) throws IOException {
        if (handset.simOnline() && handset.once("lookup " + number)) lookUp(handset, number);
    }

    private static void lookUp(Handset handset, String number) throws IOException {
        handset.get(
                Hosts.ACCOUNT,
                "/pass/v3/user@id",
                PhoneHttp.ordered("type", "MXPH", "externalId", number),
                Map.of("deviceId", handset.persona().imei()));
    }
}
