package dev.telltale.audit;

import dev.telltale.identify.SaltedDigests.Salt;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Evidence;
import dev.telltale.model.Observations.SightingKey;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.util.List;

/**
 * A message with values that look like digests and that nothing explains, and the values beside
 * them that may be their salt.
 *
 * @param kind the same for messages of one sort: host, operation, first segment of the path
 * @param number of the message within its flow
 */
record Riddle(long kind, long nanos, long flow, int number, List<Shaped> shaped, List<Salt> salts)
        implements Comparable<Riddle> {

    /**
     * One value that looks like a digest.
     *
     * @param key all that is known of a sighting of it but the form
     * @param evidence without excerpt
     * @param part last section of the place
     * @param counted how it is accounted for until it is explained
     */
    record Shaped(
            byte[] text,
            boolean raw,
            SightingKey key,
            Evidence evidence,
            PartKind partKind,
            String part,
            long nanos,
            Counted counted) {}

    /** An entry in the books that an explanation takes back. */
    record Counted(ByteClass byteClass, ReasonCode reason, long bytes, long hash) {
        static final Counted NOT = new Counted(ByteClass.READABLE, ReasonCode.NONE, 0, 0);
    }

    @Override
    public int compareTo(Riddle o) {
        int c = Long.compare(nanos, o.nanos);
        if (c == 0) c = Long.compare(flow, o.flow);
        return c != 0 ? c : Integer.compare(number, o.number);
    }
}
