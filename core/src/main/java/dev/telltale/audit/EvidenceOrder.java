package dev.telltale.audit;

import dev.telltale.model.Evidence;
import dev.telltale.model.Range;
import java.util.Comparator;
import java.util.List;

/** The one order of evidence: as the bytes stand in the capture. */
final class EvidenceOrder {
    static final Comparator<Evidence> CANONICAL =
            Comparator.<Evidence>comparingInt(Evidence::capture)
                    .thenComparing(e -> e.entry().orElse(-1))
                    .thenComparing(e -> e.frames().isEmpty() ? 0L : e.frames().getFirst())
                    .thenComparing(Evidence::flow)
                    .thenComparing(Evidence::time)
                    .thenComparing((a, b) -> path(a.path(), b.path()))
                    .thenComparing(Evidence::request)
                    .thenComparing(Evidence::excerpt);

    private EvidenceOrder() {}

    private static int path(List<Evidence.Step> a, List<Evidence.Step> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int c = ranges(a.get(i).ranges(), b.get(i).ranges());
            if (c == 0) c = a.get(i).layer().compareTo(b.get(i).layer());
            if (c != 0) return c;
        }
        return Integer.compare(a.size(), b.size());
    }

    private static int ranges(List<Range> a, List<Range> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int c = Long.compare(a.get(i).start(), b.get(i).start());
            if (c == 0) c = Long.compare(a.get(i).length(), b.get(i).length());
            if (c != 0) return c;
        }
        return Integer.compare(a.size(), b.size());
    }
}
