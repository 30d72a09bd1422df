package dev.telltale.cli;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** {@code --device}: an IP or MAC address. */
final class Devices {

    private static final Pattern MAC = Pattern.compile("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}");

    private Devices() {}

    /** A slip here would make every packet someone else's, and the audit silently empty. */
    static String checked(String device) {
        if (MAC.matcher(device).matches()) return device;
        try {
            // Takes literals only, so nothing is looked up.
            InetAddress.ofLiteral(device);
            return device;
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "--device "
                            + device
                            + " is neither an IP address nor a MAC address (telltale inspect lists them)");
        }
    }
}
