package dev.telltale.identify;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** MurmurHash3 with seed 0, as most software uses it. */
final class Murmur3 {
    private static final HashFunction X86 = Hashing.murmur3_32_fixed();
    private static final HashFunction X64 = Hashing.murmur3_128();

    private Murmur3() {}

    static int x86of32(byte[] b) {
        return X86.hashBytes(b).asInt();
    }

    /** h1 and h2. */
    static long[] x64of128(byte[] b) {
        ByteBuffer h = ByteBuffer.wrap(X64.hashBytes(b).asBytes()).order(ByteOrder.LITTLE_ENDIAN);
        return new long[] {h.getLong(), h.getLong()};
    }
}
