package dev.telltale.data;

import dev.telltale.audit.Reference;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts packs into the data folder: fetched from where they are published, or from a file. */
public final class Updates {
    private static final int MOST_BYTES = 256 << 20;
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration WHOLE = Duration.ofMinutes(10);

    private final DataFolder folder;
    private final LocalDate today;

    public Updates(DataFolder folder, LocalDate today) {
        this.folder = folder;
        this.today = today;
    }

    /** A source one may fetch. */
    public record Offer(
            String name, String title, String from, String licence, String licenceText) {}

    public static List<Offer> offers() {
        return Source.ALL.stream()
                .map(s -> new Offer(s.name(), s.title(), s.base(), s.licence(), s.licenceText()))
                .toList();
    }

    /**
     * Fetches a source's files, nothing else.
     *
     * @param mirror another place that has them under the same names
     * @throws IOException one line: what, from where, why not
     */
    public DataFolder.Stored fetch(String name, Optional<String> mirror)
            throws IOException, InterruptedException {
        Source source =
                Source.named(name).orElseThrow(() -> new IOException("no source is named " + name));
        String base = mirror.orElse(source.base());
        String slash = base.endsWith("/") ? base : base + "/";
        List<byte[]> files = new ArrayList<>();
        try (HttpClient client =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()) {
            for (String file : source.files()) files.add(get(client, slash + file));
        }
        byte[] pack;
        try {
            pack = source.converter().pack(files);
        } catch (IOException e) {
            throw new IOException(
                    "what " + slash + " sent is not " + source.title() + ": " + e.getMessage(), e);
        }
        return store(
                new DataFolder.Stored(
                        source.name(),
                        source.title(),
                        today.toString(),
                        today.toString(),
                        source.licence(),
                        "",
                        slash + String.join(" ", source.files()),
                        DataFolder.sha256(files.toArray(byte[][]::new)),
                        source.days(),
                        source.kind()),
                pack);
    }

    private static byte[] get(HttpClient client, String url)
            throws IOException, InterruptedException {
        URI uri = address(url);
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .timeout(WHOLE)
                        .header("User-Agent", "telltale")
                        .GET()
                        .build();
        HttpResponse<java.io.InputStream> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new IOException("cannot fetch " + url + ": " + why(e), e);
        }
        try (java.io.InputStream body = response.body()) {
            if (response.statusCode() != 200)
                throw new IOException(
                        "cannot fetch " + url + ": the server answered " + response.statusCode());
            byte[] bytes = body.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES)
                throw new IOException(
                        "cannot fetch " + url + ": larger than " + (MOST_BYTES >> 20) + " MB");
            return bytes;
        }
    }

    /** HTTPS, but for a server on this machine. */
    private static URI address(String url) throws IOException {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a URL: " + url, e);
        }
        String host = String.valueOf(uri.getHost());
        boolean here = host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
        if ("https".equals(uri.getScheme()) || here && "http".equals(uri.getScheme())) return uri;
        throw new IOException("only https is fetched: " + url);
    }

    private static String why(IOException e) {
        return switch (e) {
            case java.net.http.HttpTimeoutException t -> "no answer in time";
            case java.net.ConnectException c -> "no connection; is there a network?";
            case javax.net.ssl.SSLException s ->
                    "the server could not be trusted (" + s.getMessage() + ")";
            default ->
                    e.getMessage() == null ? "no connection; is there a network?" : e.getMessage();
        };
    }

    /**
     * Takes the user's own file: a MaxMind DB, or a CSV of address ranges or of hosts.
     *
     * @param date of the data; empty for today
     */
    public DataFolder.Stored take(Path file, String name, String licence, Optional<String> date)
            throws IOException {
        if (Files.size(file) > MOST_BYTES)
            throw new IOException("larger than " + (MOST_BYTES >> 20) + " MB");
        byte[] bytes = Files.readAllBytes(file);
        boolean mmdb = Mmdb.is(bytes);
        boolean ranges = !mmdb && startsWithAddress(bytes);
        byte[] pack = mmdb ? Mmdb.pack(bytes) : ranges ? ranges(bytes) : HostLists.csv(bytes);
        return store(
                new DataFolder.Stored(
                        name,
                        file.getFileName().toString(),
                        date.orElse(today.toString()),
                        today.toString(),
                        licence,
                        "",
                        file.getFileName().toString(),
                        DataFolder.sha256(bytes),
                        mmdb || ranges ? 90 : 180,
                        mmdb || ranges ? PackKind.ADDRESSES : PackKind.HOSTS_FIRST),
                pack);
    }

    /** Whether a CSV's first row, or its second below a heading, begins with an address. */
    private static boolean startsWithAddress(byte[] csv) {
        return new String(csv, 0, Math.min(csv.length, 4096), StandardCharsets.UTF_8)
                .lines()
                .filter(l -> !l.isBlank() && !l.startsWith("#"))
                .limit(2)
                .anyMatch(l ->
                        AddressRanges.columns(l)
                                .getFirst()
                                .matches(
                                        "[0-9]+|[0-9.]+(/\\d+)?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/\\d+)?"));
    }

    /** first,last,CC[,AS] or network,CC[,AS]; the value is a country, an AS number, or both. */
    private static byte[] ranges(byte[] csv) throws IOException {
        AddressPack pack = new AddressPack();
        AddressRanges.Both countries =
                AddressRanges.csv(
                        lines(csv),
                        c ->
                                c.stream()
                                        .mapToInt(pack::code)
                                        .filter(n -> n != 0)
                                        .findFirst()
                                        .orElse(0));
        AddressRanges.Both systems = AddressRanges.csv(lines(csv), Updates::as);
        return pack.pack(countries, systems);
    }

    private static BufferedReader lines(byte[] csv) {
        return new BufferedReader(
                new InputStreamReader(new ByteArrayInputStream(csv), StandardCharsets.UTF_8));
    }

    private static int as(List<String> columns) {
        for (String c : columns)
            if (c.matches("(AS)?\\d{1,10}")) {
                long n = Long.parseLong(c.replace("AS", ""));
                if (n < 1L << 32) return (int) n;
            }
        return 0;
    }

    private DataFolder.Stored store(DataFolder.Stored about, byte[] pack) throws IOException {
        folder.store(about, pack);
        return folder.list().stream()
                .filter(s -> s.name().equals(about.name()))
                .findFirst()
                .orElse(about);
    }

    /** The data folder's packs, for an audit. */
    public static Reference reference(DataFolder folder) throws IOException {
        List<Reference.Extra> extras = new ArrayList<>();
        for (DataFolder.Stored s : folder.list())
            extras.add(
                    new Reference.Extra(
                            s.name(),
                            s.title(),
                            s.date(),
                            s.licence(),
                            s.sha256(),
                            s.days(),
                            s.kind().kind(),
                            folder.content(s)));
        return Reference.with(extras);
    }
}
