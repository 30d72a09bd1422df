package dev.telltale.lab;

import dev.telltale.tap.KeyLog;

import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A simulated phone: what it knows, what has been done with it, and a firmware that acts on that.
 * Calls and messages of the operator's network happen without a packet, for they do not go by
 * Wi-Fi.
 */
final class Handset {
    /** Idle connections are closed this long after the last answer. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final LabPersona persona;
    private final LabClock clock;
    private final Surroundings around;
    private final PhoneHttp http;
    private final Set<String> done = new HashSet<>();
    private final Set<String> agreed = new HashSet<>();
    private final Set<Integer> contacts = new HashSet<>();
    private final List<Cloud.Message> inbox = new ArrayList<>();
    private Firmware firmware;
    private boolean sim;
    private boolean wifi;
    private boolean sent;
    private String token = "";

    /**
     * What a handset stands in.
     *
     * @param trusted the one authority whose certificates it accepts
     * @param keys where its TLS secrets are noted, as a recorder in between would note them
     * @param random for what its software makes up
     */
    record Surroundings(
            Uplink uplink,
            Operator operator,
            X509Certificate trusted,
            KeyLog keys,
            Consents consents,
            Controls controls,
            SecureRandom random) {}

    Handset(LabPersona persona, Firmware firmware, LabClock clock, Surroundings around) {
        this.persona = persona;
        this.firmware = firmware;
        this.clock = clock;
        this.around = around;
        this.http =
                new PhoneHttp(
                        around.uplink(),
                        persona.model() + "; MIUI/" + persona.build(),
                        this::trust);
    }

    private Tls.Trust trust(PhoneHttp.Call call) {
        PhoneHttp.Wish wish =
                call.wish().orElse(new PhoneHttp.Wish(firmware.tls(), List.of("http/1.1"), true));
        return new Tls.Trust(
                around.trusted(),
                clock.now(),
                wish.keysNoted() ? Optional.of(around.keys()) : Optional.empty(),
                wish.version(),
                wish.protocols());
    }

    /** Does what the tester asks, then lets the firmware do what it does by itself. */
    void perform(Step step) throws IOException {
        sent = false;
        switch (step) {
            case Step.InsertSim _ -> sim = true;
            case Step.JoinWifi _ -> wifi = true;
            case Step.AddContact add -> contacts.add(add.contact());
            case Step.OptIn in -> {
                agreed.add(in.service());
                around.consents().given(in.service(), clock.now());
            }
            case Step.OptOut out -> {
                agreed.remove(out.service());
                around.consents().withdrawn(out.service(), clock.now());
            }
            case Step.FactoryReset _ -> wipe();
            case Step.SendControls _ -> {
                if (wifi) around.controls().send(this);
            }
            case Step.AllowLocation _,
                    Step.SendSms _,
                    Step.ReceiveSms _,
                    Step.SendMms _,
                    Step.ReceiveMms _,
                    Step.MakeCall _,
                    Step.ReceiveCall _,
                    Step.LogIn _,
                    Step.ReadConsentScreen _,
                    Step.InstallUpdate _,
                    Step.LeaveIdle _ -> {}
        }
        for (Firmware.Behaviour behaviour : firmware.behaviours()) behaviour.after(step, this);
        // What the firmware did not send by itself goes the old way.
        if (step instanceof Step.SendSms s && !sent)
            sendSms(peer(s), persona.sms().get(s.sms()).text());
        if (http.hasIdle()) {
            clock.advance(KEEP_ALIVE);
            http.closeIdle();
        }
        if (step instanceof Step.InstallUpdate update)
            firmware = Firmwares.named(update.firmware()).orElseThrow();
    }

    /** Everything but the SIM is as it was out of the box. */
    private void wipe() {
        wifi = false;
        token = "";
        done.clear();
        agreed.clear();
        contacts.clear();
        inbox.clear();
        around.consents().allWithdrawn(clock.now());
    }

    LabPersona persona() {
        return persona;
    }

    boolean online() {
        return wifi;
    }

    /** There is a SIM to speak of and a network to do it over. */
    boolean simOnline() {
        return sim && wifi;
    }

    /** True the first time {@code what} is asked for on this handset. */
    boolean once(String what) {
        return done.add(what);
    }

    /** The tester switched that service on. */
    boolean agreed(String service) {
        return agreed.contains(service);
    }

    /** Numbers in the phone book. */
    List<String> contactPhones() {
        return contacts.stream().sorted().map(i -> persona.contactPhones().get(i)).toList();
    }

    String peer(Step.Message message) {
        return persona.sms().get(message.sms()).peer();
    }

    /** Stands for the logged-in user; empty before. */
    String token() {
        return token;
    }

    void logIn(String newToken) {
        token = newToken;
    }

    /** The message under way needs no SMS any more. */
    void sentOtherwise() {
        sent = true;
    }

    void received(Cloud.Message message) {
        inbox.add(message);
    }

    /** Messages that came by the cloud. */
    List<Cloud.Message> inbox() {
        return List.copyOf(inbox);
    }

    void sendSms(String to, String text) {
        around.operator().carry(clock.now(), persona.msisdn(), to, text);
    }

    SecureRandom random() {
        return around.random();
    }

    Uplink uplink() {
        return around.uplink();
    }

    PhoneHttp.Answer get(
            String host, String path, Map<String, String> query, Map<String, String> cookies)
            throws IOException {
        return send(PhoneHttp.Call.get("http", host, path, query).cookies(cookies));
    }

    PhoneHttp.Answer post(
            String host, String path, Map<String, String> form, Map<String, String> cookies)
            throws IOException {
        return send(PhoneHttp.Call.form("http", host, path, form).cookies(cookies));
    }

    PhoneHttp.Answer send(PhoneHttp.Call call) throws IOException {
        String moved = firmware.moved().get(call.host());
        return http.send(moved == null ? call : call.to(moved));
    }
}
