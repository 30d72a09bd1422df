package dev.telltale.proof;

import dev.telltale.model.Audit;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Store;
import org.jspecify.annotations.Nullable;

/**
 * A time stamp (RFC 3161) over a manifest: someone else says that it was there at that time. It is
 * fetched by other means and attached; nothing here asks a server.
 */
public final class Timestamp {
    static final String FILE = "manifest.tsr";
    private static final int LARGEST = 1 << 20;

    private Timestamp() {}

    /**
     * @param problem why it does not hold, or empty
     * @param vouched true where the certificate given is, or issued, that of the authority
     */
    record Checked(String problem, Instant time, String authority, boolean vouched) {}

    private static Checked bad(String why) {
        return new Checked(why, Instant.EPOCH, "", false);
    }

    /**
     * @param authority a certificate in PEM that the caller trusts
     */
    static Checked check(Path file, byte[] stamped, Optional<Path> authority) throws IOException {
        if (Files.size(file) > LARGEST) return bad("is too large");
        byte[] bytes = Files.readAllBytes(file);
        try {
            TimeStampResponse response = new TimeStampResponse(bytes);
            TimeStampToken token = response.getTimeStampToken();
            if (token == null) return bad("holds no time stamp");
            // What is not part of the answer would not be noticed.
            if (!Arrays.equals(response.getEncoded(), bytes)) return bad("is not in DER");
            if (!token.getTimeStampInfo()
                    .getMessageImprintAlgOID()
                    .equals(NISTObjectIdentifiers.id_sha256))
                return bad("stamps another digest than SHA-256");
            if (!Arrays.equals(
                    token.getTimeStampInfo().getMessageImprintDigest(),
                    Hashing.sha256().digest(stamped))) return bad("stamps other bytes");
            X509CertificateHolder signer = signer(token);
            if (signer == null) return bad("does not hold its authority's certificate");
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
            boolean vouched = authority.isPresent() && vouched(signer, authority.get());
            if (authority.isPresent() && !vouched)
                return bad("is signed by another authority than the one given");
            return new Checked(
                    "",
                    token.getTimeStampInfo().getGenTime().toInstant(),
                    signer.getSubject().toString(),
                    vouched);
        } catch (TSPException | OperatorCreationException e) {
            return bad("does not hold: " + e.getMessage());
        } catch (CertificateException e) {
            return bad("is signed by a certificate that cannot be read");
        } catch (RuntimeException | IOException e) {
            return bad("is no time stamp response (RFC 3161)");
        }
    }

    private static @Nullable X509CertificateHolder signer(TimeStampToken token) {
        Store<X509CertificateHolder> all = token.getCertificates();
        @SuppressWarnings("unchecked")
        Collection<X509CertificateHolder> own = all.getMatches(token.getSID());
        return own.isEmpty() ? null : own.iterator().next();
    }

    private static boolean vouched(X509CertificateHolder signer, Path authority)
            throws IOException {
        try (PEMParser pem = new PEMParser(new StringReader(Files.readString(authority)))) {
            for (Object o = pem.readObject(); o != null; o = pem.readObject()) {
                if (!(o instanceof X509CertificateHolder given)) continue;
                if (given.equals(signer)) return true;
                if (given.getSubject().equals(signer.getIssuer())
                        && signer.isSignatureValid(
                                new JcaContentVerifierProviderBuilder().build(given))) return true;
            }
            return false;
        } catch (CertException | OperatorCreationException | CertificateException e) {
            return false;
        }
    }

    /** Puts a time stamp beside the manifest it is of. */
    public static String attach(Path folder, Audit audit, Path response, Seal.By by)
            throws IOException {
        Checked c =
                check(
                        response,
                        Files.readAllBytes(folder.resolve(Manifest.FILE)),
                        Optional.empty());
        if (!c.problem().isEmpty()) return c.problem();
        byte[] bytes = Files.readAllBytes(response);
        Seal.write(folder.resolve(FILE), bytes);
        Seal.log(folder, audit, "timestamp", by, Hashing.sha256(bytes));
        return "";
    }
}
