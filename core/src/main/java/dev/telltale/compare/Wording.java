package dev.telltale.compare;

import dev.telltale.model.Comparison.Change;
import java.util.List;
import java.util.Locale;

/** Changes in words. */
final class Wording {
    private Wording() {}

    static String attributes(List<Change> changes) {
        return Sentences.list(
                changes.stream()
                        .map(c ->
                                switch (c.attribute()) {
                                    case CONSENTED -> "consent";
                                    case SET -> "how many were sent";
                                    case PLACE,
                                            PROTECTION,
                                            DISGUISE,
                                            FORM,
                                            PHASE,
                                            HOST,
                                            COUNTRY,
                                            COMPANY ->
                                            c.attribute().name().toLowerCase(Locale.ROOT);
                                })
                        .toList());
    }
}
