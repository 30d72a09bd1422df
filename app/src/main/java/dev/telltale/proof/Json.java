package dev.telltale.proof;

/** The few lines of JSON that the proof's own files are: the same values give the same bytes. */
final class Json {
    private Json() {}

    static String quoted(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') b.append('\\').append(c);
            else if (c >= 0x20 && c < 0x7f) b.append(c);
            else b.append(String.format("\\u%04x", (int) c));
        }
        return b.append('"').toString();
    }

    /** {@code "name":"value"}, separated by commas. */
    static String fields(String... namesAndValues) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (i > 0) b.append(',');
            b.append(quoted(namesAndValues[i])).append(':').append(quoted(namesAndValues[i + 1]));
        }
        return b.toString();
    }
}
