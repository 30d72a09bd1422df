package dev.telltale.audit;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.LayerSink;
import dev.telltale.model.LayerStep;
import dev.telltale.model.PartKind;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import java.util.List;

/** For a second look at a part, whose findings the first one tells. */
abstract class Unheard implements LayerSink {
    @Override
    public void sighting(
            PartKind kind,
            String name,
            long partAt,
            List<LayerStep> trail,
            int form,
            Range range) {}

    @Override
    public void unread(
            PartKind kind,
            String name,
            KeyPath keys,
            ByteClass byteClass,
            ReasonCode reason,
            long partBytes,
            long hash) {}

    @Override
    public void received(long hash) {}

    @Override
    public void scanned(long bytes) {}

    @Override
    public void anomaly(Anomaly.Kind kind, long partOffset, String text) {}
}
