package dev.telltale.capture;

import java.util.Locale;

/**
 * Host and port as captures write them: {@code name}, {@code name:port}, {@code [v6]:port}, bare
 * addresses.
 */
record Authority(String host, int port) {
    static final Authority NONE = new Authority("", 0);
    private static final int LONGEST = 1024;

    /** Host without brackets and zone, lower case; port 0 where none is written. */
    static Authority of(String written) {
        String s = written.strip().toLowerCase(Locale.ROOT);
        if (s.length() > LONGEST) return NONE;
        int at = s.lastIndexOf('@');
        if (at >= 0) s = s.substring(at + 1);
        int close = s.indexOf(']');
        if (s.startsWith("[") && close > 0) {
            String rest = s.substring(close + 1);
            return new Authority(
                    address(s.substring(1, close)),
                    rest.startsWith(":") ? port(rest.substring(1)) : 0);
        }
        int colon = s.indexOf(':');
        if (colon < 0) return new Authority(s, 0);
        if (colon != s.lastIndexOf(':')) return new Authority(address(s), 0);
        return new Authority(s.substring(0, colon), port(s.substring(colon + 1)));
    }

    static int port(String digits) {
        int n = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') return 0;
            n = n * 10 + (c - '0');
            if (n > 65_535) return 0;
        }
        return n;
    }

    static int port(long number) {
        return number > 0 && number <= 65_535 ? (int) number : 0;
    }

    /** True for an IPv4 or IPv6 address, without brackets. */
    static boolean isAddress(String host) {
        if (host.isEmpty()) return false;
        boolean six = host.indexOf(':') >= 0;
        int dots = 0;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            if (c == '.') dots++;
            else if (!digit && !(six && (c == ':' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')))
                return false;
        }
        return six || dots == 3;
    }

    /** The address without zone and IPv4 mapping; empty where it is none. */
    static String ip(String written) {
        if (written.length() > LONGEST) return "";
        String s = address(written.strip().toLowerCase(Locale.ROOT));
        return isAddress(s) ? s : "";
    }

    private static String address(String s) {
        int zone = s.indexOf('%');
        String bare = zone >= 0 ? s.substring(0, zone) : s;
        return bare.startsWith("::ffff:") && bare.indexOf('.') > 0 ? bare.substring(7) : bare;
    }

    /** Port that a scheme means where none is written, 0 where there is none. */
    static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http", "ws" -> 80;
            case "https", "wss" -> 443;
            default -> 0;
        };
    }
}
