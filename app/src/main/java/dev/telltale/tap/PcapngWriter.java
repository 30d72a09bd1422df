package dev.telltale.tap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;

/**
 * Writes pcapng (draft-ietf-opsawg-pcapng): one section, little-endian, one interface,
 * microseconds, keys as decryption secrets. Every block is written by one call.
 *
 * <pre>
 * +------------+--------------+---------------------+---------+--------------+
 * | Block type | Block length | Body, padded to 4   | Options | Block length |
 * +------------+--------------+---------------------+---------+--------------+
 * </pre>
 */
public final class PcapngWriter implements Closeable {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int NAME_RESOLUTION = 4;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int DECRYPTION_SECRETS = 10;
    private static final int TLS_KEY_LOG = 0x544c534b;
    private static final int ETHERNET = 1;

    /** The packet begins with its IP header (LINKTYPE_RAW). */
    public static final int RAW_IP = 101;

    private static final int NAME_OF_IPV4 = 1;
    private static final int NAME_OF_IPV6 = 2;

    private static final int COMMENT = 1;
    private static final int USER_APPLICATION = 4;
    private static final int LONGEST_OPTION = 65_535;

    private final OutputStream out;

    /**
     * Of Ethernet frames.
     *
     * @param application that records
     * @param comments of the section, in this order
     */
    public PcapngWriter(OutputStream out, String application, List<String> comments)
            throws IOException {
        this(out, application, comments, ETHERNET);
    }

    /**
     * @param application that records
     * @param comments of the section, in this order
     * @param linkType what packets begin with
     */
    public PcapngWriter(OutputStream out, String application, List<String> comments, int linkType)
            throws IOException {
        this.out = out;
        ByteBuffer section = body(16).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0);
        block(
                SECTION_HEADER,
                section.putLong(-1).array(),
                comments,
                option(USER_APPLICATION, application));
        ByteBuffer described = body(8).putShort((short) linkType).putShort((short) 0).putInt(0);
        block(INTERFACE_DESCRIPTION, described.array(), List.of(), new byte[0]);
    }

    /** Writes a key log; best before the packets it opens. */
    public void keys(KeyLog log) throws IOException {
        keys(log.bytes());
    }

    /**
     * @param bytes whole lines of a key log
     */
    public void keys(byte[] bytes) throws IOException {
        if (bytes.length == 0) return;
        ByteBuffer secrets = body(8 + padded(bytes.length)).putInt(TLS_KEY_LOG);
        block(
                DECRYPTION_SECRETS,
                secrets.putInt(bytes.length).put(bytes).array(),
                List.of(),
                new byte[0]);
    }

    /** Writes a frame, from its Ethernet header on. */
    public void packet(Instant at, byte[] frame, List<String> comments) throws IOException {
        long micros = at.getEpochSecond() * 1_000_000 + at.getNano() / 1000;
        ByteBuffer packet = body(20 + padded(frame.length)).putInt(0);
        packet.putInt((int) (micros >>> 32)).putInt((int) micros);
        packet.putInt(frame.length).putInt(frame.length).put(frame);
        block(ENHANCED_PACKET, packet.array(), comments, new byte[0]);
    }

    /**
     * Writes a packet whose headers are made apart from what they carry.
     *
     * @param micros since 1970
     * @param payload from its position to its limit
     */
    public void packet(long micros, byte[] headers, ByteBuffer payload, List<String> comments)
            throws IOException {
        int length = headers.length + payload.remaining();
        int options = length(comments, 0);
        int whole = 32 + padded(length) + options;
        ByteBuffer block = body(whole).putInt(ENHANCED_PACKET).putInt(whole).putInt(0);
        block.putInt((int) (micros >>> 32)).putInt((int) micros).putInt(length).putInt(length);
        block.put(headers).put(payload);
        block.position(28 + padded(length));
        for (String c : comments) block.put(option(COMMENT, c));
        block.putInt(whole - 4, whole);
        out.write(block.array());
    }

    /**
     * Writes comments that belong to no packet, as those of statistics that hold nothing else.
     *
     * @param micros since 1970
     */
    public void note(long micros, List<String> comments) throws IOException {
        ByteBuffer statistics = body(12).putInt(0);
        statistics.putInt((int) (micros >>> 32)).putInt((int) micros);
        block(INTERFACE_STATISTICS, statistics.array(), comments, new byte[0]);
    }

    /** Writes what an address was found under. */
    public void name(InetAddress address, String name) throws IOException {
        byte[] ip = address.getAddress();
        byte[] text = name.getBytes(UTF_8);
        int record = ip.length + text.length + 1;
        ByteBuffer names = body(4 + padded(record) + 4);
        names.putShort((short) (ip.length == 4 ? NAME_OF_IPV4 : NAME_OF_IPV6));
        names.putShort((short) record).put(ip).put(text);
        block(NAME_RESOLUTION, names.array(), List.of(), new byte[0]);
    }

    private void block(int type, byte[] body, List<String> comments, byte[] more)
            throws IOException {
        int options = length(comments, more.length);
        int length = 12 + body.length + options;
        ByteBuffer block = body(length).putInt(type).putInt(length).put(body);
        for (String c : comments) block.put(option(COMMENT, c));
        block.put(more).putInt(length - 4, length);
        out.write(block.array());
    }

    /** Of a list of options. */
    private static int length(List<String> comments, int more) {
        int options = more;
        for (String c : comments) options += option(COMMENT, c).length;
        // Code and length zero end it.
        return options > 0 ? options + 4 : 0;
    }

    private static byte[] option(int code, String text) {
        byte[] value = text.getBytes(UTF_8);
        if (value.length > LONGEST_OPTION) {
            throw new IllegalArgumentException(
                    "A comment of " + value.length + " bytes does not fit into pcapng");
        }
        ByteBuffer option = body(4 + padded(value.length));
        return option.putShort((short) code).putShort((short) value.length).put(value).array();
    }

    private static int padded(int length) {
        return length + 3 & ~3;
    }

    private static ByteBuffer body(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
