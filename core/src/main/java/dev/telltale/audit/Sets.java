package dev.telltale.audit;

import dev.telltale.model.Finding.SetShare;
import dev.telltale.model.Identifier;
import dev.telltale.model.Persona;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many members of a collection (contacts, SMS, calls, apps) one domain got: a harvest told
 * apart from incidental use.
 */
final class Sets {
    private static final List<String> COLLECTIONS = List.of("contacts", "sms", "calls", "apps");

    private Sets() {}

    static Optional<SetShare> share(
            Identifier who, @Nullable Set<Identifier> got, Persona persona) {
        String of = collection(who);
        if (of.isEmpty() || got == null) return Optional.empty();
        return Optional.of(new SetShare(of, members(of, got), members(of, persona.identifiers())));
    }

    private static int members(String of, Iterable<Identifier> all) {
        Set<String> members = new HashSet<>();
        for (Identifier i : all)
            if (collection(i).equals(of)) members.add(i.id().substring(0, i.id().indexOf(']') + 1));
        return members.size();
    }

    private static String collection(Identifier who) {
        int open = who.id().indexOf('[');
        String name = open < 0 ? "" : who.id().substring(0, open);
        return COLLECTIONS.contains(name) ? name : "";
    }
}
