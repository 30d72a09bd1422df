package dev.telltale.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes pcapng files apart by the specification alone, for tests: blocks, and what they tell. */
final class PcapngBlocks {
    /**
     * @param type as in the specification: SHB, IDB, ...
     * @param told what of it is told, as {@link #telling} writes it
     */
    record Block(String type, List<String> told) {}

    private PcapngBlocks() {}

    static List<Block> of(byte[] file) {
        List<Block> blocks = new ArrayList<>();
        ByteBuffer b = ByteBuffer.wrap(file);
        int interfaces = 0;
        int before = 0;
        while (b.hasRemaining()) {
            int at = b.position();
            if (b.getInt(at) == 0x0a0d0d0a) {
                boolean big = b.order(ByteOrder.BIG_ENDIAN).getInt(at + 8) == 0x1a2b3c4d;
                b.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            }
            int length = b.getInt(at + 4);
            ByteBuffer body = b.slice(at + 8, length - 12).order(b.order());
            List<String> told = new ArrayList<>();
            String type =
                    switch (b.getInt(at)) {
                        case 0x0a0d0d0a -> {
                            before = interfaces;
                            told.add("SHB");
                            options(body.position(16), told);
                            yield "SHB";
                        }
                        case 1 -> {
                            told.add("IDB " + interfaces++ + " link " + body.getShort(0));
                            options(body.position(8), told);
                            yield "IDB";
                        }
                        case 2 -> packet("PB", body, told);
                        case 3 -> {
                            told.add("packet");
                            yield "SPB";
                        }
                        case 4 -> {
                            names(body, told);
                            options(body, told);
                            yield "NRB";
                        }
                        case 5 -> {
                            int of = before + body.getInt(0);
                            long[] dropped = options(body.position(12), told);
                            if (dropped[0] > 0) told.add("dropped " + of + " " + dropped[1]);
                            yield "ISB";
                        }
                        case 6 -> packet("EPB", body, told);
                        case 10 -> {
                            told.add("secrets " + body.getInt(0) + " " + body.getInt(4));
                            options(body.position(8 + (body.getInt(4) + 3 & ~3)), told);
                            yield "DSB";
                        }
                        case 0x0bad -> "CB";
                        case 0x40000bad -> "DCB";
                        default -> "unknown";
                    };
            blocks.add(new Block(type, told));
            b.position(at + length);
        }
        return blocks;
    }

    private static String packet(String type, ByteBuffer body, List<String> told) {
        told.add("packet");
        options(body.position(20 + (body.getInt(12) + 3 & ~3)), told);
        return type;
    }

    private static void names(ByteBuffer b, List<String> told) {
        while (b.remaining() >= 4) {
            int type = b.getShort();
            byte[] value = value(b);
            if (type == 0) return;
            if (type != 1 && type != 2) continue;
            int size = type == 1 ? 4 : 16;
            String ip = ip(Arrays.copyOf(value, size));
            String all = new String(value, size, value.length - size, StandardCharsets.UTF_8);
            for (String name : all.split("\0"))
                if (!name.isEmpty()) told.add("name " + ip + " " + name);
        }
    }

    /** Adds comments; gives how many counts of lost packets there are, and their sum. */
    private static long[] options(ByteBuffer b, List<String> told) {
        long[] dropped = new long[2];
        boolean statistics = b.position() == 12;
        while (b.remaining() >= 4) {
            int code = b.getShort();
            ByteBuffer value = ByteBuffer.wrap(value(b)).order(b.order());
            if (code == 0) break;
            if (code == 1) told.add("comment " + new String(value.array(), StandardCharsets.UTF_8));
            if (statistics && (code == 5 || code == 7)) {
                dropped[0]++;
                dropped[1] += value.getLong();
            }
        }
        return dropped;
    }

    private static byte[] value(ByteBuffer b) {
        byte[] value = new byte[b.getShort() & 0xffff];
        b.get(value);
        b.position(Math.min(b.limit(), b.position() + (-value.length & 3)));
        return value;
    }

    private static String ip(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes down what a capture tells beside its packets. */
    static MetaSink telling(List<String> told) {
        return new MetaSink() {
            @Override
            public void section(String hardware, String os, String application) {
                told.add("SHB");
            }

            @Override
            public void captureInterface(Interface i) {
                told.add("IDB " + i.index() + " link " + i.linkType());
            }

            @Override
            public void comment(long packet, String text) {
                told.add("comment " + text);
            }

            @Override
            public void secrets(int type, byte[] bytes) {
                told.add("secrets " + type + " " + bytes.length);
            }

            @Override
            public void name(String address, String name) {
                try {
                    // A literal: nothing is looked up.
                    told.add(
                            "name " + InetAddress.getByName(address).getHostAddress() + " " + name);
                } catch (UnknownHostException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void dropped(int interfaceIndex, long dropped) {
                told.add("dropped " + interfaceIndex + " " + dropped);
            }
        };
    }

    /**
     * A block's comments come before or after what else it tells; here always in their own order.
     */
    static List<String> commentsLast(List<String> told) {
        List<String> sorted = new ArrayList<>();
        for (String s : told) if (!s.startsWith("comment ")) sorted.add(s);
        for (String s : told) if (s.startsWith("comment ")) sorted.add(s);
        return sorted;
    }
}
