package dev.telltale.decode;

import java.util.zip.CRC32;

/**
 * gzip, one or more members, <a href="https://www.rfc-editor.org/rfc/rfc1952#section-2.3">RFC 1952
 * section 2.3</a>; zero bytes after a member are padding.
 *
 * <pre>
 * +---+---+---+---+---+---+---+---+---+---+
 * |ID1|ID2|CM |FLG|     MTIME     |XFL|OS | XLEN+field? name\0? comment\0? CRC16?
 * +---+---+---+---+---+---+---+---+---+---+
 * |...compressed data...| CRC32 | ISIZE |
 * </pre>
 */
final class Gzip extends Deflate {
    private static final int FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16;

    private enum Phase {
        FIXED,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CRC,
        BODY,
        TRAILER,
        BETWEEN
    }

    private final CRC32 crc = new CRC32();
    private Phase phase = Phase.FIXED;
    private int flags;

    /** Bytes of the present field seen, and a number being read. */
    private int seen;

    private long number;
    private long size;

    static boolean begins(byte[] b, int from, int to) {
        return to - from >= 4
                && b[from] == 0x1f
                && b[from + 1] == (byte) 0x8b
                && b[from + 2] == 8
                && (b[from + 3] & 0xe0) == 0;
    }

    @Override
    void begin() {
        super.begin();
        member();
    }

    private void member() {
        again();
        crc.reset();
        phase = Phase.FIXED;
        seen = 0;
        number = 0;
        size = 0;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        while (true) {
            switch (phase) {
                case FIXED -> {
                    if (to - at < 10) return 0;
                    if (!begins(in, at, to)) return fail("no gzip header");
                    flags = in[at + 3];
                    at += 10;
                    next(Phase.EXTRA_LENGTH);
                }
                case EXTRA_LENGTH -> {
                    if ((flags & FEXTRA) != 0) {
                        while (seen < 2 && at < to) number |= (in[at++] & 0xffL) << 8 * seen++;
                        if (seen < 2) return 0;
                    }
                    seen = 0;
                    phase = Phase.EXTRA;
                }
                case EXTRA -> {
                    int n = (int) Math.min(number, to - at);
                    at += n;
                    number -= n;
                    if (number > 0) return 0;
                    next(Phase.NAME);
                }
                case NAME -> {
                    if ((flags & FNAME) != 0 && !pastZero()) return 0;
                    next(Phase.COMMENT);
                }
                case COMMENT -> {
                    if ((flags & FCOMMENT) != 0 && !pastZero()) return 0;
                    next(Phase.HEADER_CRC);
                }
                case HEADER_CRC -> {
                    if ((flags & FHCRC) != 0) {
                        if (to - at < 2) return 0;
                        at += 2;
                    }
                    next(Phase.BODY);
                }
                case BODY -> {
                    int n = inflate(out, offset, length);
                    if (n > 0) {
                        crc.update(out, offset, n);
                        size += n;
                        return n;
                    }
                    if (!inflated()) return 0;
                    next(Phase.TRAILER);
                }
                case TRAILER -> {
                    if (to - at < 8) return 0;
                    long sum = 0;
                    for (int i = 7; i >= 0; i--) sum = sum << 8 | in[at + i] & 0xff;
                    at += 8;
                    if ((int) sum != (int) crc.getValue()) return fail("wrong CRC-32");
                    if ((int) (sum >>> 32) != (int) size) return fail("wrong ISIZE");
                    next(Phase.BETWEEN);
                }
                case BETWEEN -> {
                    while (at < to && in[at] == 0) at++;
                    if (at == to) return last ? finish() : 0;
                    if (to - at < 4 && !last) return 0;
                    if (!begins(in, at, to)) return finish();
                    member();
                }
            }
        }
    }

    private void next(Phase p) {
        phase = p;
        seen = 0;
        number = 0;
    }

    private boolean pastZero() {
        while (at < to) if (in[at++] == 0) return true;
        return false;
    }
}
