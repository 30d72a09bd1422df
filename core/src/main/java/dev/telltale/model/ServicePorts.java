package dev.telltale.model;

import java.util.Arrays;

/** What port numbers say about which end of a flow is the server. */
public final class ServicePorts {
    /** Services beyond 1023 that phones talk to; ascending. */
    private static final int[] SERVICES = {
        1080, 1194, 1433, 1701, 1883, 1900, 3128, 3306, 3478, 3479, 4500, 5060, 5061, 5222, 5223,
        5228, 5229, 5230, 5349, 5350, 5353, 5355, 5432, 8000, 8008, 8009, 8080, 8081, 8443, 8883,
        8888, 19302
    };

    private ServicePorts() {}

    /**
     * Which of two ends serves, 0 or 1; -1 where the ports do not say. A service port tells the
     * server, then a port of the range that hosts pick their own from (RFC 6335: 49152 up, Linux:
     * 32768 up) the client.
     */
    public static int server(int port0, int port1) {
        boolean service0 = service(port0);
        if (service0 != service(port1)) return service0 ? 0 : 1;
        boolean picked0 = port0 >= 32_768;
        if (picked0 != port1 >= 32_768) return picked0 ? 1 : 0;
        return -1;
    }

    private static boolean service(int port) {
        return port < 1024 || Arrays.binarySearch(SERVICES, port) >= 0;
    }
}
