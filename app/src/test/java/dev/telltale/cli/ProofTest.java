package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run folders, bundles and what others need to check them, with other people's programs. */
class ProofTest {
    @TempDir Path dir;
    private Sealed sealed;

    @BeforeEach
    void audited() throws Exception {
        sealed = Sealed.play(dir, 2);
        assertThat(sealed.command("key", dir.resolve("lab.pem"))).isZero();
        assertThat(sealed.audit("-o", sealed.folder.toString(), "--sign", dir + "/lab.pem"))
                .as(sealed.err())
                .isIn(Exit.OK, Exit.FAIL, Exit.INCONCLUSIVE);
    }

    private String[] bundle(Path zip) {
        List<String> args = new ArrayList<>(sealed.inputs());
        args.addAll(List.of("-o", zip.toString()));
        return args.toArray(String[]::new);
    }

    /** Runs a program in {@code in}; skips the test where there is none of that name. */
    private static String run(Path in, String... command) throws Exception {
        Process p;
        try {
            p =
                    new ProcessBuilder(command)
                            .directory(in.toFile())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "no " + command[0] + " on this machine");
            return "";
        }
        p.getOutputStream().close();
        String out = new String(p.getInputStream().readAllBytes(), UTF_8);
        assertThat(p.waitFor()).as(String.join(" ", command) + "\n" + out).isZero();
        return out;
    }

    private static String shell(Path in, String command) throws Exception {
        return run(in, "bash", "-c", "set -e -o pipefail; " + command);
    }

    /** What docs/proof.md says to do without Telltale. */
    @Test
    void isCheckedWithoutTelltale() throws Exception {
        String docs = Files.readString(Path.of("../docs/proof.md"));
        String hashes =
                "sed -n 's/.*\"name\":\"\\([^\"]*\\)\",\"digest\":\"sha256:\\([0-9a-f]*\\)\".*/\\2"
                        + "  \\1/p' manifest.json | sha256sum -c";
        String signature =
                "openssl pkeyutl -verify -rawin -pubin -inkey signer.pem -sigfile manifest.sig -in"
                        + " manifest.json";
        String fingerprint = "openssl pkey -pubin -in signer.pem -outform DER | sha256sum";
        for (String command : List.of(hashes, signature, fingerprint))
            assertThat(docs).contains(command);
        assertThat(shell(sealed.folder, hashes)).contains("audit.json: OK", "report.txt: OK");
        assertThat(shell(sealed.folder, signature)).contains("Verified Successfully");
        String sha = shell(sealed.folder, fingerprint).substring(0, 64);
        assertThat(sealed.verify(sealed.folder, "--signer", dir + "/lab.pem.pub"))
                .as(sealed.out() + sealed.err())
                .isZero();
        assertThat(sealed.out()).contains(sha, "the one given");
        // The persona's commitment, made by hand.
        String salt = Files.readString(sealed.folder.resolve("persona.salt")).strip();
        assertThat(Files.readString(sealed.folder.resolve("audit.json"))).doesNotContain(salt);
    }

    @Test
    void keysOfOpensslSign() throws Exception {
        shell(
                dir,
                "openssl genpkey -algorithm ed25519 -out o.pem && openssl pkey -in o.pem -pubout -out o.pub");
        assertThat(sealed.command("bundle", sealed.folder, "--sign", dir + "/o.pem"))
                .as(sealed.err())
                .isZero();
        assertThat(sealed.verify(sealed.folder, "--signer", dir + "/o.pub"))
                .as(sealed.out() + sealed.err())
                .isZero();
        assertThat(sealed.verify(sealed.folder, "--signer", dir + "/lab.pem.pub"))
                .isEqualTo(Exit.FAIL);
        assertThat(sealed.out()).contains("signer.pem: is another key than the one given");
        assertThat(Files.readAllLines(sealed.folder.resolve("custody.jsonl"))).hasSize(2);
    }

    @Test
    void secretsAreForTheirOwner() throws Exception {
        for (Path secret : List.of(sealed.folder.resolve("persona.salt"), dir.resolve("lab.pem")))
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                    .isEqualTo("rw-------");
    }

    /** The authority is openssl's; nothing asks a server. */
    @Test
    void aTimeStampIsAttachedAndChecked() throws Exception {
        Files.writeString(
                dir.resolve("tsa.cnf"),
                """
                [req]
                distinguished_name = dn
                x509_extensions = ext
                prompt = no
                [dn]
                CN = Example Time Stamp Authority
                [ext]
                extendedKeyUsage = critical,timeStamping
                keyUsage = critical,digitalSignature
                [tsa]
                default_tsa = one
                [one]
                serial = serial
                signer_digest = sha256
                default_policy = 1.2.3.4.1
                digests = sha256
                ess_cert_id_alg = sha256
                """);
        shell(
                dir,
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -days 3650"
                        + " -config tsa.cnf && echo 01 > serial"
                        + " && openssl ts -query -data audited/manifest.json -sha256 -cert -out m.tsq"
                        + " && openssl ts -reply -config tsa.cnf -queryfile m.tsq -inkey tsa.key"
                        + " -signer tsa.pem -out m.tsr");
        assertThat(sealed.command("bundle", sealed.folder, "--timestamp", dir + "/m.tsr"))
                .as(sealed.err())
                .isZero();
        assertThat(sealed.verify(sealed.folder, "--authority", dir + "/tsa.pem"))
                .as(sealed.out() + sealed.err())
                .isZero();
        assertThat(sealed.out()).contains("CN=Example Time Stamp Authority");
        assertThat(
                        shell(
                                sealed.folder,
                                "openssl ts -verify -data manifest.json -in manifest.tsr -CAfile ../tsa.pem"))
                .contains("Verification: OK");
        // Of other bytes, by another authority, and changed anywhere.
        Path tsr = sealed.folder.resolve("manifest.tsr");
        byte[] whole = Files.readAllBytes(tsr);
        Random random = new Random(2);
        for (int i = 0; i < 25; i++) {
            byte[] b = whole.clone();
            b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(tsr, b);
            List<dev.telltale.proof.Check> checks = sealed.checks(sealed.folder, Sealed.once());
            assertThat(checks)
                    .anyMatch(c ->
                            c.outcome() == dev.telltale.proof.Check.Outcome.DIFFERS
                                    && c.subject().equals("manifest.tsr"));
        }
        Files.write(tsr, whole);
        shell(
                dir,
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout b.key -out b.pem -config tsa.cnf");
        assertThat(sealed.verify(sealed.folder, "--authority", dir + "/b.pem"))
                .isEqualTo(Exit.FAIL);
        Files.writeString(dir.resolve("other.json"), "{}");
        shell(
                dir,
                "openssl ts -query -data other.json -sha256 -cert -out o.tsq && openssl ts -reply"
                        + " -config tsa.cnf -queryfile o.tsq -inkey tsa.key -signer tsa.pem -out o.tsr");
        assertThat(sealed.command("bundle", sealed.folder, "--timestamp", dir + "/o.tsr"))
                .isEqualTo(Exit.USAGE);
        assertThat(sealed.err()).contains("stamps other bytes");
    }

    @Test
    void bundlesAreZipFilesToOthers() throws Exception {
        Path zip = dir.resolve("evidence.zip");
        assertThat(sealed.command("bundle", sealed.folder, bundle(zip))).as(sealed.err()).isZero();
        try (ZipFile z = new ZipFile(zip.toFile())) {
            assertThat(z.stream().map(ZipEntry::getName))
                    .contains(
                            "manifest.json",
                            "audit.json",
                            "persona.salt",
                            "inputs/persona.yaml",
                            "inputs/captures/1/capture.pcapng");
            assertThat(
                            z.getInputStream(z.getEntry("inputs/captures/1/capture.pcapng"))
                                    .readAllBytes())
                    .isEqualTo(Files.readAllBytes(sealed.capture));
        }
        assertThat(run(dir, "unzip", "-t", "evidence.zip")).contains("No errors detected");
        assertThat(
                        run(
                                dir,
                                "python3",
                                "-c",
                                "import zipfile; z=zipfile.ZipFile('evidence.zip'); print(z.testzip(),"
                                        + " len(z.namelist()))"))
                .startsWith("None ");
        assertThat(sealed.command("verify", zip)).as(sealed.out() + sealed.err()).isZero();
    }

    @Test
    void theRedactedTwinTellsNothingOfThePersona() throws Exception {
        Path zip = dir.resolve("public.zip");
        assertThat(sealed.command("bundle", sealed.folder, "--redacted", zip.toString()))
                .as(sealed.err())
                .isZero();
        List<String> names = new ArrayList<>();
        try (ZipFile z = new ZipFile(zip.toFile())) {
            z.stream().map(ZipEntry::getName).forEach(names::add);
        }
        assertThat(names)
                .contains(
                        "manifest.json",
                        "manifest.sig",
                        "signer.pem",
                        "custody.jsonl",
                        "audit.json",
                        "report.txt",
                        "report.html")
                .doesNotContain("persona.salt")
                .noneMatch(n -> n.startsWith("inputs/"));
        String all = new String(Files.readAllBytes(zip), UTF_8);
        assertThat(all).contains("\"audit.json\"");
        for (String value : Masked.values(sealed.persona)) assertThat(all).doesNotContain(value);
        // By itself: what it holds fits together, the rest is not claimed.
        assertThat(sealed.command("verify", zip)).isEqualTo(Exit.INCONCLUSIVE);
        assertThat(sealed.out())
                .contains("unchecked capture.pcapng", "the rest could not be checked");
        // With what it was made of and the salt, all of it.
        assertThat(sealed.verify(zip, "--salt", sealed.folder.resolve("persona.salt").toString()))
                .as(sealed.out() + sealed.err())
                .isZero();
    }

    @Test
    void whatWasRevealedIsNotPublished() throws Exception {
        Path shown = dir.resolve("shown");
        sealed.audit("-o", shown.toString(), "--reveal");
        assertThat(Files.readString(shown.resolve("manifest.json")))
                .doesNotContain("\"digest\":\"sha256:");
        assertThat(sealed.verify(shown)).as(sealed.out() + sealed.err()).isZero();
        Path zip = dir.resolve("public.zip");
        assertThat(sealed.command("bundle", shown, "--redacted", zip.toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(sealed.err()).contains("must be masked");
        assertThat(zip).doesNotExist();
    }

    @Test
    void anotherPersonaOrNoSaltDoesNotHold() throws Exception {
        Path other = dir.resolve("other.yaml");
        Files.writeString(
                other, Files.readString(sealed.persona).replace("LAB4C7E19D02", "LAB4C7E19D03"));
        List<String> args = new ArrayList<>(List.of("verify", sealed.folder.toString()));
        for (String a : sealed.inputs())
            args.add(a.equals(sealed.persona.toString()) ? other.toString() : a);
        assertThat(sealed.telltale(args.toArray(String[]::new))).isEqualTo(Exit.FAIL);
        assertThat(sealed.out()).contains("DIFFERS   persona");
        Files.delete(sealed.folder.resolve("persona.salt"));
        assertThat(sealed.verify(sealed.folder)).isEqualTo(Exit.INCONCLUSIVE);
        assertThat(sealed.out()).contains("unchecked persona");
    }

    /** A folder that was audited again stays the same audit: its salt is kept. */
    @Test
    void auditingAgainGivesTheSameBytes() throws Exception {
        byte[] before = Files.readAllBytes(sealed.folder.resolve("manifest.json"));
        sealed.audit("-o", sealed.folder.toString());
        assertThat(sealed.folder.resolve("manifest.json")).hasBinaryContent(before);
        assertThat(sealed.folder.resolve("manifest.sig")).doesNotExist();
        assertThat(sealed.verify(sealed.folder)).as(sealed.out()).isZero();
    }

    // --- bundles from strangers

    private Path zip(String... names) throws IOException {
        Path file = dir.resolve("hostile.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.setMethod(ZipOutputStream.STORED);
            for (String name : names) {
                byte[] content = {'{', '}'};
                CRC32 crc = new CRC32();
                crc.update(content);
                ZipEntry e = new ZipEntry(name);
                e.setSize(content.length);
                e.setCompressedSize(content.length);
                e.setCrc(crc.getValue());
                e.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
                out.putNextEntry(e);
                out.write(content);
            }
        }
        return file;
    }

    private void refused(Path zip, String why) {
        int exit = sealed.command("verify", zip);
        assertThat(exit).as(sealed.out() + sealed.err()).isIn(Exit.FAIL, Exit.USAGE);
        String all = sealed.out() + sealed.err();
        assertThat(all).contains(zip.getFileName().toString()).contains(why);
        assertThat(all.lines().filter(l -> !l.isBlank()).count()).isLessThanOrEqualTo(2);
    }

    @Test
    void hostileZipFilesAreRefused() throws Exception {
        refused(zip("../escape.json"), "an entry's name");
        refused(zip("/etc/passwd"), "an entry's name");
        refused(zip("a/../../b"), "an entry's name");
        refused(zip("C:\\windows"), "an entry's name");
        refused(zip("a\u001b[31m"), "an entry's name");
        assertThat(dir.resolve("escape.json")).doesNotExist();
        assertThat(dir.getParent().resolve("escape.json")).doesNotExist();
        // Compressed, so perhaps a bomb: not even begun.
        Path bomb = dir.resolve("bomb.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bomb))) {
            out.putNextEntry(new ZipEntry("audit.json"));
            byte[] zeros = new byte[1 << 16];
            for (int i = 0; i < 1_000; i++) out.write(zeros);
        }
        assertThat(Files.size(bomb)).isLessThan(100_000);
        refused(bomb, "the head of audit.json");
        // A length that the file does not have.
        Path cut = dir.resolve("cut.zip");
        byte[] z = Files.readAllBytes(zip("audit.json"));
        z[18] = z[22] = (byte) 0xff;
        Files.write(cut, z);
        refused(cut, "cut.zip");
        refused(many(), "one entry too many");
        refused(twice(), "a second audit.json");
    }

    /** Written as bundles are, but for what is wrong with them. */
    private Path many() throws IOException {
        Path file = dir.resolve("many.zip");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 2_000; i++) out.write(local("f" + i));
        }
        return file;
    }

    private Path twice() throws IOException {
        Path file = dir.resolve("twice.zip");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(local("audit.json"));
            out.write(local("audit.json"));
        }
        return file;
    }

    private static byte[] local(String name) {
        byte[] n = name.getBytes(UTF_8);
        java.nio.ByteBuffer b =
                java.nio.ByteBuffer.allocate(30 + n.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        b.putInt(0x04034b50).putShort((short) 20).putShort((short) 0x800).putShort((short) 0);
        b.putShort((short) 0).putShort((short) 0x21).putInt(0).putInt(0).putInt(0);
        return b.putShort((short) n.length).putShort((short) 0).put(n).array();
    }
}
