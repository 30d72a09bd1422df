package dev.telltale.lab;

import tools.jackson.core.JacksonException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One run of the lab, as the command line and tests ask for it. */
public final class LabRun {
    /** Any number would do. */
    public static final long SEED = 1;

    private static final String ABOUT =
            """
            A run of the lab: a simulated handset with firmware %s and a simulated cloud, test plan %s, seed %d.
            No phone, no person and no vendor's server took part.\
            """;

    private final Firmware firmware;
    private TestPlan plan;
    private Optional<LabPersona> persona = Optional.empty();
    private long seed = SEED;

    private LabRun(Firmware firmware) {
        this.firmware = firmware;
        this.plan = TestPlan.shipped(firmware.plan());
    }

    /** What the lab has of a kind: its name and a line about it. */
    public record Listed(String name, String about, String more) {}

    /** Firmwares; {@code more} is the plan that shows what one does. */
    public static List<Listed> firmwares() {
        return Firmwares.ALL.stream().map(f -> new Listed(f.name(), f.about(), f.plan())).toList();
    }

    /** Test plans; {@code more} is the persona one is made for. */
    public static List<Listed> plans() {
        return TestPlan.SHIPPED.stream()
                .map(TestPlan::shipped)
                .map(p -> new Listed(p.name(), p.about(), p.persona()))
                .toList();
    }

    /**
     * @throws IllegalArgumentException where there is no such firmware
     */
    public static LabRun of(String firmware) {
        return new LabRun(
                Firmwares.named(firmware)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "no firmware is called "
                                                + firmware
                                                + "; known: "
                                                + String.join(", ", Firmwares.names().toList()))));
    }

    /**
     * A plan that comes with the product.
     *
     * @throws IllegalArgumentException where there is no such plan
     */
    public LabRun plan(String name) {
        plan = TestPlan.shipped(known(name));
        return this;
    }

    /**
     * The file of a plan that comes with the product.
     *
     * @throws IllegalArgumentException where there is no such plan
     */
    public static String planYaml(String name) {
        return TestPlan.text(known(name));
    }

    private static String known(String name) {
        if (TestPlan.SHIPPED.contains(name)) return name;
        throw new IllegalArgumentException(
                "no plan is called " + name + "; known: " + String.join(", ", TestPlan.SHIPPED));
    }

    /**
     * A plan of the user's own.
     *
     * @throws IllegalArgumentException where it is none; the message is one line
     */
    public LabRun plan(String file, String yaml) {
        try {
            plan = TestPlan.read(file, yaml);
        } catch (TestPlan.InvalidPlan e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return this;
    }

    /**
     * What the handset knows, instead of the plan's persona.
     *
     * @throws IllegalArgumentException where something is missing that the lab needs
     */
    public LabRun persona(String file, String yaml) {
        try {
            persona = Optional.of(LabPersona.of(yaml));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not YAML", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        return this;
    }

    public LabRun seed(long number) {
        seed = number;
        return this;
    }

    /** What was written. */
    public record Files(Path folder, List<Path> captures, Path persona, Path run) {}

    /**
     * Plays and writes the recording and what belongs to it into {@code folder}.
     *
     * @throws IllegalArgumentException where plan and persona do not go together
     */
    public Files play(Path folder) throws IOException {
        LabPersona knows = persona.orElseGet(() -> LabPersona.shipped(plan.persona()));
        plan.check(knows);
        Lab.Played played =
                Lab.play(
                        new Lab.Scenario(
                                "lab-" + firmware.name() + "-" + plan.name(),
                                ABOUT.formatted(firmware.name(), plan.name(), seed),
                                knows,
                                firmware,
                                plan,
                                knows.build(),
                                seed));
        Lab.write(folder, played);
        return new Files(
                folder,
                Lab.captures(folder),
                folder.resolve("persona.yaml"),
                folder.resolve("run.yaml"));
    }
}
