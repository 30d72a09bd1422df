package dev.telltale.model;

import java.util.List;

/**
 * One step from a part towards a value: which bytes of the enclosing layer a decoder took, and
 * under which key.
 *
 * @param decoder row name in the decoder list: {@code json}, {@code gzip}, {@code base64url},
 *     {@code percent}, ...
 * @param framing true where the protocol asked for it (Content-Encoding): kept in evidence, left
 *     out of the chain
 * @param identity true where this layer's bytes are the enclosing layer's bytes of {@code from}
 *     unchanged (a JSON string without escapes): positions then map byte for byte
 * @param from where the decoded bytes stand in the enclosing layer (for the first step: in the
 *     part)
 * @param keys names inside the decoded structure down to this value, array positions as {@code []};
 *     empty for pure codecs
 */
public record LayerStep(
        String decoder, boolean framing, boolean identity, List<Range> from, List<String> keys) {}
