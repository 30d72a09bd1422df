package dev.telltale.cli;

import dev.telltale.audit.Reference;
import dev.telltale.data.DataFolder;
import dev.telltale.data.Updates;
import dev.telltale.report.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "data",
        description = "See and extend the data that says who is behind a host or an address.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Nothing leaves this machine unless you run telltale data update.",
            "",
            "Examples:",
            "  telltale data list",
            "  telltale data update ip-country-daily --accept-licence",
            "  telltale data import GeoLite2-Country.mmdb --name geolite --licence \"GeoLite2"
                    + " EULA\"",
        })
final class DataCommand {

    /** The one clock of these commands. */
    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    @Command(
            name = "list",
            description = "All reference data, its date and licence, and what is out of date.",
            footer = {"", "Example:", "  telltale data list"})
    static final class Listing implements Callable<Integer> {
        private final Console console;

        Listing(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            DataFolder folder = DataFolder.of(console.environment());
            List<DataFolder.Stored> own;
            try {
                own = folder.list();
            } catch (IOException e) {
                throw new Refused(FileErrors.why(e));
            }
            console.print(out -> {
                out.write("\nBundled\n");
                for (Reference.Bundled p : Reference.packs())
                    out.write(row(p.name(), p.date(), p.title(), p.licence(), p.lastsDays()));
                out.write("\nYours, in " + Printable.of(folder.path().toString()) + "\n");
                if (own.isEmpty()) out.write("  none\n");
                for (DataFolder.Stored s : own) {
                    out.write(row(s.name(), s.date(), s.title(), s.licence(), s.days()));
                    out.write(
                            "    from %s on %s, sha256 %s\n"
                                    .formatted(
                                            Printable.of(s.origin()),
                                            s.fetched(),
                                            s.originSha256()));
                }
                out.write("\nTo be had with telltale data update NAME --accept-licence\n");
                for (Updates.Offer o : Updates.offers())
                    out.write("  %-18s %s, %s\n".formatted(o.name(), o.title(), o.licence()));
            });
            return Exit.OK;
        }

        private static String row(
                String name, String date, String title, String licence, int days) {
            String stale = "";
            try {
                long age = ChronoUnit.DAYS.between(LocalDate.parse(date), today());
                if (age > days)
                    stale = " (out of date: %d days old, good for %d)".formatted(age, days);
            } catch (DateTimeParseException e) {
                stale = " (its date is not known)";
            }
            return "  %-18s %s  %s, %s%s\n"
                    .formatted(name, date, Printable.of(title), Printable.of(licence), stale);
        }
    }

    @Command(
            name = "update",
            description = "Fetch a source from where it is published, into your data folder.",
            sortOptions = false,
            footer = {
                "",
                "The source's licence is shown first and is yours to accept. What is fetched is"
                        + " never",
                "mixed into the bundled data; every label says which it came from.",
                "",
                "Examples:",
                "  telltale data update disconnect",
                "  telltale data update ip-country-daily --accept-licence",
                "  telltale data update exodus --accept-licence --mirror"
                        + " https://mirror.example.org/exodus/",
            })
    static final class Update implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "A source of telltale data list.")
        private String name = "";

        @Option(names = "--accept-licence", description = "You accept the source's licence.")
        private boolean accepted;

        @Option(
                names = "--mirror",
                paramLabel = "URL",
                description = "Another place that has the same files.")
        private Optional<String> mirror = Optional.empty();

        private final Console console;

        Update(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws InterruptedException {
            Updates.Offer offer =
                    Updates.offers().stream()
                            .filter(o -> o.name().equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    new Refused(
                                            "no source is named "
                                                    + name
                                                    + "; known: "
                                                    + String.join(
                                                            ", ",
                                                            Updates.offers().stream()
                                                                    .map(Updates.Offer::name)
                                                                    .toList())));
            console.say(offer.title() + ", " + offer.licence() + ": " + offer.licenceText());
            if (!accepted)
                throw new Refused(
                        "nothing was fetched; with --accept-licence it is, from " + offer.from());
            try {
                Updates updates = new Updates(DataFolder.of(console.environment()), today());
                stored(updates.fetch(name, mirror), console);
            } catch (IOException e) {
                throw new Refused(FileErrors.why(e));
            }
            return Exit.OK;
        }
    }

    @Command(
            name = "import",
            description = "Take a file of your own: a MaxMind DB, or a CSV.",
            sortOptions = false,
            footer = {
                "",
                "A MaxMind DB (.mmdb) of countries or AS numbers; a CSV of address ranges",
                "(first,last,CC or network,CC or first,last,AS); a CSV of hosts",
                "(host,company,headquarters,category). What it says counts before the bundled"
                        + " data.",
                "",
                "Examples:",
                "  telltale data import GeoLite2-Country.mmdb --name geolite --licence \"GeoLite2"
                        + " EULA\"",
                "  telltale data import our-hosts.csv --name ours --licence internal --date"
                        + " 2026-11-01",
            })
    static final class Import implements Callable<Integer> {

        @Parameters(paramLabel = "FILE", description = "The file.")
        private Path file = Path.of("");

        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "What to call it; one of the same name is replaced.")
        private String name = "";

        @Option(
                names = "--licence",
                required = true,
                paramLabel = "TEXT",
                description = "Under which licence you have it; labels say so.")
        private String licence = "";

        @Option(
                names = "--date",
                paramLabel = "YYYY-MM-DD",
                description = "Date of the data. Default: today.")
        private Optional<String> date = Optional.empty();

        private final Console console;

        Import(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            boolean taken =
                    Reference.packs().stream().anyMatch(p -> p.name().equals(name))
                            || Updates.offers().stream().anyMatch(o -> o.name().equals(name));
            if (taken || !name.matches("[a-z0-9][a-z0-9-]{0,39}"))
                throw new Refused(
                        "--name "
                                + name
                                + (taken
                                        ? " is taken by other data"
                                        : " has to be small letters, digits and dashes"));
            if (licence.isBlank()) throw new Refused("--licence is empty");
            date.ifPresent(d -> {
                try {
                    LocalDate.parse(d);
                } catch (DateTimeParseException e) {
                    throw new Refused("--date " + d + " is no date; give YYYY-MM-DD");
                }
            });
            try {
                Updates updates = new Updates(DataFolder.of(console.environment()), today());
                stored(updates.take(file, name, licence.strip(), date), console);
            } catch (IOException e) {
                throw new Refused("cannot take " + file + ": " + FileErrors.why(e));
            }
            return Exit.OK;
        }
    }

    private static void stored(DataFolder.Stored s, Console console) {
        console.say("stored %s, %s, sha256 %s".formatted(s.name(), s.date(), s.originSha256()));
    }
}
