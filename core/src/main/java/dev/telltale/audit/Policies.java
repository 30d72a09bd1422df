package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.identify.IdentifierKinds;
import dev.telltale.judge.Attributes;
import dev.telltale.judge.Declarations;
import dev.telltale.judge.InvalidFile;
import dev.telltale.judge.Judge;
import dev.telltale.model.Audit;
import dev.telltale.model.Policy;
import dev.telltale.model.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The policies that come with the product, and policy files (YAML). */
public final class Policies {
    private static final dev.telltale.judge.Policies SHIPPED =
            new dev.telltale.judge.Policies(new HashSet<>(IdentifierKinds.names()));

    /** What is asked where nothing is named. */
    public static final Policy DEFAULT =
            SHIPPED.named(dev.telltale.judge.Policies.DEFAULT).orElseThrow();

    private Policies() {}

    /**
     * @param sha256 of the policy as it is written, with what it includes from the product
     */
    public record Loaded(Policy policy, String sha256) {}

    public static Optional<Policy> named(String name) {
        return SHIPPED.named(name);
    }

    public static List<String> names() {
        return dev.telltale.judge.Policies.names();
    }

    /** How a policy that comes with the product is written. */
    public static byte[] yaml(String name) {
        return dev.telltale.judge.Policies.yaml(name);
    }

    /**
     * What a policy's conditions may ask of a finding.
     *
     * @param known the only values, or empty where any text will do
     * @param atLeast true where the value is a number that must be reached
     */
    public record Attribute(String name, String about, List<String> known, boolean atLeast) {}

    /** In the order in which a person would ask. */
    public static List<Attribute> attributes() {
        return Attributes.ALL.stream()
                .map(a -> new Attribute(a.name(), a.about(), a.known(), a.atLeast()))
                .toList();
    }

    /**
     * A policy that comes with the product, else a file.
     *
     * @throws UnreadableInput where it is neither; the message names line and column
     */
    public static Loaded load(String nameOrFile) throws UnreadableInput {
        Optional<Policy> known = named(nameOrFile);
        if (known.isPresent()) return new Loaded(known.get(), Hashes.hex(yaml(nameOrFile)));
        Path file = Path.of(nameOrFile);
        if (!nameOrFile.contains("/") && !nameOrFile.contains(".") && !Files.exists(file))
            throw new UnreadableInput(
                    "no policy is named "
                            + nameOrFile
                            + "; there are "
                            + String.join(", ", names())
                            + ", or give a file");
        byte[] yaml = Inputs.bytes(file, "a policy file (YAML), or one of " + names());
        try {
            return new Loaded(SHIPPED.read(file.toString(), yaml), Hashes.hex(yaml));
        } catch (InvalidFile e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The policy held against what a maker declared: a Play data safety export, an Apple privacy
     * manifest, or a plain list of kinds.
     *
     * @throws UnreadableInput where the file is none of them; the message names line and column
     */
    public static Loaded withDeclared(Loaded loaded, Path file) throws UnreadableInput {
        byte[] bytes =
                Inputs.bytes(
                        file,
                        "a Play data safety export (CSV), a PrivacyInfo.xcprivacy, or a list of kinds");
        try {
            List<String> kinds =
                    List.copyOf(
                            Declarations.read(
                                    file.toString(), bytes, Set.copyOf(IdentifierKinds.names())));
            return new Loaded(
                    loaded.policy().with("declared", kinds),
                    Hashes.hex((loaded.sha256() + Hashes.hex(bytes)).getBytes(UTF_8)));
        } catch (InvalidFile e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }

    /** Judges an audit again, from nothing but itself; its own verdict is left aside. */
    public static Verdict judge(Policy policy, Audit audit) {
        return Judge.judge(policy, audit, new DomainCache()::of);
    }
}
