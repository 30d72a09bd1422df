package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.bytes.DigestSource;

/**
 * What a capture is read from.
 *
 * @param name as given, for messages
 * @param raw the file as it is, perhaps compressed: counted and digested
 * @param content the bytes of the capture format itself, from its first byte
 */
public record CaptureInput(String name, DigestSource raw, ByteSource content) {}
