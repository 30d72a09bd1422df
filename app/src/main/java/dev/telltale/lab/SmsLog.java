package dev.telltale.lab;

import java.util.List;

/**
 * The messages of one handset as SMS Backup &amp; Restore exports them (XML): type 1 received, type
 * 2 sent, time in milliseconds.
 */
final class SmsLog {
    private SmsLog() {}

    static String xml(List<Operator.Sms> carried, String number) {
        StringBuilder entries = new StringBuilder();
        int count = 0;
        for (Operator.Sms sms : carried) {
            boolean sent = sms.from().equals(number);
            if (!sent && !sms.to().equals(number)) continue;
            count++;
            entries.append("  <sms protocol=\"0\" address=\"")
                    .append(escaped(sent ? sms.to() : sms.from()))
                    .append("\" date=\"")
                    .append(sms.at().toEpochMilli())
                    .append("\" type=\"")
                    .append(sent ? 2 : 1)
                    .append("\" subject=\"null\" body=\"")
                    .append(escaped(sms.text()))
                    .append("\" read=\"1\" status=\"-1\" />\n");
        }
        return "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\""
                + count
                + "\">\n"
                + entries
                + "</smses>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
