package dev.telltale.capture;

/**
 * The values of a HAR entry that an audit reads, each named by where it stands: {@code SENT_*}
 * under {@code request}, {@code ANSWER_*} under {@code response}, {@code ITEM_*} in an element of
 * one of the {@link HarList}s.
 */
enum HarLeaf {
    STARTED(Kind.TEXT),
    SERVER_IP(Kind.TEXT),
    SERVER_PORT(Kind.NUMBER),
    APP(Kind.TEXT),
    SECURITY_STATE(Kind.TEXT),
    TLS_PROTOCOL(Kind.TEXT),

    METHOD(Kind.TEXT),
    URL(Kind.TEXT),
    SENT_VERSION(Kind.TEXT),
    SENT_BODY_SIZE(Kind.NUMBER),
    /** HTTP Toolkit: why a body was left out. */
    SENT_BODY_STATUS(Kind.TEXT),
    POST_MIME(Kind.TEXT),
    POST_TEXT(Kind.BODY),
    POST_ENCODING(Kind.TEXT),
    POST_COMMENT(Kind.TEXT),
    /** {@code request._content} (HTTP Toolkit, PiRogue): the body where it is no text. */
    EXTRA_TEXT(Kind.BODY),
    EXTRA_SIZE(Kind.NUMBER),
    EXTRA_ENCODING(Kind.TEXT),

    STATUS(Kind.NUMBER),
    ANSWER_VERSION(Kind.TEXT),
    ANSWER_BODY_SIZE(Kind.NUMBER),
    ANSWER_SIZE(Kind.NUMBER),
    ANSWER_MIME(Kind.TEXT),
    ANSWER_TEXT(Kind.BODY),
    ANSWER_ENCODING(Kind.TEXT),
    ANSWER_COMMENT(Kind.TEXT),

    /** Of a WebSocket message: {@code type}. */
    ITEM_NAME(Kind.ITEM),
    /** Of a WebSocket message: {@code data}. */
    ITEM_VALUE(Kind.ITEM),
    /** {@code fileName}; of a WebSocket message: {@code opcode}. */
    ITEM_FILE(Kind.ITEM),
    ITEM_TYPE(Kind.ITEM);

    enum Kind {
        TEXT,
        NUMBER,
        BODY,
        ITEM
    }

    final Kind kind;

    HarLeaf(Kind kind) {
        this.kind = kind;
    }
}
