package dev.telltale.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The re-enactment of the test of a RedMi 1S published on 2014-08-07. */
public final class RedMiStory {
    /** Stands in every file and at the top of every output. */
    public static final String ABOUT =
            """
            Re-enactment of the test of a Xiaomi RedMi 1S that F-Secure Labs published on 2014-08-07.
            A simulated handset and a simulated cloud; no phone, no person and no server of Xiaomi took part.\
            """;

    /** Any number would do; it stays the same, so that everybody's demo is the same. */
    private static final long SEED = 20140807;

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

    /**
     * @param identifiers ids of the persona's entries that were sent, personal ones
     * @param host to which alone
     */
    public record Published(Set<String> identifiers, String host) {}

    /**
     * Plays the story into run folders {@code into/1}, ...
     *
     * @throws IOException where the folders cannot be written or loopback cannot be used
     */
    public static List<Scene> play(Path into) throws IOException {
        LabPersona persona = LabPersona.redmi();
        TestPlan plan = TestPlan.published2014();
        Path folder = into.resolve("1");
        Lab.Played played = Lab.play(persona, Firmware.JULY_2014, plan, SEED);
        Lab.write(folder, played, "redmi-1s-2014-07-re-enactment", ABOUT, persona, plan);
        Published published =
                new Published(
                        Set.of(
                                "operator[0]",
                                "imei[0]",
                                "msisdn[0]",
                                "contacts[0].phone",
                                "sms[0].peer",
                                "sms[1].peer"),
                        Hosts.ACCOUNT);
        return List.of(
                new Scene(
                        "firmware of July 2014, out of the box, no account logged in",
                        folder,
                        folder.resolve("capture.pcap"),
                        folder.resolve("run.yaml"),
                        folder.resolve("persona.yaml"),
                        published));
    }
}
