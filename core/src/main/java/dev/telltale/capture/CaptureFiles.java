package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.bytes.DigestSource;
import dev.telltale.bytes.FileSource;
import dev.telltale.bytes.GzipSource;
import dev.telltale.bytes.PeekSource;
import dev.telltale.bytes.RatioSource;
import dev.telltale.bytes.ZstdSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens captures: compression and format are told by content, never by name. */
public final class CaptureFiles {
    private static final String GIVE =
            "Give a pcap, pcapng, HAR or mitmproxy file, plain or gzip/zstd-compressed.";

    /** Bytes looked at to tell a format: room for white space before a HAR's brace. */
    private static final int HEAD = 4096;

    /** Compression within compression, as a file packed twice by mistake has it. */
    private static final int NESTING = 3;

    private CaptureFiles() {}

    /** Opens a capture; its {@link CaptureFile#sha256} is taken in the same pass. */
    public static CaptureFile open(Path path) throws UnreadableCaptureException {
        return open(path, true);
    }

    /**
     * @param digest false where nobody asks for the SHA-256
     */
    public static CaptureFile open(Path path, boolean digest) throws UnreadableCaptureException {
        return of(path.toString(), file(path), digest);
    }

    /** Opens a capture that comes from elsewhere; closes the source where it is none. */
    public static CaptureFile of(String name, ByteSource source, boolean digest)
            throws UnreadableCaptureException {
        DigestSource raw = new DigestSource(source, digest);
        PeekSource content = new PeekSource(raw);
        try {
            String packed = "";
            byte[] head = content.peek(HEAD);
            for (int i = 0; i < NESTING; i++) {
                if (GzipSource.recognizes(head)) {
                    content = new PeekSource(new GzipSource(content));
                    packed = "gzip";
                } else if (ZstdSource.recognizes(head)) {
                    content = new PeekSource(new ZstdSource(content));
                    packed = "zstd";
                } else {
                    break;
                }
                head = content.peek(HEAD);
            }
            ByteSource bounded = packed.isEmpty() ? content : new RatioSource(content, raw::count);
            CaptureInput input = new CaptureInput(name, raw, bounded);
            for (CaptureFormats.Format format : CaptureFormats.ALL) {
                if (format.recognizes().test(head)) return format.open().apply(input);
            }
            throw notACapture(name, packed, head, content);
        } catch (UnreadableCaptureException | RuntimeException | Error e) {
            content.close();
            throw e;
        }
    }

    /**
     * Opens a pcapng that is still being written: nothing is waited for but what is read, not even
     * the bytes by which a format is told.
     */
    public static PacketCapture growing(String name, ByteSource source) {
        DigestSource raw = new DigestSource(source, false);
        return new Pcapng(new CaptureInput(name, raw, raw));
    }

    /**
     * Hands over the decryption secrets of a capture alone, wherever they stand in it, so that they
     * are known before the first packet. Reads the whole file; one that can be read only once (a
     * pipe), or is no pcapng, is left alone.
     */
    public static void secrets(Path path, MetaSink into) {
        if (!Files.isRegularFile(path)) return;
        try (CaptureFile file = open(path, false)) {
            if (file instanceof Pcapng p) p.secrets(into);
        } catch (UnreadableCaptureException e) {
            // Whoever reads the packets says so.
        }
    }

    /**
     * Hands over the comments of a capture alone. Reads the whole file; one that can be read only
     * once (a pipe), or is no pcapng, is left alone.
     */
    public static void comments(Path path, MetaSink into) {
        if (!Files.isRegularFile(path)) return;
        try (CaptureFile file = open(path, false)) {
            if (file instanceof Pcapng p) p.comments(into);
        } catch (UnreadableCaptureException e) {
            // Whoever reads the packets says so.
        }
    }

    private static FileSource file(Path path) throws UnreadableCaptureException {
        try {
            if (Files.isDirectory(path)) {
                throw new UnreadableCaptureException(path + " is a directory. " + GIVE);
            }
            long length = Files.isRegularFile(path) ? Files.size(path) : -1;
            return new FileSource(FileChannel.open(path, StandardOpenOption.READ), length);
        } catch (NoSuchFileException e) {
            throw new UnreadableCaptureException(path + " does not exist. " + GIVE);
        } catch (AccessDeniedException e) {
            throw new UnreadableCaptureException(
                    path
                            + " may not be read by this user. Change its permissions, or give"
                            + " another file.");
        } catch (IOException e) {
            throw new UnreadableCaptureException(
                    path + " cannot be opened (" + e.getMessage() + "). " + GIVE);
        }
    }

    private static UnreadableCaptureException notACapture(
            String name, String packed, byte[] head, ByteSource content) {
        String inside = packed.isEmpty() ? "" : ", inside " + packed;
        if (content.damage().isPresent() && head.length < 16) {
            return new UnreadableCaptureException(
                    name
                            + " cannot be read"
                            + inside
                            + ": "
                            + content.damage().get().text()
                            + ". "
                            + GIVE);
        }
        if (head.length == 0)
            return new UnreadableCaptureException(name + " is empty" + inside + ". " + GIVE);
        return new UnreadableCaptureException(
                name
                        + " is not a capture this version reads (looks like "
                        + Magic.nameOf(head)
                        + inside
                        + "). "
                        + GIVE);
    }
}
