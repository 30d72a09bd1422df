package dev.telltale.report;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;

/** Two spaces a level; what is opened inside of {@link #inline} stays on one line. */
final class JsonLayout implements PrettyPrinter {

    private int depth;

    /** Containers deeper than this are kept on one line. */
    private int broken = Integer.MAX_VALUE;

    void inline(Runnable write) {
        int before = inline();
        write.run();
        restore(before);
    }

    /** From here on inline; returns what {@link #restore} takes. */
    int inline() {
        int before = broken;
        broken = Math.min(broken, depth);
        return before;
    }

    void restore(int before) {
        broken = before;
    }

    ObjectWriteContext context() {
        return new ObjectWriteContext.Base() {
            @Override
            public PrettyPrinter getPrettyPrinter() {
                return JsonLayout.this;
            }

            @Override
            public boolean hasPrettyPrinter() {
                return true;
            }

            @Override
            public CharacterEscapes getCharacterEscapes() {
                return new SafeOnATerminal();
            }
        };
    }

    private boolean isBroken() {
        return depth <= broken;
    }

    private void newLine(JsonGenerator json) {
        json.writeRaw('\n');
        for (int i = 0; i < depth; i++) json.writeRaw("  ");
    }

    @Override
    public void writeRootValueSeparator(JsonGenerator json) {
        json.writeRaw('\n');
    }

    @Override
    public void writeStartObject(JsonGenerator json) {
        json.writeRaw('{');
        depth++;
    }

    @Override
    public void beforeObjectEntries(JsonGenerator json) {
        if (isBroken()) newLine(json);
    }

    @Override
    public void writeObjectNameValueSeparator(JsonGenerator json) {
        json.writeRaw(isBroken() ? ": " : ":");
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator json) {
        json.writeRaw(',');
        if (isBroken()) newLine(json);
    }

    @Override
    public void writeEndObject(JsonGenerator json, int entries) {
        boolean broke = isBroken() && entries > 0;
        depth--;
        if (broke) newLine(json);
        json.writeRaw('}');
    }

    @Override
    public void writeStartArray(JsonGenerator json) {
        json.writeRaw('[');
        depth++;
    }

    @Override
    public void beforeArrayValues(JsonGenerator json) {
        if (isBroken()) newLine(json);
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator json) {
        json.writeRaw(',');
        if (isBroken()) newLine(json);
    }

    @Override
    public void writeEndArray(JsonGenerator json, int values) {
        boolean broke = isBroken() && values > 0;
        depth--;
        if (broke) newLine(json);
        json.writeRaw(']');
    }

    /**
     * Escapes what JSON allows raw but a terminal or a reader's eye would obey: DEL, C1 controls,
     * and everything that is drawn as nothing or turns the direction of text.
     */
    private static final class SafeOnATerminal extends CharacterEscapes {

        private static final int[] ASCII = standardAsciiEscapesForJSON();

        static {
            ASCII[0x7F] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ASCII;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int ch) {
            return Printable.isShown(ch) || Character.isSurrogate((char) ch)
                    ? null
                    : new SerializedString(String.format("\\u%04X", ch));
        }
    }
}
