package dev.telltale.record.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a client wants when it begins TLS (RFC 8446 4.1.2).
 *
 * <pre>
 * record:      |22|version|length| fragment of messages
 * ClientHello: |1|length (3)|version|random (32)|session|suites|compressions|extensions|
 * </pre>
 *
 * @param random in hex, which key logs name the connection by
 * @param serverName as asked for, or empty
 * @param protocols offered by ALPN
 * @param version the highest offered, {@code 0x0304} for TLS 1.3
 */
record Hello(String random, String serverName, List<String> protocols, int version) {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;

    /** A longer hello is none (RFC 8446 5.1 lets it span records; with large keys it does). */
    static final int LONGEST = 64 << 10;

    /** What the bytes so far are. */
    sealed interface Told {}

    /** Not the beginning of TLS. */
    record NotTls() implements Told {}

    /** It may be, but more must come. */
    record Unfinished() implements Told {}

    record Whole(Hello hello) implements Told {}

    /** Looks at readable bytes and leaves them there. */
    static Told of(ByteBuf bytes) {
        ByteBuf message = Unpooled.buffer(bytes.readableBytes());
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (true) {
            if (at < end && bytes.getByte(at) != HANDSHAKE) return new NotTls();
            if (at + 1 < end && bytes.getByte(at + 1) != 3) return new NotTls();
            if (end - at < 5) return unfinished(bytes);
            int length = bytes.getUnsignedShort(at + 3);
            if (length == 0 || length > 16384) return new NotTls();
            message.writeBytes(bytes, at + 5, Math.min(length, end - at - 5));
            if (message.isReadable() && message.getByte(0) != CLIENT_HELLO) return new NotTls();
            if (message.readableBytes() >= 4) {
                int whole = 4 + message.getUnsignedMedium(1);
                if (whole > LONGEST) return new NotTls();
                if (message.readableBytes() >= whole) return read(message.slice(4, whole - 4));
            }
            if (end - at - 5 < length) return unfinished(bytes);
            at += 5 + length;
        }
    }

    private static Told unfinished(ByteBuf bytes) {
        return bytes.readableBytes() > LONGEST ? new NotTls() : new Unfinished();
    }

    private static Told read(ByteBuf m) {
        try {
            int version = m.readUnsignedShort();
            String random = ByteBufUtil.hexDump(m, m.readerIndex(), 32);
            m.skipBytes(32);
            m.skipBytes(m.readUnsignedByte());
            m.skipBytes(m.readUnsignedShort());
            m.skipBytes(m.readUnsignedByte());
            String name = "";
            List<String> protocols = new ArrayList<>();
            ByteBuf extensions = m.isReadable() ? part(m, m.readUnsignedShort()) : m;
            while (extensions.isReadable()) {
                int type = extensions.readUnsignedShort();
                ByteBuf e = part(extensions, extensions.readUnsignedShort());
                switch (type) {
                    case SERVER_NAME -> name = serverName(e).orElse(name);
                    case ALPN -> {
                        ByteBuf list = part(e, e.readUnsignedShort());
                        while (list.isReadable())
                            protocols.add(part(list, list.readUnsignedByte()).toString(US_ASCII));
                    }
                    case SUPPORTED_VERSIONS -> {
                        ByteBuf list = part(e, e.readUnsignedByte());
                        while (list.readableBytes() >= 2)
                            if (list.readUnsignedShort() == 0x0304) version = 0x0304;
                    }
                    default -> {
                        // Of no matter here.
                    }
                }
            }
            return new Whole(new Hello(random, name, List.copyOf(protocols), version));
        } catch (IndexOutOfBoundsException e) {
            // It begins like one and is none.
            return new NotTls();
        }
    }

    private static ByteBuf part(ByteBuf of, int length) {
        return of.readSlice(length);
    }

    private static Optional<String> serverName(ByteBuf e) {
        if (!e.isReadable()) return Optional.empty();
        ByteBuf list = part(e, e.readUnsignedShort());
        while (list.isReadable()) {
            int type = list.readUnsignedByte();
            ByteBuf value = part(list, list.readUnsignedShort());
            if (type != 0) continue;
            String name = value.toString(US_ASCII).toLowerCase(Locale.ROOT);
            if (name.matches("[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_])?\\.?"))
                return Optional.of(name);
        }
        return Optional.empty();
    }
}
