package dev.telltale.audit;

import dev.telltale.analyze.KeyLog;
import dev.telltale.analyze.Secrets;
import dev.telltale.model.Persona;
import dev.telltale.model.Persona.PayloadKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key logs and RSA private keys that were given to open closed traffic with. */
public final class Keys {
    /** None given; captures may still bring their own. */
    public static final Keys NONE = new Keys(Secrets.none(), List.of(), List.of());

    /** A longer file is no log of keys. */
    private static final long MOST_SEEN = 16 << 20;

    private final Secrets secrets;
    private final List<PayloadKey> payloadKeys;
    private final List<String> warnings;

    private Keys(Secrets secrets, List<PayloadKey> payloadKeys, List<String> warnings) {
        this.secrets = secrets;
        this.payloadKeys = payloadKeys;
        this.warnings = warnings;
    }

    /** Reads the files, one after the other; the same secret twice is one. */
    public static Keys read(List<Path> files) throws UnreadableInput {
        if (files.isEmpty()) return NONE;
        Secrets secrets = Secrets.none();
        List<String> warnings = new ArrayList<>();
        SeenKeys seen = new SeenKeys();
        for (Path file : files) {
            KeyLog log = new KeyLog(secrets);
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) log.feed(buffer, 0, n);
                log.end();
                if (log.understood() == 0 && Files.size(file) <= MOST_SEEN) {
                    if (seen.read(Files.readAllBytes(file)) > 0) continue;
                }
            } catch (IOException e) {
                throw new UnreadableInput(
                        file
                                + " cannot be read. Give a key log (SSLKEYLOGFILE), an RSA"
                                + " private key in PEM or keys that a hooking tool logged.");
            }
            if (log.understood() == 0)
                warnings.add(file + " holds no key this version knows; it opens nothing.");
        }
        if (secrets.full())
            warnings.add("There are more keys than are kept; the rest is left out.");
        return new Keys(secrets, seen.keys(), List.copyOf(warnings));
    }

    /** The persona, knowing these keys of payloads as well. */
    Persona with(Persona p) {
        if (payloadKeys.isEmpty()) return p;
        List<PayloadKey> all = new ArrayList<>(p.payloadKeys());
        all.addAll(payloadKeys);
        return new Persona(p.name(), p.region(), p.entries(), List.copyOf(all));
    }

    /** What a user should know, one line each. */
    public List<String> warnings() {
        return warnings;
    }

    /** These keys and those that a capture will bring, which open nothing but that capture. */
    Secrets forCapture() {
        return secrets.extended();
    }
}
