package dev.telltale.lab;

import java.util.LinkedHashMap;
import java.util.Map;

/** The names the lab's handset asks for. They lead to loopback, never to their owners. */
final class Hosts {
    static final String ACCOUNT = "api.account.xiaomi.com";
    static final String UPDATE = "update.miui.com";
    static final String CONNECTIVITY = "connect.rom.miui.com";
    static final String GREETINGS = "api.comm.miui.com";
    static final String MESSAGING = "api.chat.xiaomi.net";
    static final String BACKUP = "api.micloud.xiaomi.net";
    static final String TELEMETRY = "tracking.miui.com";

    /** Where the account service goes when it moves: same company, another domain. */
    static final String ACCOUNT_MOVED = "api.account.miui.com";

    /** Of an app on the phone; the name can be nobody's (RFC 6761). */
    static final String SDK = "collect.lab-sdk.example";

    /** Of the tester, for the controls. */
    static final String CONTROLS = "controls.telltale.test";

    /**
     * Where they stand: blocks kept for documentation (RFC 5737), nobody's. The first is the lab's
     * China, the second its Singapore, the third its United States.
     */
    static final Map<String, Ip4> ZONE = zone();

    private Hosts() {}

    private static Map<String, Ip4> zone() {
        Map<String, Ip4> zone = new LinkedHashMap<>();
        zone.put(ACCOUNT, Ip4.of("203.0.113.20"));
        zone.put(UPDATE, Ip4.of("198.51.100.14"));
        zone.put(CONNECTIVITY, Ip4.of("198.51.100.80"));
        zone.put(GREETINGS, Ip4.of("198.51.100.33"));
        zone.put(MESSAGING, Ip4.of("203.0.113.31"));
        zone.put(BACKUP, Ip4.of("203.0.113.42"));
        zone.put(TELEMETRY, Ip4.of("203.0.113.77"));
        zone.put(ACCOUNT_MOVED, Ip4.of("192.0.2.20"));
        zone.put(SDK, Ip4.of("192.0.2.66"));
        zone.put(CONTROLS, Ip4.of("192.0.2.99"));
        return Map.copyOf(zone);
    }
}
