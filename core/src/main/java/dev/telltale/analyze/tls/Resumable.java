package dev.telltale.analyze.tls;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Master secrets of TLS up to 1.2 by what a client shows to resume their session: its id (RFC 5246
 * 7.4.1.2) or ticket (RFC 5077). The oldest are forgotten.
 */
final class Resumable {
    private static final int MOST = 10_000;

    private final Map<String, byte[]> masters =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
                    return size() > MOST;
                }
            };

    /**
     * @param shown id or ticket; an empty one shows nothing
     */
    void put(byte[] shown, byte[] master) {
        if (shown.length > 0) masters.put(key(shown), master);
    }

    Optional<byte[]> of(byte[] shown) {
        return shown.length == 0 ? Optional.empty() : Optional.ofNullable(masters.get(key(shown)));
    }

    private static String key(byte[] shown) {
        byte[] hash = Kdf.digest("SHA-256").digest(shown);
        return Vectors.hex(hash, 0, hash.length);
    }
}
