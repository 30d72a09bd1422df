package dev.telltale;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.joining;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The edges DESIGN.md allows inside core, and what core never does. */
class ArchitectureTest {

    /**
     * Package -> the packages of ours it may use besides itself. A package that is not here yet is
     * no error.
     */
    private static final Map<String, List<String>> EDGES =
            Map.ofEntries(
                    Map.entry("bytes", List.of()),
                    Map.entry("model", List.of("bytes")),
                    Map.entry("capture", List.of("model", "bytes")),
                    Map.entry("dissect", List.of("model", "bytes")),
                    Map.entry("analyze", List.of("model", "bytes")),
                    Map.entry("decode", List.of("model", "bytes")),
                    Map.entry("identify", List.of("model", "bytes")),
                    Map.entry("attribute", List.of("model", "bytes")),
                    Map.entry("judge", List.of("model", "bytes")),
                    Map.entry("compare", List.of("model", "bytes")),
                    Map.entry(
                            "audit",
                            List.of(
                                    "model",
                                    "bytes",
                                    "capture",
                                    "dissect",
                                    "analyze",
                                    "decode",
                                    "identify",
                                    "attribute",
                                    "judge",
                                    "compare")));

    private static final JavaClasses CORE =
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
                Stream.concat(Stream.of(from), EDGES.get(from).stream())
                        .map(name -> "dev.telltale." + name + "..")
                        .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage("dev.telltale." + from + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackage("dev.telltale..").or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void everyClassLiesInAKnownPackage() {
        String[] known =
                packages().map(name -> "dev.telltale." + name + "..").toArray(String[]::new);
        classes().should().resideInAnyPackage(known).check(CORE);
    }

    @Test
    void opensNoSockets() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.net\\.http\\..*"
                                + "|java\\.net\\.(.*Socket|(|Http|Jar)URLConnection)"
                                + "|javax\\.net\\..*"
                                + "|java\\.nio\\.channels\\.(|Server|AsynchronousServer|Asynchronous)SocketChannel"
                                + "|java\\.nio\\.channels\\.(DatagramChannel|Selector)"
                                + "|io\\.netty\\..*")
                .check(CORE);
        // Names are looked up in the capture, never on the network.
        neverUses(
                calls("java.net.InetAddress", "getByName", "getAllByName", "getLocalHost"),
                calls("java.net.InetAddress", "getHostName", "getCanonicalHostName", "isReachable"),
                calls("java.net.URL", "openConnection", "openStream", "getContent"));
    }

    @Test
    void writesNoFiles() {
        neverUses(
                calls(
                        "java.nio.file.Files",
                        "write",
                        "writeString",
                        "newOutputStream",
                        "newBufferedWriter",
                        "copy",
                        "move",
                        "delete",
                        "deleteIfExists",
                        "createFile",
                        "createDirectory",
                        "createDirectories",
                        "createTempFile",
                        "createTempDirectory",
                        "createLink",
                        "createSymbolicLink",
                        "setAttribute",
                        "setLastModifiedTime",
                        "setOwner",
                        "setPosixFilePermissions"),
                calls(
                        "java.io.File",
                        "createNewFile",
                        "createTempFile",
                        "delete",
                        "deleteOnExit",
                        "mkdir",
                        "mkdirs",
                        "renameTo",
                        "setLastModified"),
                calls("java.nio.channels.FileChannel", "write", "truncate"),
                constructs("java.io.FileOutputStream"),
                constructs("java.io.FileWriter"),
                constructs("java.io.RandomAccessFile"));
    }

    @Test
    void startsNoThreadsAndNoProcesses() {
        neverUses(
                constructs("java.lang.Thread"),
                calls("java.lang.Thread", "start", "startVirtualThread", "ofVirtual", "ofPlatform"),
                constructs("java.util.Timer"),
                constructs("java.util.concurrent.ThreadPoolExecutor"),
                constructs("java.util.concurrent.ForkJoinPool"),
                calls("java.util.concurrent.ForkJoinPool", "commonPool"),
                callsAny("java.util.concurrent.Executors"),
                calls(
                        "java.util.concurrent.CompletableFuture",
                        "runAsync",
                        "supplyAsync",
                        "thenApplyAsync"),
                calls("java.util.Collection", "parallelStream"),
                calls("java.util.stream.BaseStream", "parallel"),
                constructs("java.lang.ProcessBuilder"),
                calls("java.lang.Runtime", "exec", "exit", "halt", "addShutdownHook"),
                calls("java.lang.System", "exit"));
    }

    @Test
    void readsNoClock() {
        neverUses(
                calls("java.lang.System", "currentTimeMillis", "nanoTime"),
                calls(
                        "java.time.Clock",
                        "system",
                        "systemUTC",
                        "systemDefaultZone",
                        "tick",
                        "tickMillis",
                        "tickSeconds"),
                calls("java.time.Instant", "now"),
                calls("java.time.LocalDate", "now"),
                calls("java.time.LocalTime", "now"),
                calls("java.time.LocalDateTime", "now"),
                calls("java.time.OffsetDateTime", "now"),
                calls("java.time.ZonedDateTime", "now"),
                calls("java.time.Year", "now"),
                calls("java.util.Calendar", "getInstance"),
                describe("new java.util.Date()", access -> isNewDateOfNow(access)));
    }

    /** Registries are explicit ordered lists. */
    @Test
    void looksNothingUpByName() {
        neverUses(callsAny("java.util.ServiceLoader"), calls("java.lang.Class", "forName"));
    }

    // --- the vocabulary of the rules above ---

    @SafeVarargs
    private static void neverUses(DescribedPredicate<JavaAccess<?>>... uses) {
        for (DescribedPredicate<JavaAccess<?>> use : uses) {
            noClasses().should().accessTargetWhere(use).check(CORE);
        }
    }

    private static DescribedPredicate<JavaAccess<?>> calls(String owner, String... methods) {
        Set<String> names = Set.of(methods);
        return describe(
                Stream.of(methods).map(m -> owner + "." + m).collect(joining(", ")),
                access -> names.contains(access.getName()) && ownerIs(access, owner));
    }

    private static DescribedPredicate<JavaAccess<?>> callsAny(String owner) {
        return describe(owner, access -> ownerIs(access, owner));
    }

    private static DescribedPredicate<JavaAccess<?>> constructs(String owner) {
        return describe(
                "new " + owner,
                access -> access.getName().equals("<init>") && ownerIs(access, owner));
    }

    private static boolean isNewDateOfNow(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.ConstructorCallTarget target
                && target.getOwner().isEquivalentTo(Date.class)
                && target.getRawParameterTypes().isEmpty();
    }

    /** A method found in a supertype counts, so that a subclass is no way round a rule. */
    private static boolean ownerIs(JavaAccess<?> access, String owner) {
        return access.getTargetOwner().isAssignableTo(owner);
    }
}
