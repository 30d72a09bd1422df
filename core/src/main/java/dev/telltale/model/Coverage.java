package dev.telltale.model;

import java.util.List;

/**
 * How much of what left the phone could be read. {@code bytes = readable + opaque + encrypted +
 * missing}.
 */
public record Coverage(Sums sent, List<Share> destinations) {
    /** Transport payload bytes, each counted once however often it was retransmitted. */
    public record Sums(long bytes, long readable, long opaque, long encrypted, long missing) {
        public static final Sums ZERO = new Sums(0, 0, 0, 0, 0);

        public Sums plus(Sums o) {
            return new Sums(
                    bytes + o.bytes,
                    readable + o.readable,
                    opaque + o.opaque,
                    encrypted + o.encrypted,
                    missing + o.missing);
        }

        /** Readable share, 1 where nothing was sent. */
        public double share() {
            return bytes == 0 ? 1 : (double) readable / bytes;
        }
    }

    /**
     * @param host name, or IP where no name is known
     */
    public record Share(String host, Sums sent, List<Reason> reasons) {}

    /**
     * @param values for UNEXPLAINED: how many distinct places hold such values, else 0
     */
    public record Reason(ReasonCode code, long bytes, long values) {}
}
