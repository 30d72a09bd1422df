package dev.telltale.capture;

import dev.telltale.capture.Tnet.Chars;
import java.util.Arrays;

/** DNS types as recorders number them (IANA registry "Resource Record (RR) TYPEs"). */
final class DnsTypes {
    private DnsTypes() {}

    static String name(long type) {
        if (type < 0 || type > 65_535) return "";
        return switch ((int) type) {
            case 1 -> "A";
            case 2 -> "NS";
            case 5 -> "CNAME";
            case 6 -> "SOA";
            case 12 -> "PTR";
            case 15 -> "MX";
            case 16 -> "TXT";
            case 28 -> "AAAA";
            case 33 -> "SRV";
            case 35 -> "NAPTR";
            case 43 -> "DS";
            case 48 -> "DNSKEY";
            case 64 -> "SVCB";
            case 65 -> "HTTPS";
            case 255 -> "ANY";
            default -> "TYPE" + type;
        };
    }

    /** The address in an A or AAAA record, else empty. */
    static String address(long type, Chars data) {
        if (!(type == 1 && data.length() == 4 || type == 28 && data.length() == 16)) return "";
        byte[] b = Arrays.copyOfRange(data.bytes(), data.from(), data.from() + data.length());
        return Ip.text(b);
    }
}
