package dev.telltale.audit;

import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.Observations.Ends;
import dev.telltale.model.Side;

/**
 * One exchange being written down: its request line is shared by the sightings of both messages.
 */
final class ExchangeRecorder implements ExchangeSink {
    final FlowRecorder flow;
    final Exchange exchange;
    final RequestLine line;
    private String request = "";
    private String place = "";
    private boolean rendered;

    ExchangeRecorder(FlowRecorder flow, Exchange exchange) {
        this.flow = flow;
        this.exchange = exchange;
        this.line = new RequestLine(exchange);
    }

    @Override
    public MessageSink message(Side side) {
        return new MessageRecorder(this, side);
    }

    @Override
    public void end() {}

    Ends ends() {
        return flow.ends(exchange.host());
    }

    /** As evidence shows it; final once the request's target and host were searched. */
    String request() {
        render();
        return request;
    }

    /**
     * What a place begins with: METHOD and path, ids and identifiers replaced; operation for
     * protocols without paths.
     */
    String place() {
        render();
        return place;
    }

    private void render() {
        if (rendered) return;
        rendered = true;
        String text = line.text(flow.recorder.reveal, hostShown());
        request = flow.recorder.reveal ? text : flow.recorder.valueMask.mask(text);
        boolean path = exchange.hasUrl() || exchange.placedByTarget();
        place = path ? (exchange.operation() + " " + path()).strip() : operation();
    }

    private String hostShown() {
        String host = exchange.host();
        if (host.isEmpty()) host = ends().host();
        return host.isEmpty() ? exchange.flow().responder().ip() : host;
    }

    private String operation() {
        String op = exchange.operation();
        int space = op.indexOf(' ');
        return space < 0
                ? op
                : op.substring(0, space + 1) + flow.recorder.places.path(op.substring(space + 1));
    }

    private String path() {
        byte[] t = exchange.target();
        int from = 0;
        if (exchange.hasUrl() && RequestLine.isAbsolute(t)) {
            while (t[from] != ':') from++;
            from += 3;
            while (from < t.length && t[from] != '/' && t[from] != '?') from++;
        }
        int end = from;
        while (end < t.length && (t[end] != '?' || !exchange.hasUrl())) end++;
        StringBuilder s = new StringBuilder();
        int segment = from;
        for (int i = from; i <= end; i++) {
            if (i < end && t[i] != '/') continue;
            String kind = line.kindWithin(segment, i);
            s.append(
                    kind.isEmpty()
                            ? flow.recorder.places.path(RequestLine.text(t, segment, i))
                            : "{" + kind + "}");
            if (i < end) s.append('/');
            segment = i + 1;
            if (s.length() > 1_000) return s.append('…').toString();
        }
        return s.toString();
    }

    /** Domain of the host, or its IP. */
    String domain() {
        return flow.recorder.domains.of(hostShown());
    }
}
