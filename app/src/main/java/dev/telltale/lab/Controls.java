package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.telltale.model.Run;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Canaries: values that the tester's own page on the phone sends, by every protocol and in every
 * disguise that the lab speaks. An audit that sees them has shown that it looked there.
 */
final class Controls {
    /** What carries a canary. */
    private enum Carrier {
        HTTP("http", "http", Tls.Version.TLS_1_2, "http/1.1"),
        TLS_1_2("tls12", "https", Tls.Version.TLS_1_2, "http/1.1"),
        TLS_1_3("tls13", "https", Tls.Version.TLS_1_3, "http/1.1"),
        HTTP_2("http2", "https", Tls.Version.TLS_1_3, "h2");

        private final String word;
        private final String scheme;
        private final PhoneHttp.Wish wish;

        Carrier(String word, String scheme, Tls.Version version, String protocol) {
            this.word = word;
            this.scheme = scheme;
            this.wish = new PhoneHttp.Wish(version, List.of(protocol), true);
        }
    }

    /** How a canary is dressed. */
    private enum Disguise {
        PLAIN,
        BASE64,
        HEX,
        GZIP,
        SHA256
    }

    private record Canary(String name, String value) {}

    /** No vowels, so that no word comes about by chance. */
    private static final String LETTERS = "bcdfghjkmnpqrstvwxz23456789";

    private static final int LENGTH = 20;

    private final List<Canary> canaries = new ArrayList<>();
    private boolean sent;

    Controls(long seed) {
        SecureRandom random = new SeededRandom(seed);
        for (Carrier c : Carrier.values())
            for (Disguise d : Disguise.values())
                canaries.add(new Canary(name(c, d), value(random)));
        canaries.add(new Canary("dns-plain", value(random)));
    }

    private static String name(Carrier c, Disguise d) {
        return c.word + "-" + d.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String value(SecureRandom random) {
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < LENGTH; i++)
            value.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return value.toString();
    }

    /** Sends every canary once more. */
    void send(Handset handset) throws IOException {
        int i = 0;
        for (Carrier c : Carrier.values())
            for (Disguise d : Disguise.values()) send(handset, c, d, canaries.get(i++).value());
        handset.uplink().lookUp(canaries.get(i).value() + "." + Hosts.CONTROLS);
        sent = true;
    }

    private static void send(Handset handset, Carrier c, Disguise d, String value)
            throws IOException {
        String path = "/" + name(c, d);
        PhoneHttp.Call call =
                switch (d) {
                    case PLAIN -> get(c, path, value);
                    case BASE64 -> get(c, path, Codecs.base64(value));
                    case HEX -> get(c, path, Codecs.hex(value.getBytes(US_ASCII)));
                    case GZIP ->
                            PhoneHttp.Call.post(
                                            c.scheme,
                                            Hosts.CONTROLS,
                                            path,
                                            "text/plain",
                                            Codecs.gzip(("c=" + value).getBytes(US_ASCII)))
                                    .header("Content-Encoding", "gzip");
                    case SHA256 -> get(c, path, Codecs.hex(Codecs.digest("SHA-256", value)));
                };
        // The page names itself, so that nothing of the phone's goes along.
        handset.send(call.header("User-Agent", "telltale-controls").over(c.wish));
    }

    private static PhoneHttp.Call get(Carrier c, String path, String value) {
        return PhoneHttp.Call.get(c.scheme, Hosts.CONTROLS, path, Map.of("c", value));
    }

    /** Those that were sent, for the run. */
    List<Run.Control> list() {
        if (!sent) return List.of();
        return canaries.stream().map(c -> new Run.Control(c.name(), c.value(), "device")).toList();
    }
}
