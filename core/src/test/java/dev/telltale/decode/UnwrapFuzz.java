package dev.telltale.decode;

import dev.telltale.bytes.Limits;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Any part through unwrapping: a body in two chunkings, which must tell the same, or a part as a
 * whole.
 *
 * <pre>
 * kind of part, media type, codings, 0 or 1 for received     a byte each, indexes of the lists below
 * the part
 * </pre>
 */
public final class UnwrapFuzz {
    private static final List<String> TYPES =
            List.of(
                    "",
                    "application/json",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "text/plain",
                    "application/octet-stream",
                    "image/jpeg");

    private static final List<List<String>> CODINGS =
            List.of(
                    List.of(),
                    List.of("gzip"),
                    List.of("deflate"),
                    List.of("br"),
                    List.of("zstd"),
                    List.of("gzip", "gzip"),
                    List.of("base64"),
                    List.of("made-up"));

    /** Forms that the fixtures hold, so that hits are on the path. */
    private static final String[] FIND = {
        "867345021234563", "4915123456789", "404450123456789", "#3d4f2bf07dc1be38b20cd6e46949a107",
        "asha.rao@example.org", "~Pune", "imei", "0=0123456789abcdef"
    };

    private UnwrapFuzz() {}

    public static void run(byte[] input) {
        if (input.length < 4) return;
        PartKind kind = PartKind.values()[(input[0] & 0xff) % PartKind.values().length];
        String type = TYPES.get((input[1] & 0xff) % TYPES.size());
        List<String> codings = CODINGS.get((input[2] & 0xff) % CODINGS.size());
        boolean received = (input[3] & 1) == 1;
        byte[] part = Arrays.copyOfRange(input, 4, input.length);
        Log whole = body(kind, type, codings, received, part, Integer.MAX_VALUE);
        if (kind == PartKind.BODY) {
            Log pieces = body(kind, type, codings, received, part, 1 + part.length / 50);
            List<String> difference = Log.difference(whole, pieces);
            // How far a bomb is followed goes by how much of the part has come.
            boolean limited = limited(whole) || limited(pieces);
            if (!difference.isEmpty() && !limited) throw new AssertionError(difference.toString());
        } else {
            unwrapper().whole(kind, "name", part, 0, part.length, received, whole = new Log());
        }
        long unread = whole.unread.stream().mapToLong(Log.Unread::bytes).sum();
        if (unread > part.length)
            throw new AssertionError(unread + " of " + part.length + " bytes are unread");
    }

    private static boolean limited(Log log) {
        return log.anomalies.stream().anyMatch(a -> a.startsWith("LIMIT"));
    }

    private static Unwrapper unwrapper() {
        return new Unwrapper(new Literals(FIND), Limits.DEFAULT);
    }

    private static Log body(
            PartKind kind,
            String type,
            List<String> codings,
            boolean received,
            byte[] part,
            int longest) {
        Log log = new Log();
        if (kind != PartKind.BODY) return log;
        Unwrapper u = unwrapper();
        Unwrapper.Part p = u.open(kind, "", new Hint(type, codings, -1), received, log);
        Random r = new Random(1);
        for (int i = 0; i < part.length; ) {
            int n = Math.min(part.length - i, longest);
            if (longest < part.length) n = Math.min(part.length - i, 1 + r.nextInt(longest));
            byte[] own = Arrays.copyOfRange(part, i, i + n);
            p.feed(own, 0, n);
            // What was fed is the caller's again.
            Arrays.fill(own, (byte) 0x5a);
            i += n;
        }
        p.end();
        u.close();
        return log;
    }

    /** A fixture as an input of this target. */
    public static byte[] seed(java.nio.file.Path file) {
        Fixture f = Fixture.read(file);
        String type = f.type();
        int t = Math.max(0, TYPES.indexOf(type));
        if (type.startsWith("multipart")) t = 3;
        return seed(f.kind(), t, Math.max(0, CODINGS.indexOf(f.codings())), f.input());
    }

    /** A part as an input of this target. */
    public static byte[] seed(PartKind kind, int type, int codings, byte[] part) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(kind.ordinal());
        out.write(type);
        out.write(codings);
        out.write(0);
        out.writeBytes(part);
        return out.toByteArray();
    }
}
