package dev.telltale.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The re-enactment of the two tests of a RedMi 1S published on 2014-08-07 and 2014-08-14: as
 * shipped, after the update, and after the update with cloud messaging switched on.
 */
public final class RedMiStory {
    /** Stands in every file and at the top of every output. */
    public static final String ABOUT =
            """
            Re-enactment of the tests of a Xiaomi RedMi 1S that F-Secure Labs published on 2014-08-07 and 2014-08-14.
            A simulated handset and a simulated cloud; no phone, no person and no server of Xiaomi took part.\
            """;

    /** Any number would do; it stays the same, so that everybody's demo is the same. */
    private static final long SEED = 20140807;

    /** The name of the updated build was not published. */
    private static final String UPDATED = " updated 2014-08-10";

    private static final Instant SECOND_TEST = Instant.parse("2014-08-14T10:00:00Z");
    private static final Instant THIRD_RUN = Instant.parse("2014-08-14T12:00:00Z");

    private RedMiStory() {}

    /**
     * One run of the story.
     *
     * @param title one line: what is done
     * @param folder where its files lie
     * @param published what the publication says was found
     */
    public record Scene(
            String title, Path folder, Path capture, Path run, Path persona, Published published) {}

    /** How a run's findings went, as published. */
    public enum Manner {
        /** Nothing went. */
        NOTHING,
        /** Unprotected, and nobody had been asked. */
        OPEN,
        /** In base64, by TLS, with consent. */
        CONSENTED
    }

    /**
     * @param identifiers ids of the persona's entries that were sent, personal ones
     * @param host to which alone
     */
    public record Published(Set<String> identifiers, String host, Manner manner) {}

    /**
     * Plays the story into run folders {@code into/1}, ...
     *
     * @throws IOException where the folders cannot be written or loopback cannot be used
     */
    public static List<Scene> play(Path into) throws IOException {
        List<Scene> scenes = new ArrayList<>();
        scenes.add(
                scene(
                        into.resolve("1"),
                        "firmware of July 2014, out of the box, no account logged in",
                        scenario("1-as-shipped", Firmwares.JULY_2014, TestPlan.published2014()),
                        new Published(
                                Set.of(
                                        "operator[0]",
                                        "imei[0]",
                                        "msisdn[0]",
                                        "contacts[0].phone",
                                        "sms[0].peer",
                                        "sms[1].peer"),
                                Hosts.ACCOUNT,
                                Manner.OPEN)));
        scenes.add(
                scene(
                        into.resolve("2"),
                        "after the update of August 2014, the same steps",
                        scenario(
                                "2-updated",
                                Firmwares.AUGUST_2014,
                                TestPlan.published2014().startingAt(SECOND_TEST)),
                        new Published(Set.of(), "", Manner.NOTHING)));
        scenes.add(
                scene(
                        into.resolve("3"),
                        "after the update, logged in and cloud messaging switched on",
                        scenario(
                                "3-opted-in",
                                Firmwares.AUGUST_2014,
                                TestPlan.shipped("opt-in-2014").startingAt(THIRD_RUN)),
                        new Published(
                                Set.of("imei[0]", "imsi[0]", "msisdn[0]"),
                                Hosts.ACCOUNT,
                                Manner.CONSENTED)));
        return List.copyOf(scenes);
    }

    private static Lab.Scenario scenario(String name, Firmware firmware, TestPlan plan) {
        LabPersona persona = LabPersona.redmi();
        String updated = firmware.equals(Firmwares.JULY_2014) ? "" : UPDATED;
        return new Lab.Scenario(
                name, ABOUT, persona, firmware, plan, persona.build() + updated, SEED);
    }

    private static Scene scene(
            Path folder, String title, Lab.Scenario scenario, Published published)
            throws IOException {
        Lab.write(folder, Lab.play(scenario));
        return new Scene(
                title,
                folder,
                folder.resolve("capture.pcapng"),
                folder.resolve("run.yaml"),
                folder.resolve("persona.yaml"),
                published);
    }
}
