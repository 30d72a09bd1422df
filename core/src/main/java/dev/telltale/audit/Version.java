package dev.telltale.audit;

import java.util.Objects;

/** This build. */
final class Version {
    static final String VERSION =
            Objects.requireNonNullElse(
                    Version.class.getPackage().getImplementationVersion(), "(unpackaged)");

    private Version() {}
}
