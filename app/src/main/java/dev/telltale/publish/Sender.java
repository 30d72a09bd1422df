package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.publish.Advisory.Invalid;
import dev.telltale.publish.Journal.Letter;
import dev.telltale.publish.Subscriptions.Subscription;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells subscribers: signed POSTs, each once. What cannot be delivered after some tries becomes a
 * dead letter, which waits until it is asked for again.
 */
public final class Sender {
    public static final String SCHEMA = "telltale.event/1";

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration WHOLE = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 4;

    /** Before the second attempt; twice as long before each further one. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** Waits; tests do not. */
    public interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    private final Clock clock;
    private final Sleeper sleeper;
    private final String version;

    public Sender(Clock clock, Sleeper sleeper, String version) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.version = version;
    }

    /**
     * What became of one delivery.
     *
     * @param why empty where it arrived
     */
    public record Outcome(String subscription, String event, String advisory, String why) {}

    /**
     * @param resend only what is among the dead letters, else only what is not
     */
    public List<Outcome> send(List<Site.Item> items, Subscriptions subscriptions, boolean resend)
            throws Invalid, IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        try (Journal journal = new Journal(subscriptions.file());
                HttpClient client =
                        HttpClient.newBuilder()
                                .connectTimeout(CONNECT)
                                .followRedirects(HttpClient.Redirect.NEVER)
                                .version(HttpClient.Version.HTTP_1_1)
                                .build()) {
            if (resend) {
                for (Letter dead : journal.dead())
                    for (Subscription s : subscriptions.all())
                        if (s.name().equals(dead.subscription()) && s.active())
                            outcomes.add(deliver(client, s, dead, journal));
                return outcomes;
            }
            // Oldest first: who reads along sees things happen in their order.
            for (Site.Item item : items.reversed())
                for (Subscription s : subscriptions.all()) {
                    if (!s.wants(item)) continue;
                    Letter letter = letter(s, item);
                    if (!journal.isSent(letter.delivery()) && !journal.isDead(letter.delivery()))
                        outcomes.add(deliver(client, s, letter, journal));
                }
        }
        return outcomes;
    }

    private static Letter letter(Subscription s, Site.Item item) {
        String delivery =
                Site.sha256(
                                String.join(
                                        "\n",
                                        s.name(),
                                        item.key(),
                                        Integer.toString(item.revisions().size()),
                                        item.event().label()))
                        .substring(0, 32);
        Map<String, String> values = Template.values(item);
        return new Letter(
                delivery,
                s.name(),
                item.event().label(),
                item.id(),
                s.template().map(Template::contentType).orElse("application/json"),
                s.template().map(t -> t.filled(values)).orElseGet(() -> json(item, values)),
                "",
                0,
                "");
    }

    private static String json(Site.Item item, Map<String, String> values) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        root.put("schema", SCHEMA);
        for (String name :
                List.of(
                        "event",
                        "id",
                        "key",
                        "title",
                        "summary",
                        "status",
                        "url",
                        "published",
                        "updated")) root.put(name, values.get(name));
        root.put("version", item.revisions().size());
        ArrayNode tags = root.putArray("tags");
        for (String tag : item.tags()) tags.add(tag);
        return JsonMapper.shared().writeValueAsString(root);
    }

    private Outcome deliver(HttpClient client, Subscription s, Letter letter, Journal journal)
            throws IOException, InterruptedException {
        Optional<String> why = Optional.empty();
        int attempts = 0;
        for (boolean again = true; again && attempts < ATTEMPTS; ) {
            if (attempts > 0) sleeper.sleep(PAUSE.multipliedBy(1L << (attempts - 1)));
            attempts++;
            again = false;
            try {
                int status = post(client, s, letter);
                if (status / 100 == 2) {
                    journal.sent(noted(letter, attempts, ""), status);
                    return new Outcome(s.name(), letter.event(), letter.advisory(), "");
                }
                why = Optional.of("the server answered " + status);
                again = status / 100 == 5 || status == 408 || status == 429;
            } catch (Invalid e) {
                why = Optional.of(String.valueOf(e.getMessage()));
            } catch (NotReached e) {
                why = Optional.of(String.valueOf(e.getMessage()));
                again = true;
            }
        }
        journal.dead(noted(letter, attempts, why.orElse("")));
        return new Outcome(s.name(), letter.event(), letter.advisory(), why.orElse(""));
    }

    private Letter noted(Letter l, int attempts, String why) {
        return new Letter(
                l.delivery(),
                l.subscription(),
                l.event(),
                l.advisory(),
                l.contentType(),
                l.body(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                l.attempts() + attempts,
                why);
    }

    /** No answer; another try may bring one. The journal's own troubles are not among these. */
    private static final class NotReached extends Exception {
        private static final long serialVersionUID = 1;

        NotReached(String message) {
            super(message);
        }
    }

    private int post(HttpClient client, Subscription s, Letter letter)
            throws Invalid, NotReached, InterruptedException {
        byte[] body = letter.body().getBytes(UTF_8);
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(s.url())
                        .timeout(WHOLE)
                        .header("Content-Type", letter.contentType())
                        .header("User-Agent", ("Telltale/" + version).replaceAll("[^!-~]", ""))
                        .header("Telltale-Event", letter.event())
                        .header("Telltale-Delivery", letter.delivery())
                        .header("Telltale-Timestamp", timestamp)
                        .header(
                                "Telltale-Signature",
                                "v1=" + signature(s.secret(), timestamp, body))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        s.authorization().ifPresent(a -> request.header("Authorization", a));
        try {
            Endpoint.resolved(s.url());
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            // What it says is nobody's concern, however long it is.
            response.body().close();
            return response.statusCode();
        } catch (IOException e) {
            throw new NotReached(Failure.why(e));
        }
    }

    /** HMAC-SHA256 over {@code timestamp.body}, in hex. */
    static String signature(byte[] secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }

    /** In words, as nobody knows exceptions' names. */
    private static final class Failure {
        private Failure() {}

        static String why(IOException e) {
            return switch (e) {
                case java.net.http.HttpTimeoutException t -> "no answer in time";
                case java.net.UnknownHostException u -> "no such host";
                case java.net.ConnectException c -> "no connection";
                case javax.net.ssl.SSLException s -> "the server could not be trusted";
                default -> "the connection broke";
            };
        }
    }
}
