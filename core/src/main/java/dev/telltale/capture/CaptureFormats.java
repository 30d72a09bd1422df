package dev.telltale.capture;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Every format, in the order asked; the first that knows the first bytes has the file. */
final class CaptureFormats {
    /**
     * @param recognizes whether the first bytes of a file, as many as {@link CaptureFiles} looks
     *     at, begin this format
     */
    record Format(Predicate<byte[]> recognizes, Function<CaptureInput, CaptureFile> open) {}

    static final List<Format> ALL =
            List.of(
                    // Four exact bytes that no text begins with, the most common first.
                    new Format(Pcap::recognizes, Pcap::new),
                    new Format(Pcapng::recognizes, Pcapng::new),
                    // A ZIP file by its magic, and by names that other ZIP files do not have.
                    new Format(Saz::recognizes, Saz::new),
                    // A number, a colon, a number, a colon and a word.
                    new Format(Mitmproxy::recognizes, Mitmproxy::new),
                    // XML by its root element; items is the one that others use too, so it asks for
                    // more.
                    new Format(SmsBackup::recognizes, SmsBackup::new),
                    new Format(BurpItems::recognizes, BurpItems::new),
                    // A fixed first line, or its beginning.
                    new Format(PcapdroidCsv::recognizes, PcapdroidCsv::new),
                    new Format(ContentQuery::recognizes, ContentQuery::new),
                    // Last: it takes any JSON object, so that a HAR of whatever order of members is
                    // one.
                    new Format(Har::recognizes, Har::new));

    private CaptureFormats() {}
}
