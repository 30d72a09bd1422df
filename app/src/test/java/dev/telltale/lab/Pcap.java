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
        if (in.getInt(0) != 0x0a0d0d0a || in.getInt(8) != 0x1a2b3c4d)
            throw new IOException("not a pcapng");
        List<Packet> packets = new ArrayList<>();
        while (in.hasRemaining()) {
            int at = in.position();
            int type = in.getInt(at);
            int length = in.getInt(at + 4);
            if (in.getInt(at + length - 4) != length) throw new IOException("lengths differ");
            if (type == 6) {
                byte[] frame = new byte[in.getInt(at + 20)];
                in.get(at + 28, frame);
                long micros = (long) in.getInt(at + 12) << 32 | in.getInt(at + 16) & 0xffffffffL;
                packets.add(new Packet(micros, frame));
            }
            in.position(at + length);
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
