package dev.telltale.tap;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues server certificates on the fly (X.509, RFC 5280; ECDSA over P-256). A phone trusts them
 * where its owner installed the authority's own certificate.
 */
public final class CertificateAuthority {
    private static final String SIGNATURE = "SHA256withECDSA";

    private final Instant from;
    private final Instant to;
    private final SecureRandom random;
    private final X500Name name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    /**
     * @param name as a phone shows it
     * @param from when its certificates begin to hold
     * @param to when they no longer do
     */
    public CertificateAuthority(String name, Instant from, Instant to, SecureRandom random)
            throws GeneralSecurityException {
        this.from = from;
        this.to = to;
        this.random = random;
        this.name = named(name);
        this.keys = pair();
        X509v3CertificateBuilder own = builder(this.name, keys, from, to);
        try {
            own.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            own.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        this.certificate = signed(own);
    }

    /** One that was made before, by its key and certificate. */
    public CertificateAuthority(KeyPair keys, X509Certificate certificate, SecureRandom random) {
        this.from = certificate.getNotBefore().toInstant();
        this.to = certificate.getNotAfter().toInstant();
        this.random = random;
        this.name = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        this.keys = keys;
        this.certificate = certificate;
    }

    /** A server's key and certificate; the authority's own goes after it in a chain. */
    public record Issued(PrivateKey key, X509Certificate certificate) {}

    /** A certificate for one host name or IP address, as long as the authority's own holds. */
    public Issued issue(String host) throws GeneralSecurityException {
        return issue(host, from, to);
    }

    /** A certificate for one host name or IP address, for a time. */
    public synchronized Issued issue(String host, Instant from, Instant to)
            throws GeneralSecurityException {
        KeyPair pair = pair();
        int kind = host.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName;
        // A common name has at most 64 characters; the one that counts is the alternative name.
        X500Name subject = named(host.length() > 64 ? "server" : host);
        X509v3CertificateBuilder b = builder(subject, pair, from, to);
        try {
            b.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(kind, host)));
            b.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        return new Issued(pair.getPrivate(), signed(b));
    }

    /** To be kept where nobody else reads it. */
    public PrivateKey key() {
        return keys.getPrivate();
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** The authority's certificate, to install on a phone (RFC 7468). */
    public String pem() throws GeneralSecurityException {
        String base64 =
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(certificate.getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    }

    private static X500Name named(String name) {
        return new X500NameBuilder().addRDN(BCStyle.CN, name).build();
    }

    private KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private X509v3CertificateBuilder builder(
            X500Name subject, KeyPair pair, Instant from, Instant to) {
        return new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(63, random).setBit(62),
                Date.from(from),
                Date.from(to),
                subject,
                pair.getPublic());
    }

    private X509Certificate signed(X509v3CertificateBuilder builder)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder(SIGNATURE)
                                            .setSecureRandom(random)
                                            .build(keys.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
