package dev.telltale.analyze.http2;

import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;

/** Where the DATA of one side of a stream goes. */
interface Body {
    void feed(byte[] b, int from, int length, long at);

    /** {@code length} bytes are missing, which stood at {@code at}. */
    void gap(long length, long at, ReasonCode reason);

    void end();

    static Body of(MessageSink message, PartKind kind, Hint hint) {
        MessageSink.PartSink part = message.open(kind, "", hint);
        return new Body() {
            @Override
            public void feed(byte[] b, int from, int length, long at) {
                part.feed(b, from, length, at);
            }

            @Override
            public void gap(long length, long at, ReasonCode reason) {
                part.gap(length, reason);
            }

            @Override
            public void end() {
                part.end();
            }
        };
    }
}
