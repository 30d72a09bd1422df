package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Side;

/** Tells MQTT packets by their looks, where the CONNECT before them was not seen. */
final class MqttProbe {
    private static final int TOPIC = 512;

    /** Bytes after which no more are waited for. */
    private static final int ENOUGH = 1000;

    private MqttProbe() {}

    private static boolean flagsFit(byte first) {
        int flags = first & 15;
        return switch (first >> 4 & 15) {
            case 3 -> (flags & 6) != 6;
            case 6, 8, 10 -> flags == 2;
            case 0 -> false;
            default -> flags == 0;
        };
    }

    /**
     * A PUBLISH is believed by its topic and by what comes behind it; one that is longer than is
     * looked at by its topic alone.
     *
     * @param port the flow goes to a port of MQTT, so that packets without words are believed too
     */
    static Match midway(byte[] b, int from, int length, Side side, boolean port) {
        int to = from + length;
        int first = b[from] & 0xff;
        int type = first >> 4;
        Match who = side == Side.INITIATOR ? Match.CLIENT : Match.SERVER;
        int i = from + 1;
        while (i < to && i < from + 4 && b[i] < 0) i++;
        if (i < to && b[i] < 0) return Match.NO;
        if (!flagsFit(b[from])) return Match.NO;
        if (i >= to) return Match.MORE;
        long n = 0;
        for (int k = i; k > from; k--) n = n << 7 | (b[k] & 0x7f);
        i++;
        switch (type) {
            case 3 -> {
                if (n < 2) return Match.NO;
                if (to - i < 2) return Match.MORE;
                int topic = (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
                if (topic == 0 || topic > TOPIC || topic + 2 > n) return Match.NO;
                for (int k = i + 2; k < i + 2 + topic && k < to; k++)
                    if (b[k] >= 0 && b[k] < ' ' || b[k] == 0x7f || b[k] == '#' || b[k] == '+')
                        return Match.NO;
                if (to - i >= n) {
                    int next = i + (int) n;
                    boolean goesOn = next == to || (b[next] >> 4 & 15) != 0 && flagsFit(b[next]);
                    return goesOn ? who : Match.NO;
                }
                return length < ENOUGH ? Match.MORE : who;
            }
            case 8, 10 -> {
                if (n < 5) return Match.NO;
                if (!port) return Match.NO;
                return Match.CLIENT;
            }
            case 12, 13 -> {
                if (n != 0 || !port) return Match.NO;
                return type == 12 ? Match.CLIENT : Match.SERVER;
            }
            case 2 -> {
                return port && n >= 2 && n < 1024 ? Match.SERVER : Match.NO;
            }
            case 9, 11 -> {
                return port && n >= 2 && n < 1024 ? Match.SERVER : Match.NO;
            }
            case 4, 5, 6, 7, 14, 15 -> {
                return port && n < 1024 ? who : Match.NO;
            }
            default -> {
                return Match.NO;
            }
        }
    }
}
