package dev.telltale.data;

import dev.telltale.audit.Reference;

/** What a pack in the data folder holds. */
public enum PackKind {
    /** The user's own hosts: they count before the bundled ones. */
    HOSTS_FIRST(Reference.Kind.HOSTS_FIRST),
    /** Lists of others: asked where the bundled ones know nothing. */
    HOSTS_LAST(Reference.Kind.HOSTS_LAST),
    /** Countries or AS numbers of addresses: they count before the bundled ones. */
    ADDRESSES(Reference.Kind.ADDRESSES);

    private final Reference.Kind kind;

    PackKind(Reference.Kind kind) {
        this.kind = kind;
    }

    Reference.Kind kind() {
        return kind;
    }
}
