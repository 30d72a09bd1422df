package dev.telltale;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.telltale.cli.Main;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The edges DESIGN.md allows inside app, and from app into core. */
class ArchitectureTest {

    /** What core exports to the app: the calls, the words and the byte views. */
    private static final List<String> CORE_EXPORTS = List.of("audit", "model", "bytes");

    /**
     * Package -> what it may use besides itself and what core exports. A package that is not here
     * yet is no error.
     */
    private static final Map<String, List<String>> EDGES =
            Map.ofEntries(
                    Map.entry(
                            "cli",
                            List.of(
                                    "record", "lab", "store", "report", "publish", "web", "data",
                                    "persona", "proof")),
                    // An audit is read and written to be compared byte for byte.
                    Map.entry("proof", List.of("report")),
                    Map.entry("data", List.of()),
                    Map.entry("persona", List.of()),
                    Map.entry("record", List.of("tap")),
                    Map.entry("lab", List.of("tap")),
                    Map.entry("tap", List.of()),
                    Map.entry("store", List.of()),
                    Map.entry("report", List.of()),
                    // Advisories share the reports' page, words and escapes.
                    Map.entry("publish", List.of("report")),
                    Map.entry("web", List.of()));

    private static final JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.telltale");

    static Stream<String> packages() {
        return EDGES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyWhatItMay(String from) {
        String[] allowed =
                Stream.of(Stream.of(from), EDGES.get(from).stream(), CORE_EXPORTS.stream())
                        .flatMap(names -> names)
                        .map(name -> "dev.telltale." + name + "..")
                        .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage("dev.telltale." + from + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackage("dev.telltale..").or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true)
                .check(ALL);
    }

    /**
     * What the lab sends is encoded independently: a mistake in core must not cancel itself out.
     */
    @Test
    void labEncodesWithoutCore() {
        noClasses()
                .that()
                .resideInAPackage("dev.telltale.lab..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.telltale.bytes..", "dev.telltale.audit..")
                .allowEmptyShould(true)
                .check(ALL);
    }

    @Test
    void everyClassOfTheAppLiesInAKnownPackage() {
        String[] known =
                packages().map(name -> "dev.telltale." + name + "..").toArray(String[]::new);
        JavaClasses app =
                new ClassFileImporter()
                        .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());
        classes().should().resideInAnyPackage(known).check(app);
    }
}
