package dev.telltale.proof;

/**
 * One thing that was checked.
 *
 * @param subject the file or part of the audit it is about
 * @param text one plain sentence part; never a value of the persona
 */
public record Check(Outcome outcome, String subject, String text) {

    public enum Outcome {
        /** It is as the audit says. */
        HOLDS,
        /** Something was changed, or does not follow. */
        DIFFERS,
        /** It could not be looked at. */
        UNCHECKED
    }

    static Check holds(String subject, String text) {
        return new Check(Outcome.HOLDS, subject, text);
    }

    static Check differs(String subject, String text) {
        return new Check(Outcome.DIFFERS, subject, text);
    }

    static Check unchecked(String subject, String text) {
        return new Check(Outcome.UNCHECKED, subject, text);
    }
}
