package dev.telltale.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of one of the run's controls: a value that was sent on purpose, to show that what is
 * sent can be seen.
 *
 * @param from {@code device}: counts where the phone sent it; {@code recorder}: where anybody did
 * @param sightings 0 where it was not seen
 * @param hosts that got it, sorted
 */
public record ControlSeen(
        String name,
        String from,
        long sightings,
        Optional<Instant> firstSeen,
        Optional<Instant> lastSeen,
        List<String> hosts) {

    public boolean seen() {
        return sightings > 0;
    }

    public boolean ofDevice() {
        return from.equals("device");
    }
}
