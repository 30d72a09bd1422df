package dev.telltale.lab;

import dev.telltale.tap.CertificateAuthority;
import dev.telltale.tap.KeyLog;

import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;

/**
 * Both ends of TLS 1.2 (RFC 5246) and 1.3 (RFC 8446), by BouncyCastle: the one library at hand that
 * takes all its random numbers from the caller, so that the same seed gives the same bytes, and
 * that lets its secrets be noted.
 */
final class Tls {
    /** The version a client offers. */
    enum Version {
        TLS_1_2(ProtocolVersion.TLSv12),
        TLS_1_3(ProtocolVersion.TLSv13);

        private final ProtocolVersion version;

        Version(ProtocolVersion version) {
            this.version = version;
        }
    }

    private static final int[] SUITES = {
        CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    };

    private Tls() {}

    /** An open connection's plaintext. */
    record Session(InputStream in, OutputStream out, String protocol, Closing closing) {}

    interface Closing {
        void close() throws IOException;
    }

    /**
     * @param trusted the only authority this phone trusts
     * @param now for the certificate's dates
     * @param keys where the phone's secrets are noted; empty where nobody can get at them
     * @param protocols offered by ALPN (RFC 7301); none where empty
     */
    record Trust(
            X509Certificate trusted,
            Instant now,
            Optional<KeyLog> keys,
            Version version,
            List<String> protocols) {}

    /** The phone's end: speaks the handshake and returns when it is complete. */
    static Session connect(
            InputStream in, OutputStream out, String host, Trust trust, SecureRandom random)
            throws IOException {
        TlsClientProtocol protocol = new TlsClientProtocol(in, out);
        Client client = new Client(crypto(random), host, trust);
        protocol.connect(client);
        return new Session(
                protocol.getInputStream(),
                protocol.getOutputStream(),
                client.chosen(),
                protocol::close);
    }

    /** The cloud's end; the host that was asked for chooses the certificate. */
    static Session accept(
            InputStream in,
            OutputStream out,
            CertificateAuthority authority,
            Collection<String> protocols,
            SecureRandom random)
            throws IOException {
        TlsServerProtocol protocol = new TlsServerProtocol(in, out);
        Server server = new Server(crypto(random), authority, List.copyOf(protocols));
        protocol.accept(server);
        return new Session(
                protocol.getInputStream(),
                protocol.getOutputStream(),
                server.chosen(),
                protocol::close);
    }

    private static BcTlsCrypto crypto(SecureRandom random) {
        return new BcTlsCrypto(random) {
            /** The library's own mixes the time of day in. */
            @Override
            public TlsNonceGenerator createNonceGenerator(byte[] additionalSeedMaterial) {
                return random::generateSeed;
            }
        };
    }

    private static Vector<ProtocolName> names(List<String> protocols) {
        Vector<ProtocolName> names = new Vector<>();
        for (String p : protocols) names.add(ProtocolName.asUtf8Encoding(p));
        return names;
    }

    private static String chosen(SecurityParameters parameters) {
        ProtocolName name = parameters.getApplicationProtocol();
        return name == null ? "" : name.getUtf8Decoding();
    }

    private static final class Client extends DefaultTlsClient {
        private final BcTlsCrypto crypto;
        private final String host;
        private final Trust trust;

        private Client(BcTlsCrypto crypto, String host, Trust trust) {
            super(crypto);
            this.crypto = crypto;
            this.host = host;
            this.trust = trust;
        }

        private String chosen() {
            return Tls.chosen(context.getSecurityParametersConnection());
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return trust.version().version.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return TlsUtils.getSupportedCipherSuites(crypto, SUITES);
        }

        @Override
        protected Vector<ServerName> getSNIServerNames() {
            Vector<ServerName> names = new Vector<>();
            names.add(new ServerName(NameType.host_name, host.getBytes(StandardCharsets.US_ASCII)));
            return names;
        }

        @Override
        @SuppressWarnings("NullAway") // Null stands for "not offered" in this library.
        protected Vector<ProtocolName> getProtocolNames() {
            return trust.protocols().isEmpty() ? null : names(trust.protocols());
        }

        @Override
        public void processServerExtensions(Hashtable extensions) throws IOException {
            super.processServerExtensions(extensions);
            if (!TlsUtils.isTLSv13(context)) return;
            SecurityParameters p = context.getSecurityParametersHandshake();
            note("CLIENT_HANDSHAKE_TRAFFIC_SECRET", p, p.getTrafficSecretClient());
            note("SERVER_HANDSHAKE_TRAFFIC_SECRET", p, p.getTrafficSecretServer());
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            SecurityParameters p = context.getSecurityParametersConnection();
            if (TlsUtils.isTLSv13(context)) {
                note("CLIENT_TRAFFIC_SECRET_0", p, p.getTrafficSecretClient());
                note("SERVER_TRAFFIC_SECRET_0", p, p.getTrafficSecretServer());
            } else {
                note("CLIENT_RANDOM", p, p.getMasterSecret());
            }
        }

        private void note(String label, SecurityParameters p, TlsSecret secret) {
            // Extracting destroys a secret, so a copy is.
            trust.keys()
                    .ifPresent(log ->
                            log.add(
                                    label,
                                    p.getClientRandom(),
                                    crypto.adoptSecret(secret).extract()));
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new ServerOnlyTlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate given) throws IOException {
                    verify(given.getCertificate());
                }
            };
        }

        private void verify(Certificate chain) throws IOException {
            try {
                X509Certificate leaf =
                        (X509Certificate)
                                CertificateFactory.getInstance("X.509")
                                        .generateCertificate(
                                                new ByteArrayInputStream(
                                                        chain.getCertificateAt(0).getEncoded()));
                leaf.verify(trust.trusted().getPublicKey());
                leaf.checkValidity(Date.from(trust.now()));
                if (leaf.getSubjectAlternativeNames().stream()
                        .noneMatch(name -> name.get(1).equals(host))) {
                    throw new GeneralSecurityException("It is for another host than " + host);
                }
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
            }
        }
    }

    private static final class Server extends DefaultTlsServer {
        private final BcTlsCrypto crypto;
        private final CertificateAuthority authority;
        private final List<String> protocols;

        private Server(BcTlsCrypto crypto, CertificateAuthority authority, List<String> protocols) {
            super(crypto);
            this.crypto = crypto;
            this.authority = authority;
            this.protocols = protocols;
        }

        private String chosen() {
            return Tls.chosen(context.getSecurityParametersConnection());
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return TlsUtils.getSupportedCipherSuites(crypto, SUITES);
        }

        @Override
        protected Vector<ProtocolName> getProtocolNames() {
            return names(protocols);
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            try {
                CertificateAuthority.Issued issued = authority.issue(host());
                TlsCertificate leaf =
                        new BcTlsCertificate(crypto, issued.certificate().getEncoded());
                Certificate chain =
                        TlsUtils.isTLSv13(context)
                                ? new Certificate(
                                        TlsUtils.EMPTY_BYTES, new CertificateEntry[] {entry(leaf)})
                                : new Certificate(new TlsCertificate[] {leaf});
                AsymmetricKeyParameter key = PrivateKeyFactory.createKey(issued.key().getEncoded());
                return new BcDefaultTlsCredentialedSigner(
                        new TlsCryptoParameters(context),
                        crypto,
                        key,
                        chain,
                        SignatureAndHashAlgorithm.getInstance(
                                HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }

        @SuppressWarnings("NullAway") // Null stands for "no extensions" in this library.
        private static CertificateEntry entry(TlsCertificate leaf) {
            return new CertificateEntry(leaf, null);
        }

        private String host() throws IOException {
            Vector<?> names = context.getSecurityParametersHandshake().getClientServerNames();
            if (names == null || names.isEmpty() || !(names.getFirst() instanceof ServerName n)) {
                throw new TlsFatalAlert(AlertDescription.missing_extension);
            }
            return new String(n.getNameData(), StandardCharsets.US_ASCII);
        }
    }
}
