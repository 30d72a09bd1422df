package dev.telltale.report;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import dev.telltale.model.Secured;
import dev.telltale.model.UnexplainedValue;
import dev.telltale.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Audits made by hand after the published story of 2014; every name and number is invented. */
public final class RedMi {

    private static final Instant T0 = Instant.parse("2014-08-07T10:00:02.000118Z");
    private static final Instant T1 = Instant.parse("2014-08-07T10:19:41.5Z");

    private static final Identifier IMEI = new Identifier("imei[0]", "imei", Scope.DEVICE, true);
    private static final Identifier IMSI = new Identifier("imsi[0]", "imsi", Scope.PERSON, true);
    private static final Identifier MSISDN =
            new Identifier("msisdn[0]", "msisdn", Scope.PERSON, true);
    private static final Identifier OPERATOR =
            new Identifier("operator[0]", "operator", Scope.NETWORK, true);
    private static final Identifier MODEL = new Identifier("model[0]", "model", Scope.SETUP, false);
    private static final Identifier SMS =
            new Identifier("sms[0].peer", "sms_peer", Scope.CONTACT, true);

    private RedMi() {}

    private static Identifier contact(int i) {
        return new Identifier("contacts[" + i + "].phone", "contact_phone", Scope.CONTACT, true);
    }

    static List<Identifier> known() {
        List<Identifier> all = new ArrayList<>(List.of(IMEI, IMSI, MSISDN, OPERATOR, MODEL));
        for (int i = 0; i < 5; i++) all.add(contact(i));
        all.add(SMS);
        all.add(new Identifier("sms[0].text", "sms_text", Scope.PERSON, true));
        return all;
    }

    private static final Destination XIAOMI =
            new Destination(
                    "api.account.xiaomi.com",
                    "xiaomi.com",
                    List.of("198.51.100.12"),
                    80,
                    "Xiaomi",
                    "phone maker",
                    "CN",
                    OptionalInt.of(64500),
                    false,
                    new TreeMap<>(
                            Map.of(
                                    "company", "telltale hosts 2026-11-01",
                                    "country", "geo-whois-asn-country 2026-06-17")));

    private static final Destination ADS =
            new Destination(
                    "t.ads.example.net",
                    "example.net",
                    List.of("203.0.113.9", "2001:db8::9"),
                    443,
                    "",
                    "",
                    "",
                    OptionalInt.empty(),
                    true,
                    Map.of());

    /** First start: everything in the clear, nothing asked. */
    public static Audit firstStart() {
        List<Finding> findings = new ArrayList<>();
        findings.add(
                finding(
                        IMEI,
                        XIAOMI,
                        "GET /pass/activate/dev/{imei}/activating · query[imsi]",
                        List.of(
                                variant(
                                        Secured.NONE,
                                        Disguise.HASHED,
                                        "sha1 > base64url > first 16",
                                        List.of(),
                                        "SHA-1 of your IMEI (15 digits), base64url, first 16 characters, in query"
                                                + " parameter imsi",
                                        3)),
                        Optional.empty()));
        findings.add(
                finding(
                        IMEI,
                        XIAOMI,
                        "POST /pass/v2/register · body.device.imei",
                        List.of(
                                variant(
                                        Secured.NONE,
                                        Disguise.PLAIN,
                                        "15 digits",
                                        List.of("json"),
                                        "your IMEI (15 digits), in the body, field device.imei",
                                        1),
                                variant(
                                        new Secured(Protection.TLS, "1.2", ""),
                                        Disguise.ENCODED,
                                        "15 digits",
                                        List.of("base64", "json"),
                                        "your IMEI (15 digits), inside base64, in the body, field device.imei",
                                        2)),
                        Optional.empty()));
        findings.add(
                finding(
                        MSISDN,
                        XIAOMI,
                        "POST /pass/v2/register · body.phone",
                        List.of(
                                variant(
                                        Secured.NONE,
                                        Disguise.PLAIN,
                                        "E.164",
                                        List.of("json"),
                                        "your phone number (E.164), in the body, field phone",
                                        1)),
                        Optional.empty()));
        findings.add(
                finding(
                        OPERATOR,
                        XIAOMI,
                        "POST /pass/v2/register · body.carrier",
                        List.of(
                                variant(
                                        Secured.NONE,
                                        Disguise.PLAIN,
                                        "as written",
                                        List.of("json"),
                                        "your operator's name (as written), in the body, field carrier",
                                        1)),
                        Optional.empty()));
        for (int i = 0; i < 4; i++) {
            findings.add(
                    finding(
                            contact(i),
                            XIAOMI,
                            "POST /pass/v2/contacts · body.contacts[].phone",
                            List.of(
                                    variant(
                                            Secured.NONE,
                                            Disguise.PLAIN,
                                            "E.164",
                                            List.of("json"),
                                            "the phone number of contact %d (E.164), in the body, field contacts[].phone"
                                                    .formatted(i + 1),
                                            1)),
                            Optional.of(new Finding.SetShare("contacts", 4, 5))));
        }
        findings.add(
                finding(
                        SMS,
                        XIAOMI,
                        "POST /pass/v2/sms · body.to",
                        List.of(
                                variant(
                                        Secured.NONE,
                                        Disguise.PLAIN,
                                        "E.164",
                                        List.of("json"),
                                        "the number of SMS peer 1 (E.164), in the body, field to",
                                        2)),
                        Optional.of(new Finding.SetShare("sms", 1, 1))));
        findings.add(
                finding(
                        MODEL,
                        XIAOMI,
                        "GET /pass/activate/dev/{imei}/activating · header[User-Agent]",
                        List.of(
                                variant(
                                        Secured.NONE,
                                        Disguise.PLAIN,
                                        "as written",
                                        List.of(),
                                        "your phone's model (as written), in header User-Agent",
                                        12)),
                        Optional.empty()));
        findings.add(
                finding(
                        IMEI,
                        ADS,
                        "POST /v1/e · body.d",
                        List.of(
                                variant(
                                        new Secured(Protection.TLS, "1.0", "RC4"),
                                        Disguise.ENCODED,
                                        "15 digits",
                                        List.of("base64", "gzip", "json"),
                                        "your IMEI (15 digits), inside gzip in base64, in the body, field d",
                                        1)),
                        Optional.empty()));
        return audit(findings, run(), coverage());
    }

    /** Nothing seen, and part of what left could not be read. */
    public static Audit inconclusive() {
        Audit a = firstStart();
        return new Audit(
                a.toolVersion(),
                a.inputs(),
                a.persona(),
                Optional.empty(),
                new Verdict(
                        Outcome.INCONCLUSIVE,
                        "no claim beyond this device, build, SIM, region, duration and channels: 20"
                                + " min of traffic",
                        List.of(
                                new Verdict.Reason(
                                        "coverage",
                                        "xiaomi.com",
                                        "",
                                        Outcome.INCONCLUSIVE,
                                        "81 % of what xiaomi.com got was readable, the policy asks for 100 %",
                                        List.of()))),
                a.coverage(),
                List.of(),
                List.of());
    }

    /** All readable, nothing personal in it. */
    public static Audit pass() {
        Audit a = inconclusive();
        return new Audit(
                a.toolVersion(),
                a.inputs(),
                a.persona(),
                Optional.of(run()),
                new Verdict(Outcome.PASS, a.verdict().scope(), List.of()),
                new Coverage(
                        new Coverage.Sums(48_213, 48_213, 0, 0, 0),
                        List.of(
                                new Coverage.Share(
                                        "api.account.xiaomi.com",
                                        new Coverage.Sums(48_213, 48_213, 0, 0, 0),
                                        List.of(
                                                new Coverage.Reason(
                                                        ReasonCode.UNEXPLAINED, 192, 12))))),
                List.of(),
                List.of());
    }

    /** A capture in which the phone said nothing. */
    public static Audit silent() {
        Audit a = inconclusive();
        return new Audit(
                a.toolVersion(),
                a.inputs(),
                a.persona(),
                Optional.empty(),
                new Verdict(
                        Outcome.INCONCLUSIVE,
                        a.verdict().scope(),
                        List.of(
                                new Verdict.Reason(
                                        "traffic",
                                        "",
                                        "",
                                        Outcome.INCONCLUSIVE,
                                        "no device traffic",
                                        List.of()))),
                new Coverage(Coverage.Sums.ZERO, List.of()),
                List.of(),
                List.of());
    }

    static Audit audit(List<Finding> findings, Run run, Coverage coverage) {
        return new Audit(
                "0.1.0",
                new Audit.Inputs(
                        List.of(
                                new Audit.CaptureInfo(
                                        "redmi-1s.pcap",
                                        sha256("capture"),
                                        "pcap",
                                        1_842,
                                        38,
                                        612_004,
                                        Optional.of(T0),
                                        Optional.of(T1),
                                        List.of(
                                                new Audit.DeviceAddress(
                                                        "192.168.43.17",
                                                        "a4:50:46:12:9f:c3",
                                                        "persona")))),
                        List.of(sha256("keys")),
                        sha256("run"),
                        sha256("policy"),
                        "no-personal-data",
                        List.of(
                                new Audit.Reference(
                                        "geo-whois-asn-country",
                                        "2026-06-17",
                                        sha256("reference")))),
                new Audit.PersonaSummary("redmi-lab-1", sha256("persona"), known()),
                Optional.of(run),
                new Verdict(
                        Outcome.FAIL,
                        "no claim beyond this device, build, SIM, region, duration and channels:"
                                + " Xiaomi HM 1S, build JHACNBA13.0, region IN, unit 3, 20 min of traffic over"
                                + " sms, wifi; not fully captured: bluetooth (none), cellular (none)",
                        List.of(
                                new Verdict.Reason(
                                        "no-personal-data",
                                        "xiaomi.com",
                                        "out-of-box",
                                        Outcome.FAIL,
                                        "8 personal identifiers sent to xiaomi.com",
                                        findings.stream().limit(3).map(Finding::id).toList()),
                                new Verdict.Reason(
                                        "coverage",
                                        "xiaomi.com",
                                        "",
                                        Outcome.INCONCLUSIVE,
                                        "81 % of what xiaomi.com got was readable",
                                        List.of(),
                                        List.of(ReasonCode.NO_KEYS))),
                        List.of(
                                new Verdict.Asked(
                                        "no-personal-data",
                                        "a phone sends no identifier of its owner",
                                        "a law, Art. 1(1)",
                                        Outcome.FAIL))),
                coverage,
                findings,
                List.of(
                        new Anomaly(
                                Anomaly.Kind.CAPTURE_TRUNCATED,
                                "byte 611991",
                                "the file ends inside a packet; everything before it was used"),
                        new Anomaly(
                                Anomaly.Kind.LYING_METADATA,
                                "frame 118",
                                "a body is not the gzip it claims to be"),
                        new Anomaly(
                                Anomaly.Kind.LYING_METADATA,
                                "frame 120",
                                "a body is not the gzip it claims to be")),
                List.of(
                        new ControlSeen(
                                "canary-1",
                                "device",
                                2,
                                Optional.of(T0),
                                Optional.of(T1),
                                List.of("time.example.net"))),
                List.of(
                        new UnexplainedValue(
                                "value 1",
                                List.of("api.account.xiaomi.com"),
                                "GET /pass/config · query[d]",
                                4,
                                T0)));
    }

    static Coverage coverage() {
        return new Coverage(
                new Coverage.Sums(48_213, 39_101, 0, 9_000, 112),
                List.of(
                        new Coverage.Share(
                                "api.account.xiaomi.com",
                                new Coverage.Sums(39_213, 39_101, 0, 0, 112),
                                List.of(
                                        new Coverage.Reason(ReasonCode.GAP, 112, 0),
                                        new Coverage.Reason(ReasonCode.UNEXPLAINED, 192, 12))),
                        new Coverage.Share(
                                "push.example.net",
                                new Coverage.Sums(9_000, 0, 0, 9_000, 0),
                                List.of(new Coverage.Reason(ReasonCode.NO_KEYS, 9_000, 0)))));
    }

    static Run run() {
        return new Run(
                "redmi-1s-unit-3-2014-07",
                Optional.of(new Run.Device("Xiaomi", "HM 1S", "JHACNBA13.0", "IN", "3")),
                new TreeMap<>(
                        Map.of(
                                "wifi",
                                "full",
                                "cellular",
                                "none",
                                "sms",
                                "log",
                                "bluetooth",
                                "none")),
                -250,
                "Asia/Kolkata",
                List.of(
                        new Run.Phase(
                                "out-of-box",
                                Instant.parse("2014-08-07T10:00:00Z"),
                                Instant.parse("2014-08-07T10:20:00Z"),
                                List.of(
                                        new Run.Step(
                                                "insert SIM",
                                                Instant.parse("2014-08-07T10:01:00Z"))))),
                List.of(
                        new Run.Consent(
                                "mi-cloud",
                                Instant.parse("2014-08-07T10:24:30Z"),
                                Optional.empty(),
                                List.of("xiaomi.com"),
                                List.of("imsi", "imei", "msisdn"))),
                List.of(new Run.Control("canary-1", "", "device")),
                List.of(new Run.Attachment("consent-screen.png", sha256("attachment"))));
    }

    static Finding.Variant variant(
            Secured secured,
            Disguise disguise,
            String form,
            List<String> chain,
            String explanation,
            long count) {
        return new Finding.Variant(
                "",
                "",
                "http/1.1",
                secured,
                disguise,
                form,
                chain,
                "out-of-box",
                Optional.of(false),
                explanation,
                count,
                T0,
                T1);
    }

    /** Variants get the destination's host; the first one is the worst. */
    static Finding finding(
            Identifier identifier,
            Destination destination,
            String place,
            List<Finding.Variant> variants,
            Optional<Finding.SetShare> set) {
        List<Finding.Variant> at =
                variants.stream()
                        .map(v ->
                                new Finding.Variant(
                                        destination.host(),
                                        v.app(),
                                        v.protocol(),
                                        v.secured(),
                                        v.disguise(),
                                        v.form(),
                                        v.chain(),
                                        v.phase(),
                                        v.consented(),
                                        v.explanation(),
                                        v.count(),
                                        v.firstSeen(),
                                        v.lastSeen()))
                        .toList();
        long count = at.stream().mapToLong(Finding.Variant::count).sum();
        return new Finding(
                sha256(String.join("\n", identifier.id(), "sent", destination.domain(), place))
                        .substring(0, 16),
                identifier,
                Direction.SENT,
                destination,
                place,
                at.getFirst(),
                at,
                count,
                T0,
                T1,
                set,
                Certainty.CERTAIN,
                1e-12,
                List.of(
                        new Evidence(
                                0,
                                List.of(118L, 119L),
                                OptionalInt.empty(),
                                7,
                                T0,
                                "GET http://"
                                        + destination.host()
                                        + "/pass/activate/dev/{imei}/activating?imsi={imei}",
                                List.of(
                                        new Evidence.Step("stream", List.of(new Range(312, 16))),
                                        new Evidence.Step(
                                                "json",
                                                List.of(new Range(0, 8), new Range(12, 8)))),
                                "imsi=…")));
    }

    static String sha256(String s) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(s.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
