package dev.telltale.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
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
    private final Firmware firmware;
    private final LabClock clock;
    private final PhoneHttp http;
    private final Set<String> done = new HashSet<>();
    private boolean sim;
    private boolean wifi;

    Handset(LabPersona persona, Firmware firmware, LabClock clock, Uplink uplink) {
        this.persona = persona;
        this.firmware = firmware;
        this.clock = clock;
        this.http = new PhoneHttp(uplink, persona.model() + "; MIUI/" + persona.build());
    }

    /** Does what the tester asks, then lets the firmware do what it does by itself. */
    void perform(Step step) throws IOException {
        switch (step) {
            case Step.InsertSim _ -> sim = true;
            case Step.JoinWifi _ -> wifi = true;
            case Step.AllowLocation _,
                    Step.AddContact _,
                    Step.SendSms _,
                    Step.ReceiveSms _,
                    Step.SendMms _,
                    Step.ReceiveMms _,
                    Step.MakeCall _,
                    Step.ReceiveCall _ -> {}
        }
        for (Firmware.Behaviour behaviour : firmware.behaviours()) behaviour.after(step, this);
        if (http.hasIdle()) {
            clock.advance(KEEP_ALIVE);
            http.closeIdle();
        }
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

    PhoneHttp.Answer get(
            String host, String path, Map<String, String> query, Map<String, String> cookies)
            throws IOException {
        return http.get(host, path, query, cookies);
    }

    PhoneHttp.Answer post(
            String host, String path, Map<String, String> form, Map<String, String> cookies)
            throws IOException {
        return http.post(host, path, form, cookies);
    }
}
