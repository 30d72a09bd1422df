package dev.telltale.attribute;

import com.google.common.net.InetAddresses;
import com.google.common.net.InternetDomainName;
import java.util.Locale;

/**
 * Host name to registrable domain, by the public suffix list (publicsuffix.org) as bundled with
 * Guava.
 */
public final class Domains {
    private Domains() {}

    /**
     * The registrable domain that names the company ({@code api.account.xiaomi.com} to {@code
     * xiaomi.com}); for an unlisted suffix the last two labels; an IP address is its own domain.
     */
    public static String registrable(String host) {
        String h = host.toLowerCase(Locale.ROOT);
        while (h.endsWith(".")) h = h.substring(0, h.length() - 1);
        if (h.isEmpty() || isIp(h)) return h;
        if (InternetDomainName.isValid(h)) {
            InternetDomainName name = InternetDomainName.from(h);
            if (name.isUnderRegistrySuffix()) return name.topDomainUnderRegistrySuffix().toString();
            if (name.isRegistrySuffix()) return h;
        }
        int last = h.lastIndexOf('.');
        int before = last < 0 ? -1 : h.lastIndexOf('.', last - 1);
        return h.substring(before + 1);
    }

    /** True for a textual IPv4 or IPv6 address. */
    public static boolean isIp(String host) {
        return InetAddresses.isInetAddress(host);
    }
}
