package dev.telltale.matrix;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.List;
import java.util.Set;

/** A telephone number as people, SIM cards and libphonenumber write it. */
final class PhoneWritings {
    private static final Set<String> INTERNATIONAL =
            Set.of("international format", "country code apart", "E.164");
    private static final Set<String> NATIONAL = Set.of("national format", "national");

    private PhoneWritings() {}

    static void of(Writings w, String v, String region) {
        PhoneNumberUtil util = PhoneNumberUtil.getInstance();
        PhoneNumber number;
        try {
            number = util.parse(v, "ZZ");
        } catch (NumberParseException e) {
            throw new AssertionError(e);
        }
        String digits = v.substring(1);
        String country = Integer.toString(number.getCountryCode());
        String subscriber = digits.substring(country.length());
        w.hashed("E.164", v);
        w.hashed("without +", digits);
        w.hashed("00 prefix", "00" + digits);
        for (String idd : List.of("011", "010", "810", "0011"))
            w.hashed(idd + " prefix", idd + digits);
        w.weakHashed("national significant number", subscriber);
        String national = util.format(number, PhoneNumberFormat.NATIONAL);
        String trunk = region.equals("US") ? "" : "0";
        if (!trunk.isEmpty()) w.weakHashed("national", trunk + subscriber);
        String international = util.format(number, PhoneNumberFormat.INTERNATIONAL);
        String rest = international.substring(international.indexOf(' ') + 1);
        for (String s : List.of(" ", "-", "."))
            w.add(INTERNATIONAL, "+" + country + s + subscriber, true, true);
        for (String s : List.of(" ", "-", ".", "/")) {
            w.add(INTERNATIONAL, international.replaceAll("[ -]", s), true, true);
            w.add(
                    NATIONAL,
                    national.replaceAll("[^0-9]+", s).replaceAll("^[ ./-]", ""),
                    false,
                    true);
        }
        w.add(INTERNATIONAL, international, true, true);
        w.add(NATIONAL, national, false, true);
        w.add(INTERNATIONAL, util.format(number, PhoneNumberFormat.RFC3966), true, false);
        w.add(INTERNATIONAL, "tel:" + v, true, false);
        // As dialled from elsewhere.
        for (String from : List.of("US", "GB", "AU", "JP", "DE"))
            if (!from.equals(region))
                w.add(
                        Set.of("dialled from abroad"),
                        util.formatOutOfCountryCallingNumber(number, from).replaceAll("^\\+", "+"),
                        true,
                        true);
        w.add(Set.of("country code in brackets"), "(+" + country + ")" + subscriber, true, true);
        w.add(Set.of("country code in brackets"), "(+" + country + ") " + rest, true, true);
        if (!trunk.isEmpty()) {
            w.add(Set.of("trunk prefix in brackets"), "+" + country + " (0) " + rest, true, true);
            w.add(Set.of("trunk prefix in brackets"), "+" + country + " (0)" + rest, true, true);
            w.add(
                    Set.of("trunk prefix in brackets"),
                    "+" + country + "(0)" + subscriber,
                    true,
                    true);
            w.add(NATIONAL, "(" + national.replaceFirst(" ", ") "), false, true);
        }
        w.raw("BCD, swapped nibbles", HardwareWritings.parse(HardwareWritings.swapped(digits)));
        // 3GPP TS 23.040 9.1.2.5: length, international E.164, semi-octets.
        w.raw(
                "SMS address",
                HardwareWritings.parse(
                        String.format("%02x91", digits.length())
                                + HardwareWritings.swapped(digits)));
    }
}
