package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.proof.Check;
import dev.telltale.proof.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One bit of one byte changed, anywhere in what an audit rests on or consists of, is noticed. */
class OneByteTest {
    @TempDir static Path dir;
    private static Sealed sealed;
    private final Random random = new Random(1);

    @BeforeAll
    static void audited() throws Exception {
        sealed = Sealed.play(dir, 0);
        assertThat(sealed.command("key", dir.resolve("lab.pem"))).isZero();
        assertThat(sealed.audit("-o", sealed.folder.toString(), "--sign", dir + "/lab.pem"))
                .as(sealed.err())
                .isEqualTo(Exit.FAIL);
        assertThat(sealed.verify(sealed.folder)).as(sealed.out() + sealed.err()).isZero();
        assertThat(sealed.out()).contains("evidence: 20 of 20 pieces", "the same ");
    }

    /** Positions of the file, each with one bit changed; the file is whole again afterwards. */
    private void changed(Path file, int positions, Path target, Verification.Again again)
            throws Exception {
        byte[] whole = Files.readAllBytes(file);
        List<String> missed = new ArrayList<>();
        try {
            for (int i = 0; i < positions; i++) {
                int at = i == 0 ? 0 : i == 1 ? whole.length - 1 : random.nextInt(whole.length);
                byte[] b = whole.clone();
                b[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, b);
                if (!noticed(file, target, again)) missed.add("byte " + at);
            }
        } finally {
            Files.write(file, whole);
        }
        assertThat(missed).as(file.getFileName().toString()).isEmpty();
    }

    private static boolean noticed(Path file, Path target, Verification.Again again)
            throws Exception {
        String name = file.getFileName().toString();
        try {
            for (Check c : sealed.checks(target, again))
                if (c.outcome() == Check.Outcome.DIFFERS
                        && (c.subject().equals(name)
                                || c.text().contains(name)
                                || name.equals("policy.yaml") && c.subject().equals("policy")))
                    return true;
            return false;
        } catch (UnreadableInput e) {
            return e.getMessage().contains(name);
        }
    }

    @Test
    void ofTheInputs() throws Exception {
        Verification.Again again = Sealed.once();
        changed(sealed.capture, 200, sealed.folder, again);
        changed(sealed.keys, 70, sealed.folder, again);
        changed(sealed.run, 65, sealed.folder, again);
        changed(sealed.policy, 65, sealed.folder, again);
    }

    @Test
    void ofTheRunFolder() throws Exception {
        Verification.Again again = Sealed.once();
        changed(sealed.folder.resolve("audit.json"), 100, sealed.folder, again);
        for (String file :
                List.of(
                        "report.txt",
                        "manifest.json",
                        "manifest.sig",
                        "signer.pem",
                        "custody.jsonl",
                        "persona.salt"))
            changed(sealed.folder.resolve(file), 25, sealed.folder, again);
    }

    /** Without a manifest: by what follows from each other, and by auditing again. */
    @Test
    void ofAnAuditAlone() throws Exception {
        Path alone = dir.resolve("alone.json");
        assertThat(sealed.audit("-o", "-", "--format", "json")).isEqualTo(Exit.FAIL);
        Files.writeString(alone, sealed.out());
        assertThat(sealed.verify(alone)).as(sealed.out() + sealed.err()).isZero();
        Verification.Again again = Sealed.once();
        byte[] whole = Files.readAllBytes(alone);
        for (int i = 0; i < 100; i++) {
            byte[] b = whole.clone();
            int at = random.nextInt(b.length);
            b[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(alone, b);
            assertThat(notHolding(alone, again)).as("byte " + at).isTrue();
        }
    }

    private static boolean notHolding(Path json, Verification.Again again) throws Exception {
        try {
            return sealed.checks(json, again).stream()
                    .anyMatch(c -> c.outcome() != Check.Outcome.HOLDS);
        } catch (UnreadableInput e) {
            return e.getMessage().contains(json.getFileName().toString());
        }
    }

    @Test
    void ofTheBundle() throws Exception {
        Path zip = dir.resolve("evidence.zip");
        List<String> args = new ArrayList<>(sealed.inputs());
        args.addAll(List.of("-o", zip.toString()));
        assertThat(sealed.command("bundle", sealed.folder, args.toArray(String[]::new)))
                .as(sealed.err())
                .isZero();
        assertThat(sealed.command("verify", zip)).as(sealed.out() + sealed.err()).isZero();
        assertThat(sealed.out()).contains("every byte accounted for", "20 of 20 pieces");
        changed(zip, 250, zip, Sealed.once());
    }
}
