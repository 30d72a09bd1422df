package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.lab.LabRun;
import dev.telltale.model.Audit;
import dev.telltale.model.Run;
import dev.telltale.record.Authority;
import dev.telltale.record.CaPage;
import dev.telltale.record.Recorder;
import dev.telltale.record.guide.Plan;
import dev.telltale.record.guide.RunLog;
import dev.telltale.record.relay.Access;
import dev.telltale.record.relay.Route;
import dev.telltale.record.tape.Rotation;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "record",
        description = "Record a phone's traffic with its keys, live, and audit it.",
        sortOptions = false,
        customSynopsis = "telltale record -o DIR [-p PERSONA.yaml] [--plan NAME|FILE] [OPTION...]",
        footer = {
            "",
            "The phone uses this machine as its HTTP or SOCKS5 proxy, and trusts the recorder's",
            "certificate authority; what refuses it is passed through and recorded closed.",
            "Typing q and Enter, Ctrl-C, or --for ends it; then the recording is audited.",
            "",
            "Exit code: that of the audit; 0 without a persona.",
            "",
            "Examples:",
            "  A browser or emulator on this machine, through 127.0.0.1:8080:",
            "    telltale record -p persona.yaml -o runs/1",
            "  A phone in the Wi-Fi of this machine:",
            "    telltale record -p persona.yaml -o runs/1 --listen 192.168.43.1:8080 --allow 192.168.43.0/24",
            "  Step by step, after the plan of the published test:",
            "    telltale record -p persona.yaml -o runs/1 --plan published-2014",
            "  The hotspot of this machine, phones that know of no proxy (as root):",
            "    build/gateway up wlan0",
            "    telltale record -p persona.yaml -o runs/1 --gateway 127.0.0.1:8088 --interface wlan0",
            "  Without interception:",
            "    telltale record -p persona.yaml -o runs/1 --interface wlan0",
            "  Which apps take any certificate:",
            "    telltale record -p persona.yaml -o runs/1 --test-trust",
        })
final class RecordCommand implements Callable<Integer> {

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The run folder: takes the recording, the run and the audit.")
    private String output = "";

    @Option(
            names = {"-p", "--persona"},
            paramLabel = "PERSONA.yaml",
            description = "What the test phone knows. Without it there are no findings.")
    private Optional<Path> persona = Optional.empty();

    @Option(
            names = "--plan",
            paramLabel = "NAME|FILE",
            description = "Ask for the steps of a plan: a name from telltale lab list, or a file.")
    private Optional<String> plan = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "FILE|NAME",
            defaultValue = "no-personal-data",
            description = "What the phone is held to. Default: ${DEFAULT-VALUE}.")
    private String policy = "";

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            description =
                    "Where the proxy listens; may be repeated. Beyond this machine only with --allow or --token. Default: 127.0.0.1:8080.")
    private List<String> listen = List.of();

    @Option(
            names = "--gateway",
            paramLabel = "ADDRESS:PORT",
            description =
                    "Take what build/gateway makes the kernel hand over, e.g. 127.0.0.1:8088; may be repeated. No proxy then unless --listen is given.")
    private List<String> gateway = List.of();

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description =
                    "Also capture this network interface: all of it or, with --gateway, what is not TCP (DNS, QUIC).")
    private Optional<String> network = Optional.empty();

    @Option(
            names = "--allow",
            split = ",",
            paramLabel = "NETWORK",
            description = "Who may use it from elsewhere, e.g. 192.168.43.0/24.")
    private List<String> allow = List.of();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Who else may use it: those with this as their proxy password.")
    private String token = "";

    @Option(
            names = "--upstream-ca",
            paramLabel = "PEM",
            description = "Authorities of servers to trust beside this machine's own.")
    private List<Path> upstreamCa = List.of();

    @Option(
            names = "--test-trust",
            description =
                    "Show each destination's first client a certificate that it should refuse.")
    private boolean testTrust;

    @Option(
            names = "--rotate",
            paramLabel = "SIZE|TIME",
            description = "Put new connections into a new file then, e.g. 500MB or 6h.")
    private Optional<String> rotate = Optional.empty();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "End by itself after this time, e.g. 30min.")
    private Optional<String> length = Optional.empty();

    @Option(
            names = "--phone",
            split = ",",
            paramLabel = "KEY=VALUE",
            description = "The phone for the run: brand, model, build, region, unit.")
    private Map<String, String> phone = new LinkedHashMap<>();

    @Option(
            names = "--captured",
            split = ",",
            paramLabel = "CHANNEL=EXTENT",
            description =
                    "What else was (not) recorded: wifi, cellular, sms, bluetooth = full, partial, log, none.")
    private Map<String, String> captured = new LinkedHashMap<>();

    private final Core core;
    private final Console console;
    private final InputStream typed;

    RecordCommand(Core core, Console console) {
        this(core, console, System.in);
    }

    /**
     * @param typed lines of the tester
     */
    RecordCommand(Core core, Console console, InputStream typed) {
        this.core = core;
        this.console = console;
        this.typed = typed;
    }

    @Override
    public Integer call() throws UnreadableInput {
        Output<Audit> to = Output.of(Optional.of(output), List.of());
        Path folder = to.folder().orElseThrow();
        Optional<Plan> steps = plan.map(RecordCommand::plan);
        Optional<Duration> ends = length.map(RecordCommand::time);
        Rotation rotation = orRefuse(() -> rotate.map(Rotation::of).orElse(Rotation.NEVER));
        Access access = orRefuse(() -> new Access(allow, token));
        RecordSession.Ways ways =
                new RecordSession.Ways(
                        addresses(access),
                        gateway.stream().map(g -> address("--gateway", g)).toList(),
                        network);
        Optional<Core.Checked> checked =
                persona.isPresent() ? Optional.of(core.persona(persona.get())) : Optional.empty();
        checked.ifPresent(c -> c.warnings().forEach(console::say));
        Authority authority = authority();
        Recorder.Settings settings =
                new Recorder.Settings(
                        folder,
                        rotation,
                        List.of(),
                        authority,
                        certificates(),
                        testTrust,
                        Route.BY_NAME,
                        access,
                        new CaPage(authority));
        Core.AuditRequest request =
                new Core.AuditRequest(
                        List.of(),
                        persona.orElse(Path.of("")),
                        Optional.empty(),
                        List.of(),
                        policy,
                        Optional.empty(),
                        false,
                        10_000);
        RecordSession session =
                new RecordSession(core, console, request, checked.map(Core.Checked::persona));
        RunLog.Circumstances circumstances = circumstances(folder);
        RecordSession.Recorded recorded;
        try {
            recorded = session.record(settings, ways, circumstances, steps, ends, typed);
        } catch (IOException e) {
            throw new Refused("cannot record into " + folder + ": " + FileErrors.why(e));
        }
        if (persona.isEmpty()) return Exit.OK;
        Audit audit;
        try (ProgressLine progress = new ProgressLine(console)) {
            audit =
                    core.audit(
                            new Core.AuditRequest(
                                    recorded.captures(),
                                    persona.get(),
                                    recorded.run(),
                                    List.of(),
                                    policy,
                                    Optional.empty(),
                                    false,
                                    10_000),
                            Threads.of(Threads.usual()),
                            progress,
                            console::say);
        }
        to.write(audit, console);
        return Exit.of(audit.verdict().outcome());
    }

    private Authority authority() {
        Path kept = Authority.folder(console.environment());
        try {
            return Authority.in(kept);
        } catch (IOException e) {
            throw new Refused("no certificate authority: " + FileErrors.why(e));
        }
    }

    private List<InetSocketAddress> addresses(Access access) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        boolean usual = listen.isEmpty() && gateway.isEmpty() && network.isEmpty();
        for (String text : usual ? List.of("127.0.0.1:8080") : listen) {
            InetSocketAddress at = address("--listen", text);
            if (!at.getAddress().isLoopbackAddress() && !access.isGiven())
                throw new Refused(
                        "--listen "
                                + text
                                + " can be reached by others: say who may use it, by --allow"
                                + " NETWORK or --token TOKEN");
            addresses.add(at);
        }
        return addresses;
    }

    private static InetSocketAddress address(String option, String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "" : text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535)
            throw new Refused(option + " " + text + " is no address like 127.0.0.1:8080");
        try {
            return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw new Refused(option + " " + text + ": " + host + " is not known");
        }
    }

    private List<X509Certificate> certificates() {
        List<X509Certificate> all = new ArrayList<>();
        for (Path file : upstreamCa) {
            try (InputStream in = Files.newInputStream(file)) {
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .forEach(c -> all.add((X509Certificate) c));
            } catch (IOException e) {
                throw new Refused("cannot read " + file + ": " + FileErrors.why(e));
            } catch (CertificateException e) {
                throw new Refused(file + " holds no certificates in PEM");
            }
        }
        return all;
    }

    private static Plan plan(String named) {
        Path file = Path.of(named);
        try {
            return Files.isRegularFile(file)
                    ? Plan.read(named, Files.readString(file, StandardCharsets.UTF_8))
                    : Plan.read(named, orRefuse(() -> LabRun.planYaml(named)));
        } catch (IOException e) {
            throw new Refused("cannot read " + file + ": " + FileErrors.why(e));
        } catch (Plan.Invalid e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Duration time(String text) {
        Rotation r = orRefuse(() -> Rotation.of(text));
        return r.time().orElseThrow(() -> new Refused("--for " + text + " is no time like 30min"));
    }

    private RunLog.Circumstances circumstances(Path folder) {
        check("--phone", phone.keySet(), Set.of("brand", "model", "build", "region", "unit"));
        check("--captured", captured.keySet(), Set.of("wifi", "cellular", "sms", "bluetooth"));
        check("--captured", captured.values(), Set.of("full", "partial", "log", "none"));
        Map<String, String> channels = new LinkedHashMap<>(captured);
        // What does not ask the system for its proxy goes past it.
        boolean all = !gateway.isEmpty() || network.isPresent();
        channels.putIfAbsent("wifi", all ? "full" : "partial");
        Optional<Run.Device> device =
                phone.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Run.Device(
                                        phone.getOrDefault("brand", ""),
                                        phone.getOrDefault("model", ""),
                                        phone.getOrDefault("build", ""),
                                        phone.getOrDefault("region", ""),
                                        phone.getOrDefault("unit", "")));
        return new RunLog.Circumstances(
                String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
                device,
                channels,
                ZoneId.systemDefault().getId());
    }

    private static void check(String option, Iterable<String> words, Set<String> known) {
        for (String word : words)
            if (!known.contains(word))
                throw new Refused(
                        option
                                + ": '"
                                + word
                                + "' is not known; known: "
                                + String.join(", ", known.stream().sorted().toList()));
    }

    private interface Asking<T> {
        T ask();
    }

    /** What cannot be understood is one line for the user. */
    private static <T> T orRefuse(Asking<T> asking) {
        try {
            return asking.ask();
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }
}
