package dev.telltale.record.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a destination leads.
 *
 * @param told the server's address, as the recording names it
 * @param real where the connection is made to; the same, but in a lab
 */
public record Route(InetSocketAddress told, InetSocketAddress real) {

    /** Finds out. */
    public interface Finder {
        /**
         * @param host name or address
         * @return at least one, to be tried in this order
         * @throws UnknownHostException where there is none
         */
        List<Route> of(String host, int port) throws UnknownHostException;
    }

    /** By the machine's own resolver. */
    public static final Finder BY_NAME =
            (host, port) -> {
                List<Route> routes = new ArrayList<>();
                for (InetAddress a : InetAddress.getAllByName(host)) {
                    InetSocketAddress address = new InetSocketAddress(a, port);
                    routes.add(new Route(address, address));
                }
                return routes;
            };
}
