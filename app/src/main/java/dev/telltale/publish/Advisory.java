package dev.telltale.publish;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What people who use a phone should know. What no audit knows comes from the advisory's file, all
 * else from {@link Facts}.
 *
 * @param whatToDo one line each
 * @param until until when that is needed; empty where unknown
 * @param revisions oldest first, numbered from 1
 * @param supersedes ids of advisories that this one replaces
 * @param supersededBy id of the one that replaces it, or empty
 * @param withdrawn why it no longer stands, or empty
 */
public record Advisory(
        String id,
        String title,
        Status status,
        String summary,
        Publisher publisher,
        Product product,
        Affected affected,
        List<String> whatToDo,
        String until,
        Maker maker,
        List<Revision> revisions,
        List<String> supersedes,
        String supersededBy,
        String withdrawn,
        Facts facts) {

    /** As CSAF 2.0 has them (3.2.1.12.7). */
    public enum Status {
        DRAFT,
        INTERIM,
        FINAL
    }

    /** What became of it; the events that subscribers hear of. */
    public enum Event {
        PUBLISHED,
        UPDATED,
        SUPERSEDED,
        WITHDRAWN;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param namespace a URL that is the publisher's own; ids are unique within it
     * @param site where the folder is served from, or empty
     */
    public record Publisher(String name, String namespace, String contact, String site) {}

    public record Product(String brand, String model) {
        String name() {
            return (brand + " " + model).strip();
        }
    }

    /**
     * @param since first build known to do it, or empty
     * @param fixed builds that no longer do
     */
    public record Affected(String since, List<String> builds, List<String> fixed, String who) {}

    /** What was asked of the maker and what came back; each may be empty. */
    public record Maker(String asked, String answered, String answer) {}

    /**
     * @param date when it was published; empty until then
     */
    public record Revision(int number, Optional<Instant> date, String summary) {}

    /** What cannot be published as it is; the message is one line. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        public Invalid(String message) {
            super(message);
        }
    }

    public Event event() {
        if (!withdrawn.isEmpty()) return Event.WITHDRAWN;
        if (!supersededBy.isEmpty()) return Event.SUPERSEDED;
        return revisions.size() == 1 ? Event.PUBLISHED : Event.UPDATED;
    }

    int version() {
        return revisions.getLast().number();
    }

    Instant published() {
        return revisions.getFirst().date().orElse(Instant.EPOCH);
    }

    Instant updated() {
        return revisions.getLast().date().orElse(Instant.EPOCH);
    }

    /** Title with what a reader of a list must see at once. */
    String headline() {
        return switch (event()) {
            case WITHDRAWN -> "Withdrawn: " + title;
            case SUPERSEDED -> "Superseded: " + title;
            case PUBLISHED, UPDATED -> status == Status.DRAFT ? "Draft: " + title : title;
        };
    }

    /** Name of its files, as CSAF 2.0 makes them of an id (5.1). */
    String fileName() {
        return fileName(id);
    }

    static String fileName(String id) {
        return id.toLowerCase(Locale.ROOT).replaceAll("[^+\\-a-z0-9]+", "_");
    }

    Advisory with(List<Revision> dated) {
        return new Advisory(
                id,
                title,
                status,
                summary,
                publisher,
                product,
                affected,
                whatToDo,
                until,
                maker,
                List.copyOf(dated),
                supersedes,
                supersededBy,
                withdrawn,
                facts);
    }
}
