package dev.telltale.lab;

/** The names the lab's handset asks for. They lead to loopback, never to their owners. */
final class Hosts {
    static final String ACCOUNT = "api.account.xiaomi.com";
    static final String UPDATE = "update.miui.com";
    static final String CONNECTIVITY = "connect.rom.miui.com";
    static final String GREETINGS = "api.comm.miui.com";

    private Hosts() {}
}
