package dev.telltale.lab;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The classic capture file (draft-ietf-opsawg-pcap, sections 4 and 5), little-endian, microseconds.
 *
 * <pre>
 * file:   | magic 0xA1B2C3D4 | 2 | 4 | reserved | reserved | snap length | link type 1 (Ethernet) |
 * packet: | seconds | microseconds | captured length | original length | frame |
 * </pre>
 */
final class PcapWriter {
    private static final int SNAP_LENGTH = 65535;

    private PcapWriter() {}

    static void write(Path file, List<Frames.Frame> frames) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            head.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
            head.putInt(0).putInt(0).putInt(SNAP_LENGTH).putInt(1);
            out.write(head.array());
            for (Frames.Frame frame : frames) {
                Instant at = frame.at();
                ByteBuffer packet = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
                packet.putInt((int) at.getEpochSecond()).putInt(at.getNano() / 1000);
                packet.putInt(frame.bytes().length).putInt(frame.bytes().length);
                out.write(packet.array());
                out.write(frame.bytes());
            }
        }
    }
}
