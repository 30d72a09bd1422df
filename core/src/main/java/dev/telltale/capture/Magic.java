package dev.telltale.capture;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names what a file that is no capture seems to be, so that the refusal helps. */
final class Magic {
    /**
     * @param hex first bytes, two digits each; {@code ..} for any
     */
    private record Kind(String hex, String name) {}

    /** Longer ones first where one begins another. */
    private static final List<Kind> KINDS =
            List.of(
                    new Kind("ffd8ff", "JPEG"),
                    new Kind("89504e470d0a1a0a", "PNG"),
                    new Kind("47494638", "GIF"),
                    new Kind("52494646........57454250", "WebP"),
                    new Kind("........66747970", "MP4 or HEIC"),
                    new Kind("4f676753", "Ogg"),
                    new Kind("494433", "MP3"),
                    new Kind("25504446", "PDF"),
                    new Kind("504b0304", "a ZIP archive; unpack it first"),
                    new Kind("504b0506", "an empty ZIP archive"),
                    new Kind("377abcaf271c", "a 7z archive; unpack it first"),
                    new Kind("fd377a585a00", "xz; unpack it first"),
                    new Kind("425a68", "bzip2; unpack it first"),
                    new Kind("7801", "zlib data; unpack it first"),
                    new Kind("789c", "zlib data; unpack it first"),
                    new Kind("78da", "zlib data; unpack it first"),
                    new Kind("04224d18", "LZ4; unpack it first"),
                    new Kind("526172211a07", "a RAR archive; unpack it first"),
                    new Kind("7f454c46", "an ELF program"),
                    new Kind("cafebabe", "a Java class or Mach-O program"),
                    new Kind("4d5a", "a Windows program"),
                    new Kind("53514c69746520666f726d61742033", "an SQLite database"),
                    new Kind("414e44524f4944204241434b5550", "an Android backup"),
                    new Kind("6274736e6f6f7000", "a Bluetooth HCI snoop log"),
                    new Kind("736e6f6f7000", "a Solaris snoop capture; convert it to pcapng"),
                    new Kind(
                            "474d4255",
                            "a Microsoft Network Monitor capture; convert it to pcapng"),
                    new Kind(
                            "52545353",
                            "a Microsoft Network Monitor capture; convert it to pcapng"),
                    new Kind("3c21646f6374797065", "HTML"),
                    new Kind("3c21444f4354595045", "HTML"),
                    new Kind("3c68746d6c", "HTML"),
                    new Kind("3c3f786d6c", "XML"));

    private Magic() {}

    /** A name for what begins with {@code head}. */
    static String nameOf(byte[] head) {
        for (Kind kind : KINDS) if (matches(kind.hex(), head)) return kind.name();
        if (head.length > 262
                && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            return "a tar archive; unpack it first";
        }
        if (head.length >= 2 && (head[0] & 0xff) == 0xff && (head[1] & 0xff) == 0xfe)
            return "UTF-16 text";
        if (head.length >= 2 && (head[0] & 0xff) == 0xfe && (head[1] & 0xff) == 0xff)
            return "UTF-16 text";
        if (zero(head)) return "nothing but zero bytes";
        return text(head) ? "text" : "unknown binary data";
    }

    private static boolean matches(String hex, byte[] head) {
        if (head.length < hex.length() / 2) return false;
        for (int i = 0; i < hex.length(); i += 2) {
            if (hex.charAt(i) == '.') continue;
            if (Integer.parseInt(hex.substring(i, i + 2), 16) != (head[i / 2] & 0xff)) return false;
        }
        return true;
    }

    private static boolean zero(byte[] head) {
        for (byte b : head) if (b != 0) return false;
        return true;
    }

    /** UTF-8 without control characters that no text has; the last character may be cut. */
    private static boolean text(byte[] head) {
        String s = new String(head, StandardCharsets.UTF_8);
        int bad = s.indexOf('\ufffd');
        if (bad == 0 || bad > 0 && bad < s.length() - 3) return false;
        return s.chars().allMatch(c -> c >= ' ' || c >= '\t' && c <= '\r' || c == 0x1b);
    }
}
