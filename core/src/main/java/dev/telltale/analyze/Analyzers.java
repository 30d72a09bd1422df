package dev.telltale.analyze;

import dev.telltale.analyze.quic.Connections;
import dev.telltale.analyze.tls.Ciphers;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Transport;

/**
 * The entry of step 5: makes of each flow's stream events the exchanges that {@link FlowSinks}
 * takes.
 */
public final class Analyzers implements FlowHandler.Factory {
    private final FlowSinks sinks;
    private final Secrets secrets;
    private final Names names = new Names();
    private final Ciphers ciphers = new Ciphers();
    private final Connections connections = new Connections();

    /**
     * @param secrets what opens closed flows; may be shared by several analyzers
     */
    public Analyzers(FlowSinks sinks, Secrets secrets) {
        this.sinks = sinks;
        this.secrets = secrets;
    }

    /** Opens nothing. */
    public Analyzers(FlowSinks sinks) {
        this(sinks, Secrets.none());
    }

    @Override
    public FlowHandler open(Flow flow) {
        FlowSink sink = sinks.open(flow);
        Context context = new Context(flow, sink, names, secrets, ciphers, connections);
        StreamAnalyzer analyzer =
                flow.transport() == Transport.UDP
                        ? new DatagramFlow(context)
                        : new StreamFlow(context);
        return new Handler(flow, sink, context, analyzer);
    }

    private final class Handler implements FlowHandler {
        private final Flow flow;
        private final FlowSink sink;
        private final Context context;
        private final StreamAnalyzer analyzer;
        private boolean initiatorClosed;
        private boolean responderClosed;

        Handler(Flow flow, FlowSink sink, Context context, StreamAnalyzer analyzer) {
            this.flow = flow;
            this.sink = sink;
            this.context = context;
            this.analyzer = analyzer;
        }

        @Override
        public void on(StreamEvent event) {
            if (initiatorClosed && responderClosed) return;
            switch (event) {
                case StreamEvent.Data d -> {
                    if (d.length() > 0)
                        analyzer.data(d.side(), d.offset(), d.bytes(), d.from(), d.length());
                }
                case StreamEvent.Gap g -> {
                    if (g.length() > 0) analyzer.gap(g.side(), g.offset(), g.length(), g.reason());
                }
                case StreamEvent.Closed c -> {
                    if (c.side() == Side.INITIATOR) {
                        if (initiatorClosed) return;
                        initiatorClosed = true;
                    } else {
                        if (responderClosed) return;
                        responderClosed = true;
                    }
                    analyzer.closed(c.side(), c.how());
                    if (initiatorClosed && responderClosed)
                        context.whenFree(() -> sinks.close(flow, sink));
                }
            }
        }
    }
}
