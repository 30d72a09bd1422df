package dev.telltale.model;

/**
 * The wire bytes that a piece of a part was made from, where the piece does not stand in the stream
 * as it is: Huffman-coded, out of a table, masked, compressed in a window of its own.
 *
 * @param at wire stream offset of the first
 * @param length how many wire bytes
 * @param layer what made the piece of them, as it is shown in {@link Evidence.Step#layer}: {@code
 *     hpack}, {@code mask}, ...
 * @param aligned true where byte k of the piece was made from wire byte {@code at + k}; else the
 *     piece as a whole comes from the whole range
 */
public record Wire(long at, long length, String layer, boolean aligned) {}
