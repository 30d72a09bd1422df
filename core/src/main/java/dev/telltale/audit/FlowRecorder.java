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

import java.util.Locale;

/** One flow being written down. */
final class FlowRecorder implements FlowSink {
    final Recorder recorder;
    final Flow flow;
    private String serverName = "";
    private Ends ends;
    private Partial.Account sent;
    private Partial.Account answered;
    private boolean touched;

    FlowRecorder(Recorder recorder, Flow flow) {
        this.recorder = recorder;
        this.flow = flow;
        this.ends = endsFor("");
        // accounts are opened on first use: a scan of a million ports makes none
        this.sent = NONE;
        this.answered = NONE;
    }

    private static final Partial.Account NONE = new Partial.Account();

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
            sent = NONE;
            answered = NONE;
        }
        return ends;
    }

    Partial.Account account(Side side, String host) {
        Ends e = ends(host);
        boolean initiator = side == Side.INITIATOR;
        Partial.Account a = initiator ? sent : answered;
        if (a == NONE) {
            a = recorder.out.account(e, side);
            if (initiator) sent = a;
            else answered = a;
        }
        long now = time(side);
        if (!touched) a.at(now);
        touched = true;
        a.at(now);
        return a;
    }

    /** True time of the newest byte of {@code side}. */
    long time(Side side) {
        return recorder.slots.corrected(flow.frames(side).time(Long.MAX_VALUE));
    }

    @Override
    public ExchangeSink exchange(Exchange exchange) {
        recorder.out.exchanges++;
        Partial.Talk talk = recorder.out.talk(ends(exchange.host()));
        talk.exchanges++;
        talk.protocols.add(exchange.protocol());
        talk.secured.add(exchange.secured());
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
        Partial.Talk talk = recorder.out.talk(ends(""));
        talk.protocols.add(protocol);
        talk.secured.add(secured);
    }

    @Override
    public void anomaly(Anomaly anomaly) {
        recorder.out.anomaly(anomaly);
    }

    /** The flow is over: it counts for the host it talked to last. */
    void close() {
        recorder.out.talk(ends).flows++;
    }
}
