package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A second reading of a source, for values that were too long to keep. As long as it is asked for
 * ascending offsets it moves forward only, so that all of them together cost one more reading.
 */
final class Rereading implements AutoCloseable {
    private final ByteSource content;
    private Optional<ByteSource> again = Optional.empty();
    private long position;

    Rereading(ByteSource content) {
        this.content = content;
    }

    /**
     * The {@code length} bytes at {@code at}, to be read before the next part is asked for; empty
     * where there is no again.
     */
    Optional<ByteSource> part(long at, long length) {
        if (again.isEmpty() || position > at) {
            close();
            again = content.again(at);
        } else {
            again.get().skip(at - position);
        }
        position = at;
        return again.map(source -> new Part(source, length));
    }

    @Override
    public void close() {
        again.ifPresent(ByteSource::close);
        again = Optional.empty();
    }

    private final class Part implements ByteSource {
        private final ByteSource source;
        private final long length;
        private long left;

        Part(ByteSource source, long length) {
            this.source = source;
            this.length = length;
            this.left = length;
        }

        @Override
        public int read(MemorySegment into, long from, int wanted) {
            if (left == 0) return -1;
            int n = source.read(into, from, (int) Math.min(wanted, left));
            if (n > 0) {
                left -= n;
                position += n;
            }
            return n;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public Optional<Damage> damage() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
