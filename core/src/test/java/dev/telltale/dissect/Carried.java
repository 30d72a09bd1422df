package dev.telltale.dissect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds link frames and tunnels around a packet, straight from the drawings of their standards.
 */
final class Carried {
    static final byte[] AP_MAC = Wire.hex("0200000000aa");

    private Carried() {}

    private static byte[] le16(int v) {
        return new byte[] {(byte) v, (byte) (v >> 8)};
    }

    private static byte[] le32(long v) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) v).array();
    }

    private static byte[] be16(int v) {
        return new byte[] {(byte) (v >> 8), (byte) v};
    }

    static byte[] snap(int etherType, byte[] packet) {
        return Wire.join(Wire.hex("aaaa03000000"), be16(etherType), packet);
    }

    // --- 802.11 ---

    /**
     * A data frame from the phone to the router.
     *
     * @param ds 0: direct, 1: to the access point, 2: from it, 3: between two of them
     * @param flags further flags of the frame control field
     */
    static byte[] wifi(int ds, boolean qos, int qosControl, int flags, byte[] content) {
        byte[] phone = Wire.PHONE_MAC;
        byte[] router = Wire.ROUTER_MAC;
        byte[][] a =
                switch (ds) {
                    case 0 -> new byte[][] {router, phone, AP_MAC};
                    case 1 -> new byte[][] {AP_MAC, phone, router};
                    case 2 -> new byte[][] {router, AP_MAC, phone};
                    default -> new byte[][] {AP_MAC, AP_MAC, router};
                };
        return Wire.join(
                new byte[] {(byte) (qos ? 0x88 : 0x08), (byte) (ds | flags)},
                Wire.hex("3000"),
                a[0],
                a[1],
                a[2],
                Wire.hex("1000"),
                ds == 3 ? phone : new byte[0],
                qos ? le16(qosControl) : new byte[0],
                qos && (flags & 0x80) != 0 ? new byte[4] : new byte[0],
                content);
    }

    /**
     * @param flags radiotap flags: 0x10 FCS follows, 0x20 padded, 0x40 FCS wrong
     */
    static byte[] radiotap(int flags, byte[] frame) {
        // Two present words, TSFT, flags.
        byte[] header =
                Wire.join(
                        Wire.hex("0000 1900 03000080 00000000 00000000 1122334455667788"),
                        new byte[] {(byte) flags});
        byte[] crc = new byte[0];
        if ((flags & 0x10) != 0) {
            java.util.zip.CRC32 c = new java.util.zip.CRC32();
            c.update(frame);
            crc = le32(c.getValue());
        }
        return Wire.join(header, frame, crc);
    }

    static byte[] prism(byte[] frame) {
        ByteBuffer b = ByteBuffer.allocate(144).order(ByteOrder.LITTLE_ENDIAN);
        return Wire.join(b.putInt(0x44).putInt(144).put("wlan0".getBytes()).array(), frame);
    }

    static byte[] avs(byte[] frame) {
        return Wire.join(ByteBuffer.allocate(64).putInt(0x80211001).putInt(64).array(), frame);
    }

    static byte[] ppi(byte[] frame) {
        return Wire.join(Wire.hex("0000 0800 69000000"), frame);
    }

    /** A-MSDU content: each packet from the phone to the router. */
    static byte[] amsdu(byte[]... packets) {
        byte[] all = {};
        for (byte[] p : packets) {
            all = Arrays.copyOf(all, all.length + 3 & ~3);
            byte[] body = snap(p[0] >> 4 == 4 ? 0x0800 : 0x86dd, p);
            all = Wire.join(all, Wire.ROUTER_MAC, Wire.PHONE_MAC, be16(body.length), body);
        }
        return all;
    }

    // --- Bluetooth ---

    /** HCI frames of LINKTYPE 201 that carry {@code payload} on a channel, cut at {@code most}. */
    static List<byte[]> l2cap(boolean sent, int handle, int channel, byte[] payload, int most) {
        byte[] whole = Wire.join(le16(payload.length), le16(channel), payload);
        List<byte[]> out = new ArrayList<>();
        for (int at = 0; at < whole.length; at += most) {
            byte[] piece = Arrays.copyOfRange(whole, at, Math.min(whole.length, at + most));
            int boundary = at > 0 ? 1 : sent ? 0 : 2;
            out.add(
                    Wire.join(
                            Wire.hex(sent ? "00000000" : "00000001"),
                            new byte[] {2},
                            le16(handle | boundary << 12),
                            le16(piece.length),
                            piece));
        }
        return out;
    }

    static byte[] event(int code, byte[] parameters) {
        return Wire.join(
                Wire.hex("00000001 04"),
                new byte[] {(byte) code, (byte) parameters.length},
                parameters);
    }

    static byte[] connect(int id, int psm, int channel) {
        return Wire.join(new byte[] {2, (byte) id}, le16(4), le16(psm), le16(channel));
    }

    static byte[] connected(int id, int target, int source) {
        return Wire.join(
                new byte[] {3, (byte) id}, le16(8), le16(target), le16(source), new byte[4]);
    }

    // --- USB ---

    /**
     * @param event S or C
     */
    static byte[] usbmon(int linkType, char event, int transfer, int endpoint, byte[] data) {
        ByteBuffer b =
                ByteBuffer.allocate(linkType == 189 ? 48 : 64).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(0x1234).put((byte) event).put((byte) transfer).put((byte) endpoint).put((byte) 5);
        b.putShort((short) 1).put((byte) '-').put((byte) 0).putLong(0).putInt(0).putInt(0);
        b.putInt(data.length).putInt(data.length);
        return Wire.join(b.array(), data);
    }

    static byte[] usbpcap(boolean completed, int endpoint, byte[] data) {
        ByteBuffer b = ByteBuffer.allocate(27).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort((short) 27).putLong(0x1234).putInt(0).putShort((short) 9);
        b.put((byte) (completed ? 1 : 0)).putShort((short) 1).putShort((short) 5);
        b.put((byte) endpoint).put((byte) 3).putInt(data.length);
        return Wire.join(b.array(), data);
    }

    static byte[] rndis(byte[]... frames) {
        byte[] all = {};
        for (byte[] f : frames) {
            all =
                    Wire.join(
                            all,
                            le32(1),
                            le32(44 + f.length),
                            le32(36),
                            le32(f.length),
                            new byte[28],
                            f);
        }
        return all;
    }

    static byte[] ncm(byte[]... frames) {
        int table = 8 + 4 * frames.length + 4;
        byte[] entries = {};
        byte[] data = {};
        for (byte[] f : frames) {
            entries = Wire.join(entries, le16(12 + table + data.length), le16(f.length));
            data = Wire.join(data, f);
        }
        return Wire.join(
                "NCMH".getBytes(),
                le16(12),
                le16(1),
                le16(12 + table + data.length),
                le16(12),
                "NCM0".getBytes(),
                le16(table),
                le16(0),
                entries,
                new byte[4],
                data);
    }

    // --- tunnels ---

    /**
     * @param flags C, K, S bits and version
     */
    static byte[] gre(int flags, int type, byte[] content) {
        byte[] options = new byte[4 * Integer.bitCount(flags & 0xb080)];
        return Wire.join(be16(flags), be16(type), options, content);
    }

    static byte[] erspan2(byte[] frame) {
        return gre(0x1000, 0x88be, Wire.join(Wire.hex("1000 0001 00000001"), frame));
    }

    static byte[] erspan3(boolean more, byte[] frame) {
        byte[] header = Wire.hex("2000 0001 00000001 0000 00" + (more ? "01" : "00"));
        return gre(0x1000, 0x22eb, Wire.join(header, new byte[more ? 8 : 0], frame));
    }

    static byte[] teredo(boolean authentication, boolean origin, byte[] v6) {
        return Wire.udp(
                51_000,
                3544,
                Wire.join(
                        authentication ? Wire.hex("0001 0000 0102030405060708 00") : new byte[0],
                        origin ? Wire.hex("0000 f1f1 3ffffdfd") : new byte[0],
                        v6));
    }

    static byte[] gtp(boolean extension, byte[] packet) {
        byte[] options = extension ? Wire.hex("0001 00 85 01 0009 00") : new byte[0];
        return Wire.udp(
                2152,
                2152,
                Wire.join(
                        new byte[] {(byte) (extension ? 0x36 : 0x30), (byte) 255},
                        be16(options.length + packet.length),
                        Wire.hex("00000007"),
                        options,
                        packet));
    }

    static byte[] vxlan(int port, byte[] frame) {
        return Wire.udp(51_000, port, Wire.join(Wire.hex("08000000 00002a00"), frame));
    }

    static byte[] geneve(int type, int options, byte[] content) {
        return Wire.udp(
                51_000,
                6081,
                Wire.join(
                        new byte[] {(byte) options, 0},
                        be16(type),
                        Wire.hex("00002a00"),
                        new byte[4 * options],
                        content));
    }
}
