package dev.telltale.decode;

/**
 * Takes a text apart where it stands: its values become leaves, what is none of them stays the
 * layer's own. Nothing is refused: what does not follow the format is a leaf, too.
 */
interface InPlace {
    void begin();

    /**
     * Takes what it can of {@code [i, to)}, of which index 0 is at {@code base} of the layer.
     *
     * @param last nothing follows {@code to}: all of it is taken
     * @return index of the first byte not taken; less than {@link Layer#SEGMENT} and some before
     *     {@code to}
     */
    int feed(byte[] b, int i, int to, long base, boolean last);
}
