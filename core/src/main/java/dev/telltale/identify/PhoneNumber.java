package dev.telltale.identify;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Telephone numbers (ITU-T E.164): the same subscriber with and without country code, trunk prefix
 * and separators. Metadata: libphonenumber.
 */
final class PhoneNumber {
    /**
     * What is dialled before a country code, beside 00: North America, Japan, Russia, Australia.
     */
    private static final List<String> IDD = List.of("011", "010", "810", "0011");

    private static final List<String> ABROAD = List.of("00", "011", "010", "8~10", "0011");

    private PhoneNumber() {}

    /**
     * Bits: forms with a country code count all digits, for a token that happens to agree must
     * agree in all; forms without count the national significant number.
     */
    static List<NormalForm> forms(String value, String region) {
        List<NormalForm> forms = new ArrayList<>();
        Optional<Phonenumber.PhoneNumber> parsed = parse(value, region);
        if (parsed.isPresent()) {
            PhoneNumberUtil util = PhoneNumberUtil.getInstance();
            Phonenumber.PhoneNumber number = parsed.get();
            String country = Integer.toString(number.getCountryCode());
            String subscriber = util.getNationalSignificantNumber(number);
            String all = country + subscriber;
            double most = Bits.digits(all.length(), all);
            double least = Bits.digits(subscriber.length(), subscriber);
            String international = util.format(number, PhoneNumberFormat.INTERNATIONAL);
            String national = util.format(number, PhoneNumberFormat.NATIONAL);
            forms.add(NormalForm.of("E.164", "+" + all, Token.NUMBER, most).andHashed());
            forms.add(NormalForm.of("without +", all, Token.NUMBER, most).andHashed());
            forms.add(NormalForm.of("00 prefix", "00" + all, Token.NUMBER, most).andHashed());
            forms.add(NormalForm.of("national", digits(national), Token.NUMBER, least).andHashed());
            String trunk =
                    util.getNddPrefixForRegion(
                            util.getRegionCodeForCountryCode(number.getCountryCode()), true);
            if (trunk != null)
                forms.add(
                        NormalForm.of("national", trunk + subscriber, Token.NUMBER, least)
                                .andHashed());
            forms.add(
                    NormalForm.of("national significant number", subscriber, Token.NUMBER, least)
                            .andHashed());
            // The dot is that of RFC 5733.
            for (String s : List.of(" ", "-", "."))
                forms.add(
                        NormalForm.of(
                                "country code apart",
                                "+" + country + s + subscriber,
                                Token.NUMBER,
                                most));
            for (String idd : IDD)
                forms.add(NormalForm.of(idd + " prefix", idd + all, Token.NUMBER, most));
            forms.add(NormalForm.raw("SMS address", Bcd.smsAddress(all), most));
            forms.add(NormalForm.raw("BCD, swapped nibbles", Bcd.swapped(all), most));
            formatted(forms, "international format", international, most);
            formatted(forms, "national format", national, least);
            if (!national.equals(digits(national)) && international.indexOf(' ') > 0)
                formatted(
                        forms,
                        "national format",
                        international.substring(international.indexOf(' ') + 1),
                        least);
            String groups = international.substring(international.indexOf(' ') + 1);
            int area = national.indexOf(' ');
            if (area > 0 && national.charAt(0) != '(')
                forms.add(
                        NormalForm.of(
                                "national format",
                                "(" + national.substring(0, area) + ")" + national.substring(area),
                                Token.NUMBER,
                                least));
            for (String rest : List.of(subscriber, " " + groups, groups))
                forms.add(
                        NormalForm.of(
                                "country code in brackets",
                                "(+" + country + ")" + rest,
                                Token.NUMBER,
                                most));
            for (String rest : List.of(subscriber, " " + groups, groups))
                for (String before : List.of(" ", ""))
                    forms.add(
                            NormalForm.of(
                                    "trunk prefix in brackets",
                                    "+" + country + before + "(0)" + rest,
                                    Token.NUMBER,
                                    most));
            for (String idd : ABROAD)
                for (String s : List.of(" ", "-"))
                    forms.add(
                            NormalForm.of(
                                    "dialled from abroad",
                                    idd + s + country + s + groups.replaceAll("[ -]", s),
                                    Token.NUMBER,
                                    most));
            for (String s : List.of(" ", "-"))
                forms.add(
                        NormalForm.of(
                                "dialled from abroad",
                                country + s + groups.replaceAll("[ -]", s),
                                Token.NUMBER,
                                most));
        }
        double bits = Bits.digits(digits(value).length(), digits(value));
        forms.add(NormalForm.of("as written", value.strip(), Token.NUMBER, bits).andHashed());
        if (parsed.isEmpty() && !digits(value).isEmpty())
            forms.add(NormalForm.of("digits", digits(value), Token.NUMBER, bits).andHashed());
        return forms;
    }

    /** Groups as the country separates them, by spaces, dashes and dots. */
    private static void formatted(List<NormalForm> forms, String name, String text, double bits) {
        forms.add(NormalForm.of(name, text, Token.NUMBER, bits));
        String groups = text.replaceAll("[^0-9+]+", " ").strip();
        forms.add(NormalForm.of(name, groups, Token.NUMBER, bits));
        forms.add(NormalForm.of(name, groups.replace(' ', '-'), Token.NUMBER, bits));
        forms.add(NormalForm.of(name, groups.replace(' ', '.'), Token.NUMBER, bits));
        forms.add(NormalForm.of(name, groups.replace(' ', '/'), Token.NUMBER, bits));
    }

    static Optional<String> complaint(String value, String region) {
        Optional<Phonenumber.PhoneNumber> number = parse(value, region);
        if (number.isEmpty())
            return Optional.of(
                    region.isEmpty() && !value.strip().startsWith("+")
                            ? "a number without + needs the persona's region"
                            : "not a phone number");
        if (PhoneNumberUtil.getInstance().isValidNumber(number.get())) return Optional.empty();
        return Optional.of(
                "not a valid phone number of its country (+" + number.get().getCountryCode() + ")");
    }

    private static Optional<Phonenumber.PhoneNumber> parse(String value, String region) {
        try {
            return Optional.of(
                    PhoneNumberUtil.getInstance().parse(value, region.isEmpty() ? "ZZ" : region));
        } catch (NumberParseException e) {
            return Optional.empty();
        }
    }

    static String digits(String s) {
        StringBuilder d = new StringBuilder();
        for (int i = 0; i < s.length(); i++) if (Token.digit(s.charAt(i))) d.append(s.charAt(i));
        return d.toString();
    }
}
