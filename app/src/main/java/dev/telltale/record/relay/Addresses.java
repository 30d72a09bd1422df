package dev.telltale.record.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Addresses as text, and which of them are nobody's business. */
final class Addresses {
    private Addresses() {}

    /** An IP address, and no name that would have to be asked for. */
    static boolean isLiteral(String host) {
        return host.matches("\\d{1,3}(\\.\\d{1,3}){3}")
                || host.matches("[0-9a-fA-F.:]*:[0-9a-fA-F.:]*");
    }

    /** With brackets around IPv6 (RFC 3986 3.2.2). */
    static String text(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    static String text(InetSocketAddress address) {
        return text(address.getAddress().getHostAddress(), address.getPort());
    }

    /** This machine itself. */
    static boolean isOwn(InetAddress address) {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) return true;
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
