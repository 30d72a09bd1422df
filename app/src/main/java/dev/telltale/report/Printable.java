package dev.telltale.report;

/**
 * Text from a capture, made safe to print: nothing in it can move the cursor, change colours, turn
 * the direction of writing, or hide. What cannot be shown is named: {@code \x1B}, {@code \u202E}.
 */
public final class Printable {

    private Printable() {}

    /** More marks than any script puts on one letter spill over the lines around it. */
    private static final int MARKS = 4;

    public static String of(String s) {
        int marks = 0;
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            marks = isMark(c) ? marks + 1 : 0;
            if (!isShown(c) || marks > MARKS) return escaped(s);
            i += Character.charCount(c);
        }
        return s;
    }

    private static String escaped(String s) {
        StringBuilder out = new StringBuilder(s.length() + 16);
        int marks = 0;
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            marks = isMark(c) ? marks + 1 : 0;
            if (isShown(c) && marks <= MARKS) out.appendCodePoint(c);
            else if (c < 0x100) out.append(String.format("\\x%02X", c));
            else if (c < 0x10000) out.append(String.format("\\u%04X", c));
            else out.append(String.format("\\u{%X}", c));
            i += Character.charCount(c);
        }
        return out.toString();
    }

    private static boolean isMark(int c) {
        return c >= 0x300 && Character.getType(c) == Character.NON_SPACING_MARK;
    }

    /** True where {@code c} is drawn as itself. */
    static boolean isShown(int c) {
        if (c >= 0x20 && c < 0x7F) return true;
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.ENCLOSING_MARK ->
                    false;
            default -> !isBlankLetter(c) && !(c >= 0xFE00 && c <= 0xFE0F);
        };
    }

    private static boolean isBlankLetter(int c) {
        return c == 0x034F
                || c == 0x115F
                || c == 0x1160
                || c == 0x3164
                || c == 0xFFA0
                || c == 0x2800;
    }

    /** Columns that {@code s} takes on a terminal; {@code s} is printable. */
    static int width(String s) {
        int width = 0;
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            width += width(c);
            i += Character.charCount(c);
        }
        return width;
    }

    private static int width(int c) {
        if (c < 0x300) return 1;
        if (isMark(c)) return 0;
        return isWide(c) ? 2 : 1;
    }

    /** East Asian wide and full-width blocks, and emoji (Unicode Annex 11, by block). */
    private static boolean isWide(int c) {
        return c >= 0x1100
                && (c <= 0x115F
                        || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F)
                        || (c >= 0xA960 && c <= 0xA97F)
                        || (c >= 0xAC00 && c <= 0xD7A3)
                        || (c >= 0xF900 && c <= 0xFAFF)
                        || (c >= 0xFE30 && c <= 0xFE6F)
                        || (c >= 0xFF00 && c <= 0xFF60)
                        || (c >= 0xFFE0 && c <= 0xFFE6)
                        || (c >= 0x1F300 && c <= 0x1FAFF)
                        || (c >= 0x20000 && c <= 0x3FFFD));
    }

    /** The longest start of {@code s} that fits into {@code columns}, marked where it was cut. */
    static String cut(String s, int columns) {
        if (width(s) <= columns) return s;
        int end = fitting(s, columns - 1);
        return s.substring(0, end) + "…";
    }

    /** Length of the longest start of {@code s} that takes at most {@code columns}. */
    static int fitting(String s, int columns) {
        int width = 0;
        int i = 0;
        while (i < s.length()) {
            int c = s.codePointAt(i);
            width += width(c);
            if (width > columns) break;
            i += Character.charCount(c);
        }
        return i;
    }
}
