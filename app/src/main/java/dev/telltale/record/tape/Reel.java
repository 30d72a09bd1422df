package dev.telltale.record.tape;

import dev.telltale.tap.PcapngWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One file of a recording. What is on disk ends with a whole block, also where the disk is full:
 * then blocks are left out and counted until there is room again. Keys are never left out. All
 * methods may be called by any thread.
 */
public final class Reel {
    private static final int BUFFER = 256 << 10;

    /** Keys that wait for room; a connection has some 1 kB. */
    private static final int MOST_WAITING = 4 << 20;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final PcapngWriter writer;
    private final Consumer<String> trouble;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;

    /** Length of the file, which is that of whole blocks. */
    private long written;

    private long lostPackets;
    private long lostBytes;
    private boolean failing;
    private boolean closed;

    /** Connections that are written here. */
    private int tracks;

    /**
     * @param trouble takes a line where the disk takes no more, and one when it does again
     */
    Reel(Path file, String application, List<String> comments, Consumer<String> trouble)
            throws IOException {
        this.file = file;
        this.trouble = trouble;
        this.channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            this.writer =
                    new PcapngWriter(new Blocks(), application, comments, PcapngWriter.RAW_IP);
            begin();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private synchronized void begin() throws IOException {
        write();
    }

    public Path file() {
        return file;
    }

    /** Bytes that a reader finds in the file. */
    public synchronized long length() {
        return written;
    }

    /** Bytes, with those that are about to be written. */
    synchronized long size() {
        return written + buffer.position();
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Waits until the file is longer than {@code length} or closed, at most {@code millis}.
     *
     * @return its length
     */
    public synchronized long await(long length, long millis) throws InterruptedException {
        if (written <= length && !closed) wait(millis);
        return written;
    }

    synchronized void packet(
            long micros, byte[] headers, ByteBuffer payload, List<String> comments) {
        int length = payload.remaining();
        try {
            writer.packet(micros, headers, payload, comments);
        } catch (IOException e) {
            lostPackets++;
            lostBytes += length;
        }
    }

    synchronized void keys(byte[] lines) {
        if (waiting.isEmpty()) {
            try {
                writer.keys(lines);
                return;
            } catch (IOException e) {
                // Kept for later: without them all of the connection would be lost.
            }
        }
        if (waitingBytes + lines.length > MOST_WAITING) return;
        waiting.add(lines);
        waitingBytes += lines.length;
    }

    synchronized void note(long micros, List<String> comments) {
        try {
            writer.note(micros, comments);
        } catch (IOException e) {
            lostPackets++;
        }
    }

    synchronized void name(InetAddress address, String name) {
        try {
            writer.name(address, name);
        } catch (IOException e) {
            lostPackets++;
        }
    }

    /** Brings on disk what is there, and says what was lost once there is room again. */
    synchronized void flush(long micros) {
        if (closed) return;
        try {
            write();
            while (!waiting.isEmpty()) {
                writer.keys(waiting.element());
                waitingBytes -= waiting.remove().length;
            }
            if (failing || lostPackets > 0) {
                String lost =
                        "The disk took no more for a while: "
                                + lostPackets
                                + " packets with "
                                + lostBytes
                                + " bytes are not in this recording.";
                writer.note(micros, List.of(lost));
                write();
                trouble.accept(file + " is written again. " + lost);
                failing = false;
                lostPackets = lostBytes = 0;
            }
        } catch (IOException e) {
            // Said by write.
        }
    }

    synchronized void enter() {
        tracks++;
    }

    /** True where this was the last one. */
    synchronized boolean leave() {
        return --tracks == 0;
    }

    synchronized boolean isIdle() {
        return tracks == 0;
    }

    synchronized void close(long micros) {
        if (closed) return;
        flush(micros);
        closed = true;
        notifyAll();
        try {
            channel.close();
        } catch (IOException e) {
            trouble.accept(file + " could not be closed: " + e.getMessage());
        }
    }

    private void write() throws IOException {
        buffer.flip();
        if (!buffer.hasRemaining()) {
            buffer.clear();
            return;
        }
        try {
            whole(buffer);
            buffer.clear();
        } catch (IOException e) {
            // To be tried once more, from its first byte on.
            buffer.position(buffer.limit()).limit(buffer.capacity());
            throw e;
        }
    }

    /** Writes all of it or nothing. */
    private void whole(ByteBuffer bytes) throws IOException {
        int from = bytes.position();
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
            written += bytes.position() - from;
            notifyAll();
        } catch (IOException e) {
            bytes.position(from);
            if (!failing)
                trouble.accept(
                        file
                                + " cannot be written ("
                                + e.getMessage()
                                + "). Traffic goes on, and what passes now is not recorded.");
            failing = true;
            channel.truncate(written);
            channel.position(written);
            throw e;
        }
    }

    /** What the writer writes are blocks, a call each. */
    private final class Blocks extends OutputStream {
        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] block, int from, int length) throws IOException {
            if (closed) throw new IOException("closed");
            if (length > buffer.remaining()) Reel.this.write();
            if (length <= buffer.remaining()) buffer.put(block, from, length);
            else whole(ByteBuffer.wrap(block, from, length));
        }
    }
}
