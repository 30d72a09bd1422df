package dev.telltale.record.relay;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who may use the recorder, and where to. Its own listeners are never a destination, nor are
 * link-local addresses, where clouds keep their credentials; nor this machine for those that come
 * from elsewhere.
 */
public final class Access {
    private final List<Net> allowed;
    private final String token;
    private final Set<InetSocketAddress> listeners = ConcurrentHashMap.newKeySet();

    /** Addresses that begin alike (RFC 4632). */
    private record Net(byte[] address, int bits) {
        boolean holds(InetAddress a) {
            byte[] other = a.getAddress();
            if (other.length != address.length) return false;
            int rest = address.length * 8 - bits;
            return new BigInteger(1, other)
                    .shiftRight(rest)
                    .equals(new BigInteger(1, address).shiftRight(rest));
        }
    }

    /**
     * @param allowed networks in the notation {@code 192.168.43.0/24}; this machine always may
     * @param token a password that lets anybody in, or empty
     * @throws IllegalArgumentException where one is no network
     */
    public Access(List<String> allowed, String token) {
        List<Net> nets = new ArrayList<>();
        for (String text : allowed) nets.add(net(text));
        this.allowed = List.copyOf(nets);
        this.token = token;
    }

    private static Net net(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        try {
            if (!Addresses.isLiteral(address)) throw new UnknownHostException();
            byte[] bytes = InetAddress.getByName(address).getAddress();
            int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > bytes.length * 8) throw new UnknownHostException();
            return new Net(bytes, bits);
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no network like 192.168.43.0/24", e);
        }
    }

    /** Somebody from elsewhere can be let in at all. */
    public boolean isGiven() {
        return !allowed.isEmpty() || !token.isEmpty();
    }

    /** The address alone is enough. */
    boolean admits(InetAddress client) {
        return client.isLoopbackAddress() || allowed.stream().anyMatch(n -> n.holds(client));
    }

    boolean hasToken() {
        return !token.isEmpty();
    }

    /** In a time that tells nothing about the token. */
    boolean isToken(String given) {
        return hasToken()
                && java.security.MessageDigest.isEqual(
                        given.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        token.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    void listening(InetSocketAddress at) {
        listeners.add(at);
    }

    /** Why nobody is connected there, where that is so. */
    Optional<String> refused(InetAddress client, InetSocketAddress to) {
        InetAddress a = to.getAddress();
        if (a.isLinkLocalAddress()) return Optional.of("link-local addresses are not connected to");
        if (a.isMulticastAddress()) return Optional.of("nobody can be connected to a group");
        boolean own = Addresses.isOwn(a);
        if (own && isListener(to)) return Optional.of("that is the recorder itself");
        if (own && !client.isLoopbackAddress())
            return Optional.of("this machine is no destination for others");
        return Optional.empty();
    }

    private boolean isListener(InetSocketAddress to) {
        return listeners.stream().anyMatch(l -> l.getPort() == to.getPort());
    }
}
