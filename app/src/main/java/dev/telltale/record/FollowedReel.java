package dev.telltale.record;

import dev.telltale.bytes.ByteSource;
import dev.telltale.record.tape.Reel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file of the recording, read while it is written: its end is where the recording ends. Reading
 * from disk takes no memory however far it is behind.
 */
final class FollowedReel implements ByteSource {
    private static final long PATIENCE_MILLIS = 250;

    private final Reel reel;
    private final FileChannel channel;
    private final Runnable pause;
    private long at;

    /**
     * @param pause is run by the reading thread every now and then
     */
    FollowedReel(Reel reel, Runnable pause) throws IOException {
        this.reel = reel;
        this.pause = pause;
        this.channel = FileChannel.open(reel.file(), StandardOpenOption.READ);
    }

    /** How far it has been read. */
    long position() {
        return at;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        pause.run();
        try {
            // What lies beyond may be half a block that is taken back.
            long there = reel.length();
            while (there <= at) {
                if (reel.isClosed() && reel.length() <= at) return -1;
                there = reel.await(at, PATIENCE_MILLIS);
                pause.run();
            }
            int most = (int) Math.min(length, there - at);
            int n = channel.read(into.asSlice(from, most).asByteBuffer(), at);
            if (n > 0) at += n;
            return n > 0 ? n : -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public Optional<Damage> damage() {
        return Optional.empty();
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
