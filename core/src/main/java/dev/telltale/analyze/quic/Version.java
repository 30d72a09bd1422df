package dev.telltale.analyze.quic;

import java.util.HexFormat;
import java.util.Optional;

/**
 * A version of QUIC (IANA registry "QUIC Versions", and the drafts and private ones that were
 * deployed). Those that keep to RFC 9000 are read, the others named.
 *
 * @param label as it is shown
 * @param salt of the keys of Initial packets (RFC 9001 5.2); empty where the version is only named
 * @param prefix of the labels that keys are derived with (RFC 9001 5.1, RFC 9369 3.3.1)
 * @param second long packet types are numbered as in version 2 (RFC 9369 3.2)
 */
record Version(
        int number,
        String label,
        byte[] salt,
        String prefix,
        boolean second,
        byte[] retryKey,
        byte[] retryNonce) {
    private static final byte[] NOTHING = {};

    static final Version ONE =
            first(
                    1,
                    "1",
                    "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
                    "be0c690b9f66575a1d766b54e368c84e",
                    "461599d35d632bf2239825bb");

    static final Version TWO =
            new Version(
                    0x6b3343cf,
                    "2",
                    hex("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
                    "quicv2 ",
                    true,
                    hex("8fb4b01b56ac48e260fbcbcead7ccc92"),
                    hex("d86969bc2d7c6d9990efb04a"));

    boolean readable() {
        return salt.length > 0;
    }

    static Optional<Version> of(int number) {
        if (number == 1) return Optional.of(ONE);
        if (number == TWO.number) return Optional.of(TWO);
        if (number >>> 8 == 0xff0000) return Optional.of(draft(number, number & 0xff));
        if (number >>> 4 == 0xfaceb00) return Optional.of(named(number, "mvfst")); // Facebook
        int family = number >>> 24;
        boolean digits = true;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int c = number >>> shift & 0xff;
            digits &= c >= '0' && c <= '9';
        }
        // Google's own before the standard: Q046, Q050, T051.
        if (!digits || (family != 'Q' && family != 'T')) return Optional.empty();
        char[] name = new char[4];
        for (int i = 0; i < 4; i++) name[i] = (char) (number >>> 24 - 8 * i & 0xff);
        return Optional.of(named(number, new String(name)));
    }

    /** Drafts from 23 on have the packets and frames of RFC 9000. */
    private static Version draft(int number, int draft) {
        String label = "draft-" + draft;
        if (draft >= 33)
            return first(
                    number,
                    label,
                    "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
                    "be0c690b9f66575a1d766b54e368c84e",
                    "461599d35d632bf2239825bb");
        if (draft >= 29)
            return first(
                    number,
                    label,
                    "afbfec289993d24c9e9786f19c6111e04390a899",
                    "ccce187ed09a09d05728155a6cb96be1",
                    "e54930f97f2136f0530a8c1c");
        if (draft >= 23)
            return first(number, label, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "", "");
        return named(number, label);
    }

    private static Version first(int number, String label, String salt, String key, String nonce) {
        return new Version(number, label, hex(salt), "quic ", false, hex(key), hex(nonce));
    }

    private static Version named(int number, String label) {
        return new Version(number, label, NOTHING, "", false, NOTHING, NOTHING);
    }

    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s);
    }
}
