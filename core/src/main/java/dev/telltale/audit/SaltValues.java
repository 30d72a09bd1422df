package dev.telltale.audit;

import dev.telltale.identify.SaltedDigests.Salt;
import dev.telltale.model.Exchange;
import dev.telltale.model.PartKind;
import dev.telltale.model.Persona;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The short values of an exchange and its session: what may have been a digest's salt. */
final class SaltValues extends Unheard {
    private static final int LONGEST = 64;

    /** A user agent is longer, and sometimes a salt. */
    private static final int LONGEST_HEADER = 256;

    private static final int MOST_TELLING = 16;
    private static final int MOST_OTHER = 24;
    private static final int MOST_HEADERS = 8;

    /** What a salt's name has in it. */
    private static final List<String> TELLING =
            List.of(
                    "salt",
                    "nonce",
                    "rand",
                    "rnd",
                    "time",
                    "stamp",
                    "token",
                    "sign",
                    "secret",
                    "seed",
                    "pepper",
                    "challenge",
                    "session",
                    "appid",
                    "app_id",
                    "appkey",
                    "app_key",
                    "api_key",
                    "apikey",
                    "package",
                    "seq");

    /** What it is as a whole. */
    private static final Set<String> TELLING_WHOLE =
            Set.of(
                    "key", "iv", "ts", "t", "r", "s", "k", "n", "sid", "sk", "ak", "app", "pkg",
                    "uuid", "rid", "id", "date", "ver");

    private final Recorder recorder;
    private final Set<ByteBuffer> seen = new HashSet<>();
    private final List<Salt> telling = new ArrayList<>();
    private final List<Salt> others = new ArrayList<>();
    private final List<Salt> headers = new ArrayList<>();
    private String whose = "";

    SaltValues(Recorder recorder, Exchange exchange) {
        this.recorder = recorder;
        for (Persona.PayloadKey k : recorder.persona.payloadKeys())
            telling.add(new Salt("payload key " + k.name(), k.key(), true));
        if (!exchange.host().isEmpty()) always("the host", exchange.host());
        if (!exchange.app().isEmpty()) always("the app", exchange.app());
    }

    private void always(String name, String value) {
        byte[] b = value.getBytes(StandardCharsets.UTF_8);
        if (seen.add(ByteBuffer.wrap(b))) telling.add(new Salt(name, b, true));
    }

    void of(KeptMessage message, String from) {
        whose = from;
        message.tell(recorder.again(), this);
    }

    /** Those called salts first. */
    List<Salt> all() {
        List<Salt> all = new ArrayList<>(telling);
        all.addAll(others);
        all.addAll(headers);
        return List.copyOf(all);
    }

    @Override
    public boolean wantsValues() {
        return true;
    }

    @Override
    public void value(PartKind kind, String name, KeyPath keys, byte[] b, int from, int to) {
        boolean header = kind == PartKind.HEADER;
        int n = to - from;
        if (n == 0 || n > (header ? LONGEST_HEADER : LONGEST)) return;
        boolean full = others.size() >= MOST_OTHER && telling.size() >= MOST_TELLING;
        if (full && headers.size() >= MOST_HEADERS) return;
        byte[] value = Arrays.copyOfRange(b, from, to);
        List<String> path = keys.keys();
        boolean tells = tells(path.isEmpty() ? name : path.getLast());
        List<Salt> list = tells ? telling : header ? headers : others;
        int most = tells ? MOST_TELLING : header ? MOST_HEADERS : MOST_OTHER;
        if (list.size() >= most || !seen.add(ByteBuffer.wrap(value))) return;
        StringBuilder s = new StringBuilder(whose).append(kind.label());
        String n2 = header ? name.toLowerCase(Locale.ROOT) : name;
        if (!n2.isEmpty()) s.append('[').append(recorder.places.key(n2)).append(']');
        recorder.places.keys(s, path);
        list.add(new Salt(s.toString(), value, tells));
    }

    private static boolean tells(String key) {
        String k = key.toLowerCase(Locale.ROOT);
        if (TELLING_WHOLE.contains(k)) return true;
        for (String t : TELLING) if (k.contains(t)) return true;
        return false;
    }
}
