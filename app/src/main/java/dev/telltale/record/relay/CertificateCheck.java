package dev.telltale.record.relay;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server's certificate is one that a phone should take: a chain to an authority that this
 * machine trusts, in its time, for that name (RFC 5280, RFC 9525). Revocation is not looked at.
 */
final class CertificateCheck {
    private static final int MOST_KEPT = 4_096;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final List<X509TrustManager> trusted;
    private final Map<String, Optional<String>> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Optional<String>> e) {
                    return size() > MOST_KEPT;
                }
            };

    /**
     * @param more authorities, beside those of the platform
     */
    CertificateCheck(Collection<X509Certificate> more) throws GeneralSecurityException {
        X509TrustManager platform = manager(null);
        if (more.isEmpty()) {
            trusted = List.of(platform);
            return;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (java.io.IOException e) {
            throw new GeneralSecurityException(e);
        }
        int i = 0;
        for (X509Certificate c : more) store.setCertificateEntry("given-" + i++, c);
        trusted = List.of(platform, manager(store));
    }

    private static X509TrustManager manager(@Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager m : factory.getTrustManagers())
            if (m instanceof X509TrustManager x) return x;
        throw new GeneralSecurityException("no trust manager");
    }

    /** What is wrong with it, or empty. */
    synchronized Optional<String> wrong(String host, List<X509Certificate> chain) {
        if (chain.isEmpty()) return Optional.of("no certificate");
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            for (X509Certificate c : chain) hash.update(c.getEncoded());
            String key = host + " " + HexFormat.of().formatHex(hash.digest());
            Optional<String> before = known.get(key);
            // Asked once a recording; a certificate that ends meanwhile is no news.
            if (before != null) return before;
            Optional<String> wrong = look(host, chain);
            known.put(key, wrong);
            return wrong;
        } catch (GeneralSecurityException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> look(String host, List<X509Certificate> chain) {
        String why = "";
        X509Certificate[] all = chain.toArray(X509Certificate[]::new);
        for (X509TrustManager m : trusted) {
            try {
                m.checkServerTrusted(all, "UNKNOWN");
                return names(chain.getFirst(), host)
                        ? Optional.empty()
                        : Optional.of("it is not for " + host);
            } catch (CertificateException e) {
                why = String.valueOf(e.getMessage());
            }
        }
        return Optional.of(why);
    }

    private static boolean names(X509Certificate certificate, String host) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) return false;
            for (List<?> name : names) {
                if (!(name.getFirst() instanceof Integer type)
                        || !(name.get(1) instanceof String value)) continue;
                if (type == DNS_NAME && matches(value, host)) return true;
                if (type == IP_ADDRESS && sameAddress(value, host)) return true;
            }
            return false;
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** A {@code *} stands for the whole first label. */
    private static boolean matches(String pattern, String host) {
        String p = pattern.toLowerCase(Locale.ROOT);
        if (!p.startsWith("*.")) return p.equals(host);
        int dot = host.indexOf('.');
        return dot > 0 && host.substring(dot).equals(p.substring(1));
    }

    private static boolean sameAddress(String a, String b) {
        if (!Addresses.isLiteral(b)) return false;
        try {
            return Arrays.equals(
                    InetAddress.getByName(a).getAddress(), InetAddress.getByName(b).getAddress());
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
