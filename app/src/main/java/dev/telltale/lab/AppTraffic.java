package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * The everyday traffic of apps, by the megabyte: events as JSON, plain and compressed, forms,
 * pictures both ways, tokens, with the persona's identifiers here and there. Deterministic by seed;
 * nothing goes over a socket.
 */
public final class AppTraffic {
    private static final Ip4 PHONE = Ip4.of("192.168.43.17");
    private static final Instant START = Instant.parse("2014-08-07T12:00:00Z");
    private static final String[] WORDS = {
        "event",
        "screen",
        "view",
        "click",
        "battery",
        "locale",
        "session",
        "campaign",
        "install",
        "network",
        "latency",
        "cache",
        "sensor",
        "region",
        "variant",
        "purchase"
    };

    private final Random random;
    private final Recording recording = new Recording();
    private Instant now = START;

    private AppTraffic(long seed) {
        random = new Random(seed);
    }

    /** What was written: the recording and the persona whose identifiers are in it. */
    public record Written(Path capture, Path persona) {}

    /**
     * Writes a recording of about that size into {@code folder}.
     *
     * @throws IOException where it cannot be written
     */
    public static Written write(Path folder, int megabytes, long seed) throws IOException {
        LabPersona persona = LabPersona.redmi();
        AppTraffic traffic = new AppTraffic(seed);
        long bytes = 0;
        for (int n = 0; bytes < megabytes * 1_000_000L; n++)
            bytes += traffic.conversation(n, persona);
        Files.createDirectories(folder);
        Path capture = folder.resolve("capture.pcap");
        PcapWriter.write(
                capture,
                Frames.of(
                        traffic.recording,
                        traffic.random,
                        PHONE,
                        persona.wifiMac(),
                        persona.bssid()));
        return new Written(
                capture, Files.writeString(folder.resolve("persona.yaml"), persona.yaml()));
    }

    private long conversation(int n, LabPersona persona) throws IOException {
        Ip4 server = new Ip4(Ip4.of("198.51.100.0").bits() | 1 + n % 250);
        Recording.Conversation c =
                recording.open(
                        now,
                        new Ip4.Port(PHONE, 32_768 + n % 28_000),
                        new Ip4.Port(server, 80),
                        30_000);
        long size = 0;
        int requests = 1 + random.nextInt(8);
        for (int i = 0; i < requests; i++) {
            byte[] up = request(n, persona);
            byte[] down = response();
            now = now.plusMillis(40);
            c.bytes(now, true, up, 0, up.length);
            now = now.plusMillis(40);
            c.bytes(now, false, down, 0, down.length);
            size += up.length + down.length;
        }
        now = now.plusMillis(80);
        c.closed(now);
        return size;
    }

    private byte[] request(int n, LabPersona persona) throws IOException {
        String host = word() + "." + word() + ".example";
        String path = "/v" + random.nextInt(3) + "/" + word() + "/" + n;
        String head =
                "Host: "
                        + host
                        + "\r\nUser-Agent: okhttp/4.9 (Linux; Android)\r\nAccept: */*\r\n"
                        + "Cookie: sid="
                        + hex(16)
                        + "; theme=dark\r\n";
        boolean tells = random.nextInt(6) == 0;
        String imei = persona.imei();
        return switch (random.nextInt(8)) {
            case 0, 1 ->
                    ("GET "
                                    + path
                                    + "?w="
                                    + random.nextInt(2000)
                                    + "&u="
                                    + (tells ? imei : hex(6))
                                    + " HTTP/1.1\r\n"
                                    + head
                                    + "\r\n")
                            .getBytes(UTF_8);
            case 2 ->
                    post(
                            path,
                            head,
                            "application/x-www-form-urlencoded",
                            "",
                            form(tells ? imei : hex(8)));
            case 3 ->
                    post(
                            path,
                            head,
                            "application/json",
                            "Content-Encoding: gzip\r\n",
                            gzip(events(tells ? imei : hex(8), 9_000)));
            case 4 -> multipart(path, head, tells ? imei : hex(8));
            default ->
                    post(path, head, "application/json", "", events(tells ? imei : hex(8), 5_000));
        };
    }

    private static byte[] post(String path, String head, String type, String extra, byte[] body) {
        return joined(
                ("POST "
                                + path
                                + " HTTP/1.1\r\n"
                                + head
                                + extra
                                + "Content-Type: "
                                + type
                                + "\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n")
                        .getBytes(UTF_8),
                body);
    }

    private byte[] multipart(String path, String head, String value) {
        byte[] picture = picture(30_000 + random.nextInt(60_000));
        byte[] before =
                ("--xYz\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"id\":\""
                                + value
                                + "\"}\r\n--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n"
                                + "Content-Type: image/jpeg\r\n\r\n")
                        .getBytes(UTF_8);
        byte[] body = joined(before, picture, "\r\n--xYz--\r\n".getBytes(UTF_8));
        return post(path, head, "multipart/form-data; boundary=xYz", "", body);
    }

    private byte[] response() {
        if (random.nextInt(2) == 0) {
            byte[] picture = picture(10_000 + random.nextInt(40_000));
            return joined(
                    ("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: "
                                    + picture.length
                                    + "\r\n\r\n")
                            .getBytes(UTF_8),
                    picture);
        }
        String body =
                "{\"ok\":true,\"id\":\""
                        + hex(8)
                        + "\",\"next\":"
                        + random.nextInt(1_000_000)
                        + "}";
        return ("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                .getBytes(UTF_8);
    }

    private byte[] picture(int length) {
        byte[] b = new byte[length];
        random.nextBytes(b);
        b[0] = (byte) 0xff;
        b[1] = (byte) 0xd8;
        b[2] = (byte) 0xff;
        b[3] = (byte) 0xe0;
        return b;
    }

    private byte[] events(String value, int size) {
        StringBuilder s = new StringBuilder("{\"device\":{\"os\":\"14\"},\"events\":[");
        for (int i = 0; s.length() < size; i++) {
            if (i > 0) s.append(',');
            s.append("{\"event\":\"")
                    .append(word())
                    .append("\",\"ts\":")
                    .append(1_700_000_000_000L + i);
            s.append(",\"params\":{");
            for (int k = 0; k < 8; k++) {
                if (k > 0) s.append(',');
                s.append('"').append(word()).append('_').append(word()).append("\":");
                switch (random.nextInt(5)) {
                    case 0 -> s.append(random.nextLong(1L << 40));
                    case 1 -> s.append(random.nextInt(1_000_000) / 1000.0);
                    case 2 -> s.append('"').append(hex(8 << random.nextInt(3))).append('"');
                    case 3 -> s.append('"').append(base64()).append('"');
                    default -> s.append('"').append(word()).append(' ').append(word()).append('"');
                }
            }
            s.append("}}");
        }
        String url = "\"https:\\/\\/x.example\\/?a=%7B" + hex(4) + "\"";
        return s.append("],\"id\":\"")
                .append(value)
                .append("\",\"u\":")
                .append(url)
                .append('}')
                .toString()
                .getBytes(UTF_8);
    }

    private byte[] form(String value) {
        StringBuilder s = new StringBuilder("id=").append(value);
        for (int k = 0; k < 20; k++)
            s.append("&k").append(k).append('=').append(word()).append("%20").append(hex(5));
        return s.toString().getBytes(UTF_8);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(out)) {
            z.write(plain);
        }
        return out.toByteArray();
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private String hex(int bytes) {
        byte[] b = new byte[bytes];
        random.nextBytes(b);
        return HexFormat.of().formatHex(b);
    }

    private String base64() {
        byte[] b = new byte[9 + random.nextInt(50)];
        random.nextBytes(b);
        return Base64.getEncoder().encodeToString(b);
    }

    private static byte[] joined(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] p : pieces) out.writeBytes(p);
        return out.toByteArray();
    }
}
