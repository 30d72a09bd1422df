package dev.telltale.cli;

import dev.telltale.audit.Comparer;
import dev.telltale.audit.UnreadableInput;
import dev.telltale.publish.Advisory;
import dev.telltale.publish.AdvisoryFile;
import dev.telltale.publish.Facts;
import dev.telltale.publish.Sender;
import dev.telltale.publish.Site;
import dev.telltale.publish.Subscriptions;
import dev.telltale.report.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "publish",
        description = "Write an advisory for the people who use a phone, with feeds and webhooks.",
        sortOptions = false,
        customSynopsis = {
            "telltale publish ADVISORY.yaml -o SITE",
            "telltale publish new|send|subscriptions ...",
        },
        footer = {
            "",
            "SITE is a folder to be served as it is: each advisory as HTML, Markdown and CSAF 2.0,",
            "and the feeds feed.atom and feed.json. An advisory that changes needs a new revision",
            "in its file. No value of the persona is published.",
            "",
            "Examples:",
            "  Draft one from a run, edit it, publish it, tell subscribers:",
            "    telltale publish new runs/1 -o advisory.yaml",
            "    telltale publish advisory.yaml -o site",
            "    telltale publish send site --subscriptions subscriptions.yaml",
        })
final class PublishCommand implements Callable<Integer> {
    /** What a ZIP begins with (APPNOTE 4.3.7). */
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private static final long LARGEST = 4L << 30;

    @Parameters(paramLabel = "ADVISORY.yaml", arity = "0..1", description = "The advisory's file.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "SITE",
            description = "The folder to publish into.")
    private Optional<Path> site = Optional.empty();

    private final Core core;
    private final Console console;
    private final Clock clock;

    PublishCommand(Core core, Console console, Clock clock) {
        this.core = core;
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws UnreadableInput {
        if (file.isEmpty() || site.isEmpty())
            throw new Refused("publish needs an advisory's file and -o SITE; see --help");
        return doing(
                file.get(),
                () -> {
                    AdvisoryFile read = AdvisoryFile.read(Files.readString(file.get()));
                    Optional<Path> after = Optional.empty();
                    if (!read.after().isEmpty()) after = Optional.of(beside(read.after()));
                    Facts facts = facts(core, console, beside(read.audit()), after);
                    Site.Published done =
                            new Site(site.get(), clock, version()).publish(read.advisory(facts));
                    console.print(out ->
                            out.write(
                                    "  %s, %s: %s\n"
                                            .formatted(
                                                    Printable.of(done.advisory().id()),
                                                    done.advisory()
                                                            .event()
                                                            .name()
                                                            .toLowerCase(java.util.Locale.ROOT),
                                                    done.changed()
                                                            ? "written to "
                                                                    + Printable.of(
                                                                            site.get().toString())
                                                            : "nothing new")));
                    done.remarks().forEach(console::say);
                    return Exit.OK;
                });
    }

    private Path beside(String path) throws Advisory.Invalid {
        try {
            return file.orElseThrow().resolveSibling(path);
        } catch (InvalidPathException e) {
            throw new Advisory.Invalid("not a path: " + path);
        }
    }

    private static Facts facts(Core core, Console console, Path audit, Optional<Path> after)
            throws UnreadableInput, Advisory.Invalid {
        RunInputs inputs =
                new RunInputs(
                        core,
                        console,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        "no-personal-data",
                        Optional.empty());
        Optional<Comparer.Input> later = Optional.empty();
        if (after.isPresent()) later = Optional.of(read(inputs, after.get()));
        return Facts.of(read(inputs, audit), later);
    }

    /** A run folder, an audit JSON, or a bundle, of which the audit alone is read. */
    private static Comparer.Input read(RunInputs inputs, Path given) throws UnreadableInput {
        if (!Files.isRegularFile(given)) return inputs.read(given);
        try {
            byte[] head;
            try (InputStream in = Files.newInputStream(given)) {
                head = in.readNBytes(ZIP.length);
            }
            if (!Arrays.equals(head, ZIP)) return inputs.read(given);
            Path folder = Files.createTempDirectory("telltale-publish");
            Path json = folder.resolve(OutputFormat.JSON.file());
            try (ZipFile zip = new ZipFile(given.toFile())) {
                ZipEntry entry = zip.getEntry(OutputFormat.JSON.file());
                if (entry == null)
                    throw new UnreadableInput(given + " is no bundle: it holds no audit.json");
                try (InputStream in = zip.getInputStream(entry)) {
                    try (OutputStream to = Files.newOutputStream(json)) {
                        copy(in, to);
                    }
                }
                return inputs.read(json);
            } finally {
                Files.deleteIfExists(json);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UnreadableInput(given + " cannot be read: " + FileErrors.why(e));
        }
    }

    /** A small file can hold an endless one. */
    private static void copy(InputStream in, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = LARGEST;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            left -= n;
            if (left < 0) throw new IOException("its audit.json is larger than 4 GB");
            to.write(buffer, 0, n);
        }
    }

    private static String version() {
        return new Main.Version().getVersion()[0].replace("telltale ", "");
    }

    private interface Doing {
        int run() throws UnreadableInput, Advisory.Invalid, IOException, InterruptedException;
    }

    private static int doing(Path what, Doing doing) throws UnreadableInput {
        try {
            return doing.run();
        } catch (Advisory.Invalid e) {
            throw new Refused(what + ": " + e.getMessage());
        } catch (IOException e) {
            throw new Refused(
                    "cannot read or write for "
                            + what
                            + ": "
                            + e.getMessage()
                            + ": "
                            + FileErrors.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted; what was delivered is noted");
        }
    }

    @Command(
            name = "new",
            description = "Draft an advisory from an audit, or from one before and one after.",
            sortOptions = false,
            footer = {
                "",
                "What the audits say is filled in; who publishes it, what to do and what the maker",
                "answered is for you to write.",
                "",
                "Examples:",
                "  telltale publish new runs/1 -o advisory.yaml",
                "  telltale publish new runs/before runs/after -o advisory.yaml",
            })
    static final class New implements Callable<Integer> {

        @Parameters(
                paramLabel = "RUN",
                arity = "1..2",
                description = "A run folder, an audit JSON or a bundle; then one of a later build.")
        private List<Path> runs = List.of();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                required = true,
                description = "The file to write; it must not be there yet.")
        private Path output = Path.of("");

        private final Core core;
        private final Console console;
        private final Clock clock;

        New(Core core, Console console, Clock clock) {
            this.core = core;
            this.console = console;
            this.clock = clock;
        }

        @Override
        public Integer call() throws UnreadableInput {
            return doing(
                    output,
                    () -> {
                        Optional<Path> after =
                                runs.size() > 1 ? Optional.of(runs.getLast()) : Optional.empty();
                        Facts facts = facts(core, console, runs.getFirst(), after);
                        String draft =
                                AdvisoryFile.draft(
                                        seen(runs.getFirst()),
                                        after.map(this::seen),
                                        facts,
                                        clock.instant());
                        Files.writeString(output, draft, StandardOpenOption.CREATE_NEW);
                        console.print(out ->
                                out.write(
                                        "  "
                                                + Printable.of(output.toString())
                                                + " is a draft: edit it\n"));
                        return Exit.OK;
                    });
        }

        /** As seen from where the advisory's file stands. */
        private Path seen(Path run) {
            Path folder = output.toAbsolutePath().normalize().getParent();
            Path whole = run.toAbsolutePath().normalize();
            return folder == null ? whole : folder.relativize(whole);
        }
    }

    @Command(
            name = "send",
            description = "Tell subscribers what they have not been told yet.",
            sortOptions = false,
            footer = {
                "",
                "Each delivery is signed, tried four times, and noted beside the subscriptions;"
                        + " what",
                "does not arrive waits in *.dead.jsonl. Exit code 1 where something did not"
                        + " arrive.",
                "",
                "Examples:",
                "  telltale publish send site --subscriptions subscriptions.yaml",
                "  What did not arrive, once more:",
                "    telltale publish send site --subscriptions subscriptions.yaml --resend",
            })
    static final class Send implements Callable<Integer> {

        @Parameters(paramLabel = "SITE", description = "What telltale publish wrote.")
        private Path site = Path.of("");

        @Option(
                names = "--subscriptions",
                paramLabel = "FILE",
                required = true,
                description = "Who is told of what (docs/publish.md).")
        private Path subscriptions = Path.of("");

        @Option(names = "--resend", description = "Try the dead letters again, nothing else.")
        private boolean resend;

        private final Console console;
        private final Clock clock;

        Send(Console console, Clock clock) {
            this.console = console;
            this.clock = clock;
        }

        @Override
        public Integer call() throws UnreadableInput {
            return doing(
                    subscriptions,
                    () -> {
                        List<Sender.Outcome> outcomes =
                                new Sender(clock, Thread::sleep, version())
                                        .send(
                                                new Site(site, clock, version()).items(),
                                                Subscriptions.read(subscriptions),
                                                resend);
                        console.print(out -> {
                            for (Sender.Outcome o : outcomes)
                                out.write(
                                        "  %s  %s %s  %s\n"
                                                .formatted(
                                                        o.subscription(),
                                                        Printable.of(o.advisory()),
                                                        o.event(),
                                                        o.why().isEmpty()
                                                                ? "delivered"
                                                                : "not delivered: "
                                                                        + Printable.of(o.why())));
                            if (outcomes.isEmpty()) out.write("  Nothing to send.\n");
                        });
                        return outcomes.stream().allMatch(o -> o.why().isEmpty())
                                ? Exit.OK
                                : Exit.FAIL;
                    });
        }
    }

    @Command(
            name = "subscriptions",
            description = "List subscriptions, or turn one on or off.",
            sortOptions = false,
            customSynopsis = {
                "telltale publish subscriptions list --subscriptions FILE",
                "telltale publish subscriptions on|off NAME --subscriptions FILE",
            },
            footer = {
                "",
                "The file is yours to edit; on and off change nothing else in it.",
                "",
                "Examples:",
                "  telltale publish subscriptions list --subscriptions subscriptions.yaml",
                "  telltale publish subscriptions off blog --subscriptions subscriptions.yaml",
            })
    static final class Subscribed implements Callable<Integer> {

        @Parameters(index = "0", paramLabel = "list|on|off", description = "What to do.")
        private String what = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Of which one.")
        private String name = "";

        @Option(
                names = "--subscriptions",
                paramLabel = "FILE",
                required = true,
                description = "Who is told of what (docs/publish.md).")
        private Path file = Path.of("");

        private final Console console;

        Subscribed(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws UnreadableInput {
            boolean list = what.equals("list");
            if (!list && !what.equals("on") && !what.equals("off"))
                throw new Refused("subscriptions list, on NAME or off NAME; not '" + what + "'");
            if (list != name.isEmpty())
                throw new Refused("give a NAME to on and off, none to list");
            return doing(
                    file,
                    () -> {
                        Subscriptions read = Subscriptions.read(file);
                        if (!list) read.turn(name, what.equals("on"));
                        List<Subscriptions.Subscription> all = Subscriptions.read(file).all();
                        console.print(out -> {
                            for (Subscriptions.Subscription s : all)
                                out.write(
                                        "  %-3s  %s  %s\n"
                                                .formatted(
                                                        s.active() ? "on" : "off",
                                                        s.name(),
                                                        Printable.of(s.url().toString())));
                        });
                        return Exit.OK;
                    });
        }
    }
}
