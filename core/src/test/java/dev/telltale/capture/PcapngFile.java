package dev.telltale.capture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pcapng as the draft has it, and as it should not be. */
final class PcapngFile {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    PcapngFile order(ByteOrder order) {
        this.order = order;
        return this;
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    ByteBuffer body(int size) {
        return ByteBuffer.allocate(size).order(order);
    }

    PcapngFile block(int type, byte[]... parts) {
        int body = 0;
        for (byte[] p : parts) body += p.length + 3 & ~3;
        ByteBuffer b = body(body + 12).putInt(type).putInt(body + 12);
        for (byte[] p : parts) b.put(p).put(new byte[-p.length & 3]);
        out.writeBytes(b.putInt(body + 12).array());
        return this;
    }

    PcapngFile raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    PcapngFile section(byte[]... options) {
        return block(
                0x0a0d0d0a,
                prepend(
                        body(16).putInt(0x1a2b3c4d)
                                .putShort((short) 1)
                                .putShort((short) 0)
                                .putLong(-1)
                                .array(),
                        options));
    }

    PcapngFile described(int linkType, int snapLength, byte[]... options) {
        return block(
                1,
                prepend(
                        body(8).putShort((short) linkType)
                                .putShort((short) 0)
                                .putInt(snapLength)
                                .array(),
                        options));
    }

    PcapngFile enhanced(
            int on, long ticks, int captured, int original, byte[] data, byte[]... options) {
        byte[] head =
                body(20).putInt(on)
                        .putInt((int) (ticks >>> 32))
                        .putInt((int) ticks)
                        .putInt(captured)
                        .putInt(original)
                        .array();
        return block(6, prepend(head, prepend(data, options)));
    }

    PcapngFile obsolete(int on, long ticks, byte[] data, byte[]... options) {
        byte[] head =
                body(20).putShort((short) on)
                        .putShort((short) 3)
                        .putInt((int) (ticks >>> 32))
                        .putInt((int) ticks)
                        .putInt(data.length)
                        .putInt(data.length)
                        .array();
        return block(2, prepend(head, prepend(data, options)));
    }

    PcapngFile simple(int original, byte[] data) {
        return block(3, body(4).putInt(original).array(), data);
    }

    byte[] option(int code, byte[] value) {
        return body(4 + (value.length + 3 & ~3))
                .putShort((short) code)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    byte[] option(int code, String value) {
        return option(code, value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] option(int code, long value) {
        return option(code, body(8).putLong(value).array());
    }

    byte[] end() {
        return new byte[4];
    }

    private static byte[][] prepend(byte[] first, byte[]... rest) {
        byte[][] all = new byte[rest.length + 1][];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }
}
