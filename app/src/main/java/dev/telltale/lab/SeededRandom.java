package dev.telltale.lab;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/**
 * Random bytes for keys and nonces that are the same for the same seed. Nothing secret may depend
 * on it; the lab has no secrets.
 */
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1;

    private final transient SplittableRandom random;

    SeededRandom(long seed) {
        // No provider: it would be asked for bytes of its own.
        super(null, null);
        random = new SplittableRandom(seed);
    }

    @Override
    public synchronized void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public byte[] generateSeed(int length) {
        byte[] seed = new byte[length];
        nextBytes(seed);
        return seed;
    }

    @Override
    public String getAlgorithm() {
        return "seeded";
    }
}
