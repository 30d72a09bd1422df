package dev.telltale.bytes;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Counts the bytes that pass and takes their SHA-256 (FIPS 180-4), so that a capture is read once
 * only.
 */
public final class DigestSource implements ByteSource {
    private final ByteSource source;
    private final Optional<MessageDigest> digest;
    private volatile long count;
    private String sha256 = "";

    /**
     * @param digest false to count only
     */
    public DigestSource(ByteSource source, boolean digest) {
        this.source = source;
        this.digest = digest ? Optional.of(sha256Digest()) : Optional.empty();
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        int n = source.read(into, from, length);
        if (n > 0) {
            count = count + n;
            if (digest.isPresent()) digest.get().update(into.asSlice(from, n).asByteBuffer());
        }
        return n;
    }

    /** Bytes read so far; any thread may ask. */
    public long count() {
        return count;
    }

    /**
     * SHA-256 of the whole source in lower-case hex, reading what is left of it first; empty where
     * it is not taken.
     */
    public String sha256() {
        if (sha256.isEmpty() && digest.isPresent()) {
            drain();
            sha256 = HexFormat.of().formatHex(digest.get().digest());
        }
        return sha256;
    }

    /** Reads what is left. */
    public void drain() {
        byte[] rest = new byte[64 << 10];
        while (read(rest, 0, rest.length) > 0) {}
    }

    @Override
    public long length() {
        return source.length();
    }

    @Override
    public Optional<Damage> damage() {
        return source.damage();
    }

    @Override
    public Optional<ByteSource> again(long at) {
        return source.again(at);
    }

    @Override
    public void close() {
        source.close();
    }
}
