package dev.telltale.lab;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The operator's network, as far as messages go: it carries what does not go by Wi-Fi, and no
 * packet of that is in the recording.
 */
final class Operator {
    private final List<Sms> carried = new ArrayList<>();

    record Sms(Instant at, String from, String to, String text) {}

    void carry(Instant at, String from, String to, String text) {
        carried.add(new Sms(at, from, to, text));
    }

    List<Sms> carried() {
        return List.copyOf(carried);
    }
}
