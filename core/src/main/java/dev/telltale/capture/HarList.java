package dev.telltale.capture;

/**
 * The lists of a HAR entry that an audit reads; their elements hold the {@code ITEM_*} leaves of
 * {@link HarLeaf}.
 */
enum HarList {
    SENT_HEADERS,
    SENT_COOKIES,
    QUERY,
    PARAMS,
    ANSWER_HEADERS,
    ANSWER_COOKIES,
    /** {@code _webSocketMessages}. */
    FRAMES
}
