package dev.telltale.bytes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A file, read from the channel's position. Not mapped: a file cut while it is mapped takes the
 * process with it, and mapped pages count as this process' memory.
 */
public final class FileSource implements ByteSource {
    private final FileChannel channel;
    private final long length;
    private long at;
    private Optional<Damage> damage = Optional.empty();

    /**
     * @param length of the file, -1 for a pipe or device
     */
    public FileSource(FileChannel channel, long length) {
        this.channel = channel;
        this.length = length;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        if (damage.isPresent()) return -1;
        try {
            int n = channel.read(into.asSlice(from, length).asByteBuffer());
            if (n > 0) at += n;
            return n > 0 ? n : -1;
        } catch (ClosedChannelException e) {
            // Closed or interrupted by this program: no property of the file, so not to be taken
            // for its end.
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            damage =
                    Optional.of(
                            new Damage(
                                    Damage.Kind.UNREADABLE,
                                    at,
                                    "reading failed (" + e.getMessage() + ")"));
            return -1;
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Optional<Damage> damage() {
        return damage;
    }

    @Override
    public Optional<ByteSource> again(long at) {
        return length < 0 ? Optional.empty() : Optional.of(new View(channel, length, at));
    }

    /** Reads beside the channel's own position, and leaves the channel open. */
    private static final class View implements ByteSource {
        private final FileChannel channel;
        private final long length;
        private long at;

        View(FileChannel channel, long length, long at) {
            this.channel = channel;
            this.length = length;
            this.at = at;
        }

        @Override
        public int read(MemorySegment into, long from, int wanted) {
            try {
                int n = channel.read(into.asSlice(from, wanted).asByteBuffer(), at);
                if (n > 0) at += n;
                return n > 0 ? n : -1;
            } catch (ClosedChannelException e) {
                throw new UncheckedIOException(e);
            } catch (IOException e) {
                // The first reading of the same bytes reports what the medium does.
                return -1;
            }
        }

        @Override
        public void skip(long skipped) {
            at += skipped;
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
        public Optional<ByteSource> again(long from) {
            return Optional.of(new View(channel, length, from));
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written: there is nothing to lose.
        }
    }
}
