package dev.telltale.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a capture the slow and simple way, to compare with. */
final class Pcap {
    record Packet(long micros, byte[] frame) {
        int u8(int at) {
            return frame[at] & 0xff;
        }

        int u16(int at) {
            return u8(at) << 8 | u8(at + 1);
        }

        int i32(int at) {
            return u16(at) << 16 | u16(at + 2);
        }

        int protocol() {
            return u8(23);
        }

        String from() {
            return u8(26) + "." + u8(27) + "." + u8(28) + "." + u8(29) + ":" + u16(34);
        }

        String to() {
            return u8(30) + "." + u8(31) + "." + u8(32) + "." + u8(33) + ":" + u16(36);
        }

        byte[] payload() {
            int start = 34 + (protocol() == 6 ? (u8(46) >> 4) * 4 : 8);
            byte[] out = new byte[14 + u16(16) - start];
            System.arraycopy(frame, start, out, 0, out.length);
            return out;
        }

        boolean has(int flag) {
            return (u8(47) & flag) != 0;
        }
    }

    private Pcap() {}

    static List<Packet> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(0) != 0xa1b2c3d4 || in.getInt(20) != 1) throw new IOException("not a pcap");
        in.position(24);
        List<Packet> packets = new ArrayList<>();
        while (in.hasRemaining()) {
            long micros = in.getInt() * 1_000_000L + in.getInt();
            byte[] frame = new byte[in.getInt()];
            in.getInt();
            in.get(frame);
            packets.add(new Packet(micros, frame));
        }
        return packets;
    }

    /** {@code from>to} to the bytes sent that way, put together by sequence number. */
    static Map<String, byte[]> streams(List<Packet> packets) {
        Map<String, Integer> next = new LinkedHashMap<>();
        Map<String, ByteArrayOutputStream> bytes = new LinkedHashMap<>();
        for (Packet p : packets) {
            if (p.protocol() != 6) continue;
            String way = p.from() + ">" + p.to();
            int sequence = p.i32(38);
            if (p.has(2)) {
                next.put(way, sequence + 1);
                bytes.put(way, new ByteArrayOutputStream());
                continue;
            }
            if (sequence != next.get(way)) throw new AssertionError("hole in " + way);
            bytes.get(way).writeBytes(p.payload());
            next.put(way, sequence + p.payload().length + (p.has(1) ? 1 : 0));
        }
        Map<String, byte[]> out = new LinkedHashMap<>();
        bytes.forEach((k, v) -> out.put(k, v.toByteArray()));
        return out;
    }
}
