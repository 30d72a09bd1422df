package dev.telltale.record.relay;

import dev.telltale.tap.CertificateAuthority;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.internal.tcnative.SSLContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards servers, which notes its secrets, and towards clients, with certificates made on the
 * fly. By BoringSSL: the JDK's own TLS tells no secrets.
 */
final class TlsContexts {
    private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
    private static final int TLS_1_0 = 0x301;

    /** Certificates and their contexts that are kept. */
    private static final int MOST_KEPT = 1_000;

    /** Phones accept no certificate of a server that holds longer than 825 days. */
    private static final Duration LIFE = Duration.ofDays(397);

    private static final Duration BEFORE = Duration.ofDays(2);

    private final CertificateAuthority authority;
    private final CertificateAuthority untrusted;
    private final Map<Offer, SslContext> towardsServers = kept();
    private final Map<Shown, SslContext> towardsClients = kept();
    private final AskedForCertificate asked = new AskedForCertificate();
    private final ThreadLocal<@Nullable Consumer<String>> secrets = new ThreadLocal<>();

    /** What is offered to a server: the same that the client offered. */
    private record Offer(List<String> protocols, int version) {}

    /** What a client is shown. */
    private record Shown(String host, String protocol, boolean trusted) {}

    TlsContexts(CertificateAuthority authority, CertificateAuthority untrusted) {
        this.authority = authority;
        this.untrusted = untrusted;
    }

    private static <K> Map<K, SslContext> kept() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, SslContext> eldest) {
                // What still uses it keeps it alive; the collector frees it.
                return size() > MOST_KEPT;
            }
        };
    }

    /**
     * Runs something during which secrets are made known to {@code lines}. Secrets come while bytes
     * of a handshake are worked on, on the thread that does so.
     */
    void noting(Consumer<String> lines, Runnable work) {
        Consumer<String> before = secrets.get();
        secrets.set(lines);
        try {
            work.run();
        } finally {
            secrets.set(before);
        }
    }

    /** True where the server asked for a certificate of the client; to be asked once. */
    boolean askedForCertificate(SSLEngine engine) {
        return asked.engines.remove(engine);
    }

    /**
     * @param protocols for ALPN
     * @param version highest to offer
     */
    synchronized SslContext towardsServer(List<String> protocols, int version) throws SSLException {
        Offer offer = new Offer(protocols, Math.max(version, TLS_1_0));
        SslContext known = towardsServers.get(offer);
        if (known != null) return known;
        int versions = Math.min(offer.version() - TLS_1_0 + 1, VERSIONS.size());
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL)
                        .protocols(VERSIONS.subList(0, versions))
                        // Every certificate is taken, and then checked: what is wrong with it is
                        // told, and the client is shown one that is as wrong.
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .keyManager(asked)
                        .endpointIdentificationAlgorithm("")
                        // A resumed session would show no certificate.
                        .sessionCacheSize(1)
                        .sessionTimeout(1);
        if (!protocols.isEmpty()) builder.applicationProtocolConfig(alpn(protocols));
        SslContext made = builder.build();
        noteSecrets((ReferenceCountedOpenSslContext) made);
        towardsServers.put(offer, made);
        return made;
    }

    /**
     * @param host that the certificate is for
     * @param protocol that the server chose, or empty
     * @param trusted false for a certificate that no phone should take
     */
    synchronized SslContext towardsClient(String host, String protocol, boolean trusted)
            throws SSLException, GeneralSecurityException {
        Shown shown = new Shown(host, protocol, trusted);
        SslContext known = towardsClients.get(shown);
        if (known != null) return known;
        CertificateAuthority by = trusted ? authority : untrusted;
        Instant now = Instant.now();
        CertificateAuthority.Issued issued =
                by.issue(host, now.minus(BEFORE), now.plus(LIFE).minus(BEFORE));
        SslContextBuilder builder =
                SslContextBuilder.forServer(issued.key(), issued.certificate(), by.certificate())
                        .sslProvider(SslProvider.OPENSSL)
                        .protocols(VERSIONS);
        if (!protocol.isEmpty()) builder.applicationProtocolConfig(alpn(List.of(protocol)));
        SslContext made = builder.build();
        noteSecrets((ReferenceCountedOpenSslContext) made);
        towardsClients.put(shown, made);
        return made;
    }

    private static ApplicationProtocolConfig alpn(List<String> protocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                protocols);
    }

    private void noteSecrets(ReferenceCountedOpenSslContext context) {
        boolean noted =
                SSLContext.setKeyLogCallback(
                        Pointer.of(context),
                        (ssl, line) -> {
                            Consumer<String> to = secrets.get();
                            if (to != null)
                                to.accept(
                                        new String(
                                                line, java.nio.charset.StandardCharsets.US_ASCII));
                        });
        if (!noted) throw new IllegalStateException("this TLS library tells no secrets");
    }

    /**
     * The library's own handle of a context. Netty has no call for key logs; its public {@code
     * sslCtxPointer} is another pointer, which crashes the JVM here.
     */
    private static final class Pointer {
        private static final VarHandle CONTEXT = handle();

        private static VarHandle handle() {
            try {
                Class<?> of = ReferenceCountedOpenSslContext.class;
                return MethodHandles.privateLookupIn(of, MethodHandles.lookup())
                        .findVarHandle(of, "ctx", long.class);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("another version of Netty", e);
            }
        }

        static long of(ReferenceCountedOpenSslContext context) {
            return (long) CONTEXT.get(context);
        }
    }

    /** Has no certificate, and remembers who asked for one. */
    private static final class AskedForCertificate extends X509ExtendedKeyManager {
        private final Set<SSLEngine> engines = ConcurrentHashMap.newKeySet();

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
            engines.add(engine);
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
