package dev.telltale.audit;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.Observations.Ends;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.TlsFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One flow being written down. */
final class FlowRecorder implements FlowSink {
    final Recorder recorder;
    final Flow flow;
    private String serverName = "";
    private Ends ends;

    /** Of {@link #ends}; looked up on first use, so that a scan of a million ports makes none. */
    private @Nullable Pair pair;

    /** The last short answer. */
    private @Nullable KeptMessage said;

    private int messages;

    /** Keys that came over this flow, wrapped in one that is known. */
    private List<byte[]> unwrapped = List.of();

    private static final int MOST_UNWRAPPED = 16;

    FlowRecorder(Recorder recorder, Flow flow) {
        this.recorder = recorder;
        this.flow = flow;
        this.ends = endsFor("");
    }

    private Ends endsFor(String host) {
        return new Ends(
                flow.initiator().ip(),
                flow.initiator().mac(),
                flow.responder().ip(),
                flow.responder().mac(),
                flow.responder().port(),
                host);
    }

    /**
     * Ends of traffic to {@code host}, or to the flow's own server name where the traffic names
     * none.
     */
    Ends ends(String host) {
        String h = host.isEmpty() ? serverName : host.toLowerCase(Locale.ROOT);
        if (!h.equals(ends.host())) {
            ends = endsFor(h);
            pair = null;
        }
        return ends;
    }

    Pair pair(String host) {
        Ends e = ends(host);
        Pair p = pair;
        if (p == null) pair = p = recorder.out.pair(e);
        return p;
    }

    Pair.Account account(Side side, String host) {
        Pair.Account a = pair(host).account(side);
        a.at(time(side));
        return a;
    }

    /** True time of the newest byte of {@code side}. */
    long time(Side side) {
        return recorder.slots.corrected(flow.frames(side).time(Long.MAX_VALUE));
    }

    @Override
    public ExchangeSink exchange(Exchange exchange) {
        recorder.out.exchanges++;
        Pair.Talk talk = pair(exchange.host()).talk();
        talk.of(flow.app());
        // A hello travels in the clear; that does not make its flow unprotected.
        if (exchange.operation().equals("HELLO")) {
            talk.announced(exchange.protocol());
        } else {
            talk.exchanges++;
            talk.spoke(exchange.protocol(), exchange.secured());
        }
        return new ExchangeRecorder(this, exchange);
    }

    @Override
    public void account(
            Side side, String host, ByteClass byteClass, long bytes, ReasonCode reason) {
        if (bytes > 0) account(side, host).add(byteClass, bytes, reason);
    }

    @Override
    public void unseen(Side side, long bytes) {
        recorder.out.unseen += bytes;
    }

    @Override
    public void nameOf(String ip, String name, long timeNanos) {
        recorder.out.nameOf(ip, name.toLowerCase(Locale.ROOT), recorder.slots.corrected(timeNanos));
    }

    @Override
    public void identified(String protocol, String serverName, Secured secured) {
        if (!serverName.isEmpty()) this.serverName = serverName.toLowerCase(Locale.ROOT);
        pair("").talk().spoke(protocol, secured);
    }

    @Override
    public void handshake(TlsFacts facts) {
        pair(facts.serverName()).talk().greeted(facts);
    }

    @Override
    public void anomaly(Anomaly anomaly) {
        recorder.out.anomaly(anomaly);
    }

    /** An answer that ended; a short one may hold what later requests are salted with. */
    void said(KeptMessage answer) {
        boolean keeps = answer.size() > 0;
        KeptMessage goes = keeps ? said : answer;
        if (keeps) said = answer;
        if (goes != null) recorder.free(goes);
    }

    @Nullable KeptMessage earlier() {
        return said;
    }

    void unwrapped(byte[] key) {
        if (unwrapped.size() >= MOST_UNWRAPPED) return;
        for (byte[] k : unwrapped) if (Arrays.equals(k, key)) return;
        List<byte[]> more = new ArrayList<>(unwrapped);
        more.add(key);
        unwrapped = List.copyOf(more);
    }

    List<byte[]> unwrappedKeys() {
        return unwrapped;
    }

    /** Numbers messages of this flow. */
    int nextNumber() {
        return messages++;
    }

    /** The flow is over: it counts for the host it talked to last. */
    void close() {
        if (said != null) recorder.free(said);
        said = null;
        pair(ends.host()).talk().flows++;
    }
}
