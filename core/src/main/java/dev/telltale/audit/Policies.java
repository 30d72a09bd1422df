package dev.telltale.audit;

import dev.telltale.model.Policy;
import java.util.List;
import java.util.Optional;

/** The policies that come with the product. */
public final class Policies {
    /** What is asked where nothing is named. */
    public static final Policy DEFAULT = dev.telltale.judge.Policies.NO_PERSONAL_DATA;

    private Policies() {}

    public static Optional<Policy> named(String name) {
        return dev.telltale.judge.Policies.named(name);
    }

    public static List<String> names() {
        return dev.telltale.judge.Policies.names();
    }
}
