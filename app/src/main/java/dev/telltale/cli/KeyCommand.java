package dev.telltale.cli;

import dev.telltale.proof.Signing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "key",
        description = "Make a key to sign audits with (Ed25519).",
        footer = {
            "",
            "FILE is the private key (PKCS #8 in PEM), for its owner alone; FILE.pub the",
            "public one, for those who check. openssl makes and reads such keys, too.",
            "",
            "Examples:",
            "  telltale key lab.pem",
            "  telltale audit phone.pcapng -p persona.yaml -o runs/1 --sign lab.pem",
            "  telltale verify evidence.zip --signer lab.pem.pub",
        })
final class KeyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The private key to write.")
    private Path file = Path.of("");

    private final Console console;

    KeyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try {
            Path open = Signing.generate(file);
            String fingerprint = Signing.fingerprintOf(open);
            console.print(out ->
                    out.write(
                            "  "
                                    + file
                                    + " signs; keep it to yourself.\n  "
                                    + open
                                    + " checks; give it away. SHA-256 "
                                    + fingerprint
                                    + "\n"));
            return Exit.OK;
        } catch (FileAlreadyExistsException e) {
            throw new Refused(e.getFile() + " is there already; a key is never overwritten");
        } catch (IOException e) {
            throw new Refused("cannot write " + file + ": " + FileErrors.why(e));
        }
    }
}
