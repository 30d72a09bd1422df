package dev.telltale.judge;

import dev.telltale.model.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The policies that come with the product: one YAML file each, beside this class. */
public final class Policies {
    /** What is asked where nothing is named. */
    public static final String DEFAULT = "no-personal-data";

    /** In the order in which they are offered: first what everybody may ask, then the packs. */
    private static final List<String> PACKS =
            List.of(
                    "no-personal-data",
                    "no-personal-data-before-consent",
                    "no-cleartext",
                    "residency",
                    "high-security",
                    "eprivacy-gdpr",
                    "dpdp-india",
                    "coppa",
                    "masvs-privacy",
                    "declared");

    /** Parts that policies include and that ask nothing by themselves. */
    private static final List<String> PARTS = List.of("expected-uses");

    private final Set<String> kinds;

    /**
     * @param kinds identifier kinds that a condition may name
     */
    public Policies(Set<String> kinds) {
        this.kinds = Set.copyOf(kinds);
    }

    public static List<String> names() {
        return PACKS;
    }

    public Optional<Policy> named(String name) {
        return PACKS.contains(name) ? Optional.of(shipped(name)) : Optional.empty();
    }

    /** The YAML of a policy that comes with the product. */
    public static byte[] yaml(String name) {
        try (InputStream in = Policies.class.getResourceAsStream("policies/" + name + ".yaml")) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Policy read(String file, byte[] yaml) throws InvalidFile {
        return PolicyFile.read(file, yaml, kinds, including);
    }

    private final PolicyFile.Shipped including =
            new PolicyFile.Shipped() {
                @Override
                public Optional<Policy> named(String name) {
                    return Optional.of(shipped(name));
                }

                @Override
                public List<String> names() {
                    return java.util.stream.Stream.concat(PACKS.stream(), PARTS.stream()).toList();
                }
            };

    private Policy shipped(String name) {
        try {
            return read(name + ".yaml", yaml(name));
        } catch (InvalidFile e) {
            throw new IllegalStateException(e);
        }
    }
}
