package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.audit.Replay;
import dev.telltale.audit.ReplayedExchange;
import dev.telltale.audit.ReplayedExchange.Message;
import dev.telltale.audit.ReplayedExchange.Part;
import dev.telltale.audit.ReplayedExchange.Spot;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.model.Disguise;
import dev.telltale.model.Exchange;
import dev.telltale.model.PartKind;
import dev.telltale.model.Range;
import dev.telltale.model.Side;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * The HTTP exchanges of an audit's captures, opened, as HAR 1.2. Masked, every identifier is
 * replaced by its kind, cookies and credentials are left out, and so are all bodies: what stands
 * beside a value may be another secret.
 */
public final class Har {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    /** Of a longer body the first bytes are kept, and it is said. */
    private static final int MOST = 8 << 20;

    private static final Set<String> SECRET =
            Set.of(
                    "cookie",
                    "set-cookie",
                    "authorization",
                    "proxy-authorization",
                    "authentication-info",
                    "x-api-key",
                    "x-auth-token",
                    "x-csrf-token");

    private final JsonGenerator json;

    /** A run of letters as long as a digest, or as one cut short. */
    private static final Pattern DIGEST =
            Pattern.compile("[0-9A-Fa-f]{16,}|(?=[A-Za-z+/_-]*[0-9])[0-9A-Za-z+/_-]{22,}={0,2}");

    private final boolean reveal;

    /**
     * Some value travels under a salt. Which ones is known when a whole capture has been heard, and
     * the replay hears them one by one: so nothing is shown that could be one.
     */
    private final boolean salted;

    private long others;

    private Har(JsonGenerator json, Audit audit) {
        this.json = json;
        this.reveal = audit.inputs().options().reveal();
        this.salted =
                audit.findings().stream()
                        .flatMap(f -> f.variants().stream())
                        .anyMatch(v -> v.disguise() == Disguise.SALTED);
    }

    /** What may be a digest, replaced where some are salted. */
    private String undigested(String text) {
        return reveal || !salted ? text : DIGEST.matcher(text).replaceAll("{digest}");
    }

    /** Writes UTF-8, ends with a line feed, leaves {@code out} open. */
    public static void write(Audit audit, Replay replay, OutputStream out)
            throws IOException, UnreadableInput {
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            new Har(json, audit).log(audit, replay);
            json.writeRaw('\n');
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void log(Audit audit, Replay replay) throws UnreadableInput {
        json.writeStartObject();
        json.writeName("log");
        json.writeStartObject();
        text("version", "1.2");
        json.writeName("creator");
        json.writeStartObject();
        text("name", "telltale");
        text("version", audit.toolVersion());
        json.writeEndObject();
        json.writeName("pages");
        json.writeStartArray();
        json.writeEndArray();
        json.writeName("entries");
        json.writeStartArray();
        replay.exchanges(MOST, this::entry);
        json.writeEndArray();
        String left = others == 0 ? "" : others + " exchanges that are no HTTP are left out. ";
        String masked =
                reveal
                        ? ""
                        : "Masked: identifiers by their kind; cookies, credentials and bodies are"
                                + " left out (--reveal shows them).";
        text("comment", (left + masked).strip());
        json.writeEndObject();
        json.writeEndObject();
    }

    private void text(String name, String value) {
        json.writeName(name);
        // Half a surrogate pair has no UTF-8.
        json.writeString(new String(value.getBytes(UTF_8), UTF_8));
    }

    private void number(String name, long value) {
        json.writeNumberProperty(name, value);
    }

    private static Optional<Message> message(ReplayedExchange x, Side side) {
        // Of several answers the last is final: those before it were interim.
        Optional<Message> found = Optional.empty();
        for (Message m : x.messages())
            if (m.side() == side && !webSocket(m)) {
                if (found.isEmpty() || side == Side.RESPONDER && m.status() > 0)
                    found = Optional.of(m);
            }
        return found;
    }

    /** Messages of a WebSocket belong to the exchange that opened it and hold frames alone. */
    private static boolean webSocket(Message m) {
        return !m.parts().isEmpty()
                && m.status() == 0
                && m.parts().stream().allMatch(p -> p.kind() == PartKind.FRAME);
    }

    private void entry(ReplayedExchange x) {
        Exchange e = x.exchange();
        Optional<Message> sent = message(x, Side.INITIATOR);
        Optional<Message> answer = message(x, Side.RESPONDER);
        if (!e.hasUrl() || e.operation().isEmpty() || sent.isEmpty() && answer.isEmpty()) {
            others++;
            return;
        }
        Instant began = x.started();
        Instant sentEnd = sent.map(Message::ended).orElse(began);
        Instant answered = answer.map(Message::began).orElse(sentEnd);
        Instant end = answer.map(Message::ended).orElse(sentEnd);
        double send = millis(began, sentEnd);
        double wait = millis(sentEnd, answered);
        double receive = millis(answered, end);
        json.writeStartObject();
        text("startedDateTime", began.toString());
        json.writeNumberProperty("time", send + wait + receive);
        json.writeName("request");
        request(e, sent);
        json.writeName("response");
        response(e, answer);
        json.writeName("cache");
        json.writeStartObject();
        json.writeEndObject();
        json.writeName("timings");
        json.writeStartObject();
        json.writeNumberProperty("send", send);
        json.writeNumberProperty("wait", wait);
        json.writeNumberProperty("receive", receive);
        json.writeEndObject();
        String ip = e.flow().responder().ip();
        if (!ip.isEmpty()) text("serverIPAddress", ip);
        text("connection", Long.toString(e.flow().number()));
        String found = found(x);
        if (!found.isEmpty()) text("comment", "holds " + found);
        webSocketMessages(x);
        json.writeEndObject();
    }

    private static double millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toNanos() / 1e6);
    }

    private static String found(ReplayedExchange x) {
        TreeSet<String> kinds = new TreeSet<>();
        for (Message m : x.messages())
            for (Part p : m.parts()) for (Spot s : p.spots()) kinds.add(s.kind());
        return String.join(", ", kinds);
    }

    private static String version(Exchange e) {
        return switch (e.protocol()) {
            case "http/1.0" -> "HTTP/1.0";
            case "http/2" -> "HTTP/2";
            case "http/3" -> "HTTP/3";
            default -> "HTTP/1.1";
        };
    }

    // --- request

    private void request(Exchange e, Optional<Message> sent) {
        List<Part> parts = sent.map(Message::parts).orElse(List.of());
        Optional<Part> target = sent.flatMap(m -> m.first(PartKind.TARGET));
        Optional<Part> body = sent.flatMap(m -> m.first(PartKind.BODY)).filter(p -> p.size() > 0);
        json.writeStartObject();
        text("method", e.operation());
        String shown =
                target.map(this::shown)
                        .orElseGet(() -> undigested(new String(e.target(), ISO_8859_1)));
        text("url", url(e, shown, parts));
        text("httpVersion", version(e));
        cookies(parts, "cookie", ";");
        headers(parts);
        query(shown);
        if (body.isPresent()) postData(body.get());
        number("headersSize", -1);
        number("bodySize", body.map(Part::size).orElse(0L));
        json.writeEndObject();
    }

    private String url(Exchange e, String target, List<Part> parts) {
        if (target.matches("(?s)[a-zA-Z][a-zA-Z0-9+.-]*://.*")) return target;
        String host = e.host().isEmpty() ? e.flow().responder().ip() : e.host();
        for (Part p : parts)
            if (!reveal
                    && p.kind() == PartKind.HEADER
                    && p.name().equalsIgnoreCase("host")
                    && !p.spots().isEmpty()) host = shown(p);
        String at = host.indexOf(':') >= 0 && !host.startsWith("{") ? "[" + host + "]" : host;
        boolean usual = e.port() <= 0 || e.port() == (e.scheme().equals("http") ? 80 : 443);
        if (e.operation().equals("CONNECT")) return "https://" + target + "/";
        return e.scheme()
                + "://"
                + at
                + (usual ? "" : ":" + e.port())
                + (target.startsWith("/") ? "" : "/")
                + target;
    }

    private void headers(List<Part> parts) {
        json.writeName("headers");
        json.writeStartArray();
        for (Part p : parts) {
            if (p.kind() != PartKind.HEADER) continue;
            pair(p.name(), secret(p.name()) ? "{secret}" : shown(p));
        }
        json.writeEndArray();
    }

    private boolean secret(String field) {
        return !reveal && SECRET.contains(field.toLowerCase(Locale.ROOT));
    }

    private void pair(String name, String value) {
        json.writeStartObject();
        text("name", name);
        text("value", value);
        json.writeEndObject();
    }

    /** By the header field; exchange captures may have them as parts of their own. */
    private void cookies(List<Part> parts, String field, String separator) {
        json.writeName("cookies");
        json.writeStartArray();
        for (Part p : parts) {
            if (p.kind() == PartKind.COOKIE) {
                pair(p.name(), reveal ? shown(p) : "{cookie}");
            } else if (p.kind() == PartKind.HEADER && p.name().equalsIgnoreCase(field)) {
                for (String c : shown(p).split(separator)) {
                    String one = c.split(";", 2)[0].strip();
                    int eq = one.indexOf('=');
                    if (eq > 0)
                        pair(one.substring(0, eq), reveal ? one.substring(eq + 1) : "{cookie}");
                }
            }
        }
        json.writeEndArray();
    }

    private void query(String target) {
        json.writeName("queryString");
        json.writeStartArray();
        int q = target.indexOf('?');
        if (q >= 0)
            for (String p : target.substring(q + 1).split("&")) {
                if (p.isEmpty()) continue;
                int eq = p.indexOf('=');
                pair(eq < 0 ? p : p.substring(0, eq), eq < 0 ? "" : p.substring(eq + 1));
            }
        json.writeEndArray();
    }

    private void postData(Part body) {
        json.writeName("postData");
        json.writeStartObject();
        text("mimeType", body.mediaType());
        json.writeName("params");
        json.writeStartArray();
        json.writeEndArray();
        content(body, false);
        json.writeEndObject();
    }

    // --- response

    private void response(Exchange e, Optional<Message> answer) {
        List<Part> parts = answer.map(Message::parts).orElse(List.of());
        Optional<Part> body = answer.flatMap(m -> m.first(PartKind.BODY));
        json.writeStartObject();
        number("status", answer.map(Message::status).orElse(0));
        text("statusText", "");
        text("httpVersion", version(e));
        cookies(parts, "set-cookie", "\n");
        headers(parts);
        json.writeName("content");
        json.writeStartObject();
        number("size", body.map(Part::size).orElse(0L));
        text("mimeType", body.map(Part::mediaType).orElse(""));
        if (body.isPresent()) content(body.get(), true);
        json.writeEndObject();
        String to = "";
        for (Part p : parts)
            if (p.kind() == PartKind.HEADER && p.name().equalsIgnoreCase("location")) to = shown(p);
        text("redirectURL", to);
        number("headersSize", -1);
        number("bodySize", body.map(Part::size).orElse(0L));
        if (answer.isEmpty()) text("comment", "no answer in the capture");
        json.writeEndObject();
    }

    /** Its text with the content codings undone, in base64 where it is none. */
    private void content(Part body, boolean answer) {
        if (!reveal) {
            if (!answer) text("text", "");
            text("comment", "left out; --reveal shows it");
            return;
        }
        byte[] plain = body.bytes();
        String comment = body.whole() ? "" : "the first " + plain.length + " bytes, as sent";
        for (int i = body.codings().size() - 1; i >= 0 && comment.isEmpty(); i--) {
            Optional<byte[]> undone = undone(body.codings().get(i), plain);
            if (undone.isEmpty()) comment = "still coded: " + body.codings().get(i);
            else plain = undone.get();
        }
        Optional<String> text = utf8(plain);
        text("text", text.isPresent() ? text.get() : Base64.getEncoder().encodeToString(plain));
        if (text.isEmpty()) text("encoding", "base64");
        if (!comment.isEmpty()) text("comment", comment);
    }

    private static Optional<byte[]> undone(String coding, byte[] coded) {
        String layer =
                switch (coding) {
                    case "gzip", "x-gzip" -> "gzip";
                    case "br" -> "brotli";
                    case "zstd" -> "zstd";
                    case "deflate" -> "zlib";
                    case "identity" -> "";
                    default -> coding;
                };
        if (layer.isEmpty()) return Optional.of(coded);
        Optional<byte[]> plain = first(Codecs.undo(layer, coded));
        // The same name is used for both.
        return plain.isEmpty() && layer.equals("zlib")
                ? first(Codecs.undo("deflate", coded))
                : plain;
    }

    private static Optional<byte[]> first(Optional<List<byte[]>> all) {
        return all.filter(l -> !l.isEmpty()).map(List::getFirst);
    }

    private static Optional<String> utf8(byte[] b) {
        for (byte x : b)
            if (x >= 0 && x < 0x20 && x != '\t' && x != '\n' && x != '\r') return Optional.empty();
        try {
            return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(b)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    // --- WebSocket

    private void webSocketMessages(ReplayedExchange x) {
        List<Message> all = x.messages().stream().filter(Har::webSocket).toList();
        if (all.isEmpty()) return;
        json.writeName("_webSocketMessages");
        json.writeStartArray();
        for (Message m : all)
            for (Part p : m.parts()) {
                Optional<String> text = utf8(p.bytes());
                json.writeStartObject();
                text("type", m.side() == Side.INITIATOR ? "send" : "receive");
                json.writeNumberProperty(
                        "time", m.began().getEpochSecond() + m.began().getNano() / 1e9);
                number("opcode", text.isPresent() ? 1 : 2);
                text(
                        "data",
                        reveal
                                ? text.orElseGet(
                                        () -> Base64.getEncoder().encodeToString(p.bytes()))
                                : "");
                json.writeEndObject();
            }
        json.writeEndArray();
    }

    // --- masking

    private static final List<String> PASSWORDS =
            List.of("password", "passwd", "passphrase", "pwd");

    /** A head's part as sent, or with what it holds of the persona replaced. */
    private String shown(Part p) {
        if (reveal) return text(p.bytes(), 0, p.bytes().length);
        List<Spot> spots = new ArrayList<>(p.spots());
        if (p.kind() == PartKind.TARGET) passwords(p.bytes(), spots);
        spots.sort(
                Comparator.comparingLong((Spot s) -> s.range().start())
                        .thenComparing(s -> -s.range().length()));
        StringBuilder s = new StringBuilder();
        int at = 0;
        for (Spot spot : spots) {
            int from = (int) spot.range().start();
            int to = (int) Math.min(spot.range().end(), p.bytes().length);
            if (to <= at) continue;
            s.append(text(p.bytes(), at, Math.max(at, from)));
            s.append('{').append(spot.kind()).append('}');
            at = to;
        }
        return undigested(s.append(text(p.bytes(), at, p.bytes().length)).toString());
    }

    private static void passwords(byte[] target, List<Spot> spots) {
        String t = new String(target, ISO_8859_1);
        for (int i = t.indexOf('?'); i >= 0; ) {
            int next = t.indexOf('&', i + 1);
            int to = next < 0 ? t.length() : next;
            int eq = t.indexOf('=', i + 1);
            if (eq > 0 && eq < to) {
                String key = t.substring(i + 1, eq).toLowerCase(Locale.ROOT);
                if (PASSWORDS.stream().anyMatch(key::endsWith))
                    spots.add(
                            new Spot("password", new Range(eq + 1, to - eq - 1), Optional.empty()));
            }
            i = next;
        }
    }

    private static String text(byte[] b, int from, int to) {
        byte[] part = Arrays.copyOfRange(b, from, Math.max(from, to));
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(part)).toString();
        } catch (CharacterCodingException e) {
            return new String(part, ISO_8859_1);
        }
    }
}
