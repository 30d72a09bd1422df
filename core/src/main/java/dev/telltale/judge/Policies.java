package dev.telltale.judge;

import dev.telltale.model.Direction;
import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import java.util.List;
import java.util.Optional;

/** The policies that come with the product. */
public final class Policies {
    public static final Policy NO_PERSONAL_DATA =
            new Policy(
                    "no-personal-data",
                    List.of(
                            new Policy.Rule(
                                    "no-personal-data",
                                    "A phone sends no identifier of its device, owner, contacts or whereabouts.",
                                    new Policy.Condition(Direction.SENT, true),
                                    Outcome.FAIL)),
                    1.0);

    private static final List<Policy> ALL = List.of(NO_PERSONAL_DATA);

    private Policies() {}

    public static Optional<Policy> named(String name) {
        return ALL.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    public static List<String> names() {
        return ALL.stream().map(Policy::name).toList();
    }
}
