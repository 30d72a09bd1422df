package dev.telltale.attribute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.net.InternetDomainName;
import dev.telltale.model.Attribution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceDataTest {
    private final ReferenceData data = ReferenceData.bundled();

    private Attribution host(String host) {
        return data.of(host, List.of(), List.of());
    }

    private Attribution ip(String... ips) {
        return data.of(ips[0], List.of(ips), List.of());
    }

    private static List<String[]> listed(String file) throws IOException {
        try (InputStream in = ReferenceDataTest.class.getResourceAsStream(file)) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .map(l -> l.split("\t", -1))
                    .toList();
        }
    }

    /** The list of docs/reference-data.md: host, company, headquarters, category. */
    @Test
    void namesWellKnownHosts() throws IOException {
        List<String[]> hosts = listed("well-known-hosts.tsv");
        assertThat(hosts).hasSize(60);
        List<String> missed = new ArrayList<>();
        for (String[] h : hosts) {
            Attribution a = host(h[0]);
            if (!a.company().equals(h[1])
                    || !a.headquarters().equals(h[2])
                    || !a.category().equals(h[3])) missed.add(h[0] + " " + a);
        }
        assertThat(missed).hasSizeLessThanOrEqualTo(3);
        assertThat(missed).as("today all of them").isEmpty();
    }

    /**
     * Against Debian's geoip-database, made by others from other sources: its country for each
     * address is the expectation.
     */
    @Test
    void agreesWithAnIndependentDatabase() throws Exception {
        List<String[]> addresses = listed("clouds-and-isps.tsv");
        assertThat(addresses).hasSize(48);
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/geoiplookup"))
                        && Files.exists(Path.of("/usr/share/GeoIP/GeoIP.dat")),
                "geoip-bin and geoip-database are not installed");
        List<String> other = new ArrayList<>();
        int named = 0;
        for (String[] a : addresses) {
            String expected = geoiplookup(a[0]);
            if (!expected.isEmpty()) named++;
            String ours = ip(a[0]).country();
            if (!ours.equals(expected)) other.add(a[0] + ": " + ours + ", there " + expected);
        }
        assertThat(named).as("named by the independent database").isEqualTo(48);
        assertThat(other).hasSizeLessThanOrEqualTo(2);
    }

    private static final Pattern EDITION = Pattern.compile("Country Edition: ([A-Z]{2}),");

    private static String geoiplookup(String ip) throws Exception {
        Process p =
                new ProcessBuilder("/usr/bin/geoiplookup", ip).redirectErrorStream(true).start();
        String out = new String(p.getInputStream().readAllBytes(), UTF_8);
        assertThat(p.waitFor(10, TimeUnit.SECONDS)).isTrue();
        Matcher m = EDITION.matcher(out);
        return m.find() ? m.group(1) : "";
    }

    @Test
    void saysWhatALabelRestsOn() {
        Attribution a = data.of("data.mistat.xiaomi.com", List.of("116.224.0.1"), List.of());
        assertThat(a.sources().get("company"))
                .startsWith("by suffix mistat.xiaomi.com, run from CN: Telltale hosts, 2026-")
                .endsWith(", Apache-2.0");
        assertThat(a.sources().get("country"))
                .startsWith("where an address is registered or located as of the date of ")
                .endsWith(", 2026-06-17, CC BY 4.0");
        assertThat(a.sources().get("asn")).startsWith("AS4812 ").contains("2026-06-17, CC BY 4.0");
        assertThat(data.consulted())
                .extracting(Pack::name)
                .contains("hosts", "ip-country", "ip-as");
    }

    @Test
    void oneCompanyHasOneNameAtAllItsHosts() {
        assertThat(host("api.account.xiaomi.com").company())
                .isEqualTo(host("tracking.miui.com").company())
                .isEqualTo(host("relocationapi.micloud.xiaomi.net").company());
        assertThat(host("graph.facebook.com").company())
                .isEqualTo(host("scontent.cdninstagram.com").company())
                .isEqualTo("Meta");
        assertThat(host("pagead2.googlesyndication.com").company())
                .isEqualTo(host("stats.g.doubleclick.net").company())
                .isEqualTo(host("fonts.gstatic.com").company());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"notxiaomi.com", "xiaomi.com.example.org", "com", "", "example.org", "."})
    void namesNobodyByLikeness(String host) {
        assertThat(host(host).company()).isEmpty();
        assertThat(host(host).sources()).isEmpty();
    }

    @Test
    void hostNamesAreReadAsDnsHasThem() {
        assertThat(host("API.Account.XIAOMI.com.").company()).isEqualTo("Xiaomi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.168.1.1", "10.0.0.1", "127.0.0.1", "203.0.113.20", "198.51.100.7",
                        "224.0.0.251",
                "255.255.255.255", "::1", "fe80::1", "2001:db8::9", "ff02::fb", "0.0.0.0"
            })
    void addressesOfNobodyAreNowhere(String ip) {
        Attribution a = ip(ip);
        assertThat(a.country()).isEmpty();
        assertThat(a.asn()).isEmpty();
        assertThat(a.sources()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, 15169",
        "1.1.1.1, 13335",
        "151.101.1.1, 54113",
        "9.9.9.9, 19281",
        "2606:4700::1111, 13335"
    })
    void anycastIsNamedAndHasNoCountry(String ip, int asn) {
        Attribution a = ip(ip);
        assertThat(a.anycast()).isTrue();
        assertThat(a.country()).isEmpty();
        assertThat(a.asn()).hasValue(asn);
        assertThat(a.sources()).containsKey("anycast").doesNotContainKey("country");
    }

    @Test
    void ipv6() {
        assertThat(ip("2a02:8100::1").country()).isEqualTo("DE");
        assertThat(ip("2408:8000::1").country()).isEqualTo("CN");
    }

    @Test
    void addressesThatDifferAreAllNamedAndNoneIsPicked() {
        Attribution a = ip("116.224.0.1", "52.74.0.1");
        assertThat(a.country()).isEmpty();
        assertThat(a.asn()).isEmpty();
        assertThat(a.sources().get("country"))
                .startsWith("addresses differ: CN (116.224.0.1), SG (52.74.0.1); ");
        assertThat(ip("52.74.0.1", "116.224.0.1")).isEqualTo(a);
    }

    @Test
    void endpointsAreLabelledByUrl() {
        Attribution a =
                data.of(
                        "api2.branch.io",
                        List.of(),
                        List.of("https://api2.branch.io/v1/install?sdk=android"));
        assertThat(a.sources().get("endpoint")).contains("TrackHAR 1.0.0, 2026-05-18, CC0-1.0");
        assertThat(a.company()).isEqualTo("Branch");
        assertThat(
                        data.of(
                                        "api2.branch.io",
                                        List.of(),
                                        List.of("https://api2.branch.io/v1/other"))
                                .sources())
                .doesNotContainKey("endpoint");
    }

    /** Values are never looked for where an adapter says they stand: nothing of it is bundled. */
    @Test
    void endpointsBringNoFieldPaths() throws IOException {
        for (String[] row : listed("trackhar.tsv")) {
            assertThat(row).hasSize(4);
            assertThat(row[0]).isIn("=", "~");
            assertThat(row[1]).contains("http");
        }
    }

    @Test
    void hostileUrlsDoNotKeepAPatternBusy() {
        String url = "https://graph.facebook.com/" + "a/".repeat(5_000) + "activities";
        assertThat(data.of("graph.facebook.com", List.of(), List.of(url)).sources())
                .doesNotContainKey("endpoint");
    }

    @ParameterizedTest
    @CsvSource({
        // 404 (India) has MNCs of two digits, 310 (US) of three; the test network has both.
        "404450123456789, Airtel",
        "310260123456789, T-Mobile",
        "262010000000000, Telekom",
        "001010000000001, TEST"
    })
    void operatorsByImsi(String imsi, String operator) {
        assertThat(data.operator(imsi)).contains(operator);
    }

    @Test
    void makersByMac() {
        assertThat(data.maker("a4:50:46:12:9f:c3"))
                .hasValueSatisfying(m -> assertThat(m).startsWith("Xiaomi"));
        assertThat(data.maker("A4-50-46-12-9F-C3")).isEqualTo(data.maker("a45046129fc3"));
        assertThat(data.maker("a6:50:46:12:9f:c3")).as("locally administered").isEmpty();
        // An MA-S of 36 bits lies within a block of 24 that is IEEE's own.
        assertThat(data.maker("70:b3:d5:00:11:23"))
                .hasValueSatisfying(m -> assertThat(m).isNotBlank().doesNotContain("IEEE"));
        assertThat(data.maker("70:b3:d5:00:01:23")).as("a part that nobody has").isEmpty();
    }

    @Test
    void models() {
        assertThat(data.model("SM-G991B")).contains("Samsung Galaxy S21 5G");
        assertThat(data.model("sm-g991b ")).contains("Samsung Galaxy S21 5G");
        assertThat(data.model("no such model")).isEmpty();
    }

    @Test
    void packsAreWhatTheyAreListedAs() throws Exception {
        for (String[] row : listed("packs.tsv")) {
            byte[] file = Resources.bytes(row[1]);
            assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file)))
                    .as("%s (run build/reference/hash after a change)", row[1])
                    .isEqualTo(row[6]);
            assertThat(LocalDate.parse(row[3])).isBefore(LocalDate.of(2027, 1, 1));
            assertThat(row[4]).isNotBlank();
            assertThat(Integer.parseInt(row[5])).isIn(90, 180, 365);
        }
    }

    @Test
    void everyRowOfOurOwnTableCarriesItsEvidence() throws IOException {
        Set<String> suffixes = new HashSet<>();
        List<String[]> rows = listed("hosts.tsv");
        for (String[] r : rows) {
            assertThat(r).as(String.join("|", r)).hasSize(7);
            assertThat(suffixes.add(r[0])).as("%s twice", r[0]).isTrue();
            assertThat(r[0]).isEqualTo(r[0].toLowerCase(Locale.ROOT));
            assertThat(InternetDomainName.from(r[0]).hasRegistrySuffix()).as(r[0]).isTrue();
            assertThat(InternetDomainName.from(r[0]).isRegistrySuffix()).as(r[0]).isFalse();
            assertThat(r[1]).isNotBlank();
            assertThat(r[2]).matches("([A-Z]{2})?");
            assertThat(r[3]).isNotBlank();
            assertThat(r[4]).hasSizeGreaterThan(8);
            assertThat(r[5])
                    .isIn("artifact", "source", "document", "publication", "client", "website");
            LocalDate.parse(r[6]);
        }
        assertThat(rows).hasSizeGreaterThanOrEqualTo(150);
    }
}
