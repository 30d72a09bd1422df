package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Renderings written out by hand, or by other programs, from the standards. */
class NormalFormsTest {
    private static void found(String kind, String value, String text, String form) {
        found(kind, value, text.getBytes(UTF_8), form);
    }

    private static void found(String kind, String value, byte[] text, String form) {
        assertThat(Personas.hits(Personas.of("IN", kind, value), text).toString())
                .as(kind + " in " + new String(text, UTF_8))
                .contains(kind + ": " + form);
    }

    private static byte[] around(String hex) {
        return HexFormat.of().parseHex("00a7" + hex.replace(" ", "") + "c3");
    }

    @Test
    void imei() {
        String v = "356938035643809";
        for (String t : List.of("35/693803/564380/9", "356938-03-564380-9", "35693803-564380-9"))
            found("imei", v, "=" + t + ";", "in groups");
        found("imei", v, around("35 69 38 03 56 43 80 9f"), "BCD @");
        found("imei", v, around("53 96 83 30 65 34 08 f9"), "BCD, swapped nibbles @");
        found("imei", v, around("3a 65 39 08 53 46 83 90"), "mobile identity @");
    }

    @Test
    void imsi() {
        String v = "404450123456789";
        found("imsi", v, "404-45-0123456789", "MCC, MNC, MSIN apart");
        found("imsi", v, "404/450/123456789", "MCC, MNC, MSIN apart");
        found("imsi", v, "0404450123456789@nai.epc.mnc045.mcc404.3gppnetwork.org", "EAP identity");
        found("imsi", v, around("49 40 54 10 32 54 76 98"), "mobile identity @");
    }

    @Test
    void iccid() {
        String v = "8999100000000000004";
        found("iccid", v, "efid=989901000000000000f4", "as in the SIM file");
        found("iccid", v, around("98 99 01 00 00 00 00 00 00 f4"), "BCD, swapped nibbles");
    }

    @Test
    void mac_addresses() {
        String v = "02:00:5e:10:ab:cd";
        found("wifi_mac", v, "m=2:0:5e:10:ab:cd;", "colons, no leading zeros");
        found("wifi_mac", v, "cd:ab:10:5e:00:02", "reversed, colons");
        found("wifi_mac", v, "fe80::0:5eff:fe10:abcd", "in an IPv6 address");
        found("wifi_mac", v, around("00 00 5e ff fe 10 ab cd"), "in an IPv6 address, 8 bytes");
        Matcher m = PersonaMatcher.of(Personas.of("", "wifi_mac", v));
        for (String raw : List.of("02005e10abcd", "cdab105e0002")) {
            Hits hits = new Hits();
            m.whole(HexFormat.of().parseHex(raw), 0, 6, hits);
            assertThat(hits.size()).as(raw).isEqualTo(1);
        }
    }

    @Test
    void uuids_and_android_ids() {
        String v = "38400000-8cf0-11bd-b23e-10b96e40000d";
        found("advertising_id", v, "{38400000-8CF0-11BD-B23E-10B96E40000D}", "UUID");
        found("advertising_id", v, around("38400000 8cf0 11bd b23e 10b96e40000d"), "16 bytes @");
        found(
                "advertising_id",
                v,
                around("00004038 f08c bd11 b23e 10b96e40000d"),
                "16 bytes, GUID");
        found("android_id", "9774d56d682e549c", around("9774d56d682e549c"), "8 bytes @");
        found(
                "android_id",
                "9774d56d682e549c",
                around("9c542e686dd57497"),
                "8 bytes little-endian");
    }

    @Test
    void phone_numbers() {
        String v = "+12025550143";
        found("msisdn", v, "to=01112025550143", "011 prefix");
        // SMS-DELIVER: sender, 11 digits, international.
        found("msisdn", v, around("0b 91 21 20 55 05 41 f3"), "SMS address");
    }

    @Test
    void places() {
        String v = "19.07598,72.87766";
        found("location", v, "[190759800,728776600]", "lat,lon E7");
        found("location", v, "ll=19075980;72877660", "lat;lon E6");
        found("location", v, "{\"latE7\":190759800}", "lat E7");
        found("location", v, "19\u00b004'33.5\"N 72\u00b052'39.6\"E", "degrees, minutes, seconds");
        found("location", v, "$GPGGA,1,1904.5588,N,07252.6596,E,1,08", "NMEA");
        // geohash.org and plus.codes, by the algorithms as published
        found("location", v, "h=" + geohash(19.07598, 72.87766, 8) + ";", "geohash");
        ByteBuffer d = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        found(
                "location",
                v,
                d.putDouble(19.07598).putDouble(72.87766).array(),
                "lat lon as doubles");
        ByteBuffer f = ByteBuffer.allocate(8);
        found(
                "location",
                v,
                f.putFloat(72.87766f).putFloat(19.07598f).array(),
                "lon lat as floats");
    }

    /** Interleaves the bits of two integers, unlike the product, which halves intervals. */
    private static String geohash(double lat, double lon, int letters) {
        int bits = 5 * letters;
        long a = (long) ((lat + 90) / 180 * (1L << bits / 2));
        long o = (long) ((lon + 180) / 360 * (1L << (bits + 1) / 2));
        StringBuilder s = new StringBuilder();
        int value = 0;
        for (int i = 0; i < bits; i++) {
            long from = i % 2 == 0 ? o : a;
            int width = i % 2 == 0 ? (bits + 1) / 2 : bits / 2;
            value = value << 1 | (int) (from >> width - 1 - i / 2 & 1);
            if (i % 5 == 4) {
                s.append("0123456789bcdefghjkmnpqrstuvwxyz".charAt(value));
                value = 0;
            }
        }
        return s.toString();
    }

    @Test
    void published_geohash_and_plus_code() {
        // Wikipedia's example of the one, Google's documentation's of the other.
        found("location", "57.64911,10.40744", "u4pruydqqvj", "geohash");
        found("location", "47.365590,8.524997", "8FVC9G8F+6X", "plus code");
        found("location", "47.365590,8.524997", "8FVC9G8F+6XQ".substring(0, 11), "plus code");
    }

    @Test
    void texts() {
        // 3GPP TS 23.038: "hellohello" is E8329BFD4697D9EC37.
        found("sms_text", "hellohello", around("e8329bfd4697d9ec37"), "GSM 7-bit");
        found(
                "sms_text",
                "Short one. The second sentence is sent alone! Bye",
                "m=the second sentence is sent alone!",
                "sentence 2");
    }

    @Test
    void renderings_that_nothing_announces() {
        String v = "356938035643809";
        found("imei", v, "x=908346530839653&", "15 digits > reversed");
        found("imei", v, "x=" + rot47(v) + "&", "15 digits > rot47");
        found("email", "asha.rao@example.org", "nfun.enb@rknzcyr.bet", "whole address > rot13");
        // Inside base64 of a longer text that is cut at both ends.
        for (String before : List.of("", "a", "ab")) {
            String text = before + "prefix " + v + " and more";
            String base64 = java.util.Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
            found("imei", v, "#" + base64.substring(3), "15 digits > base64");
        }
    }

    private static String rot47(String s) {
        StringBuilder r = new StringBuilder();
        for (char c : s.toCharArray()) r.append((char) (33 + (c + 14) % 94));
        return r.toString();
    }

    @Test
    void reversed_and_rotated_values_need_their_boundaries() {
        Persona p = Personas.of("", "imei", "356938035643809");
        assertThat(Personas.hits(p, "x=9908346530839653&")).isEmpty();
        assertThat(Personas.hits(p, "x=908346530839653&")).hasSize(1);
    }
}
