package dev.telltale.publish;

import dev.telltale.publish.Advisory.Invalid;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Where a webhook may lead: {@code https}, or a server on this machine; never to an address that
 * only this machine's surroundings answer at, such as a cloud's metadata service.
 */
final class Endpoint {
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    /** Metadata services that are not link-local: fd00:ec2::254 and 100.100.100.200. */
    private static final byte[] METADATA6 = {
        (byte) 0xfd, 0, 0x0e, (byte) 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54
    };

    private static final byte[] METADATA4 = {100, 100, 100, (byte) 200};

    private Endpoint() {}

    /** What can be told from the URL alone. */
    static URI checked(URI url) throws Invalid {
        String host = url.getHost();
        if (host == null || url.getRawUserInfo() != null || url.getRawFragment() != null)
            throw new Invalid("url: host, port, path and query only");
        if ("https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && isHere(host)))
            return url;
        throw new Invalid("url: only https is used, or http to this machine");
    }

    private static boolean isHere(String host) {
        String h = host.toLowerCase(Locale.ROOT);
        return h.equals("localhost") || h.equals("127.0.0.1") || h.equals("[::1]");
    }

    /**
     * What its name stands for now.
     *
     * @throws Invalid where any of its addresses is none to send to
     */
    static void resolved(URI url) throws Invalid, UnknownHostException {
        for (InetAddress a : InetAddress.getAllByName(url.getHost())) {
            if (isForbidden(a)) throw new Invalid(url.getHost() + " is at " + a.getHostAddress());
            if ("http".equals(url.getScheme()) && !a.isLoopbackAddress())
                throw new Invalid(url.getHost() + " is not this machine");
        }
    }

    static boolean isForbidden(InetAddress a) {
        byte[] b = a.getAddress();
        if (a instanceof Inet6Address && Arrays.equals(Arrays.copyOf(b, 12), NAT64)) {
            try {
                return isForbidden(InetAddress.getByAddress(Arrays.copyOfRange(b, 12, 16)));
            } catch (UnknownHostException e) {
                return true;
            }
        }
        return a.isLinkLocalAddress()
                || a.isAnyLocalAddress()
                || a.isMulticastAddress()
                || (b[0] == 0 && b.length == 4)
                || Arrays.equals(b, METADATA4)
                || Arrays.equals(b, METADATA6);
    }
}
