package dev.telltale.audit;

import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.Observations.Ends;
import dev.telltale.model.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    private long kind;

    /** A request that becomes a riddle when the exchange is over, its answer having been heard. */
    private @Nullable KeptMessage asked;

    private List<Riddle.Shaped> shaped = List.of();
    private int number;
    private @Nullable KeptMessage answered;

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
    public void end() {
        riddle();
        KeptMessage answer = answered;
        if (answer != null) flow.said(answer);
        answered = null;
    }

    /** A message is over; {@code looksDigested} are the values of it that may be salted digests. */
    void over(Side side, KeptMessage message, List<Riddle.Shaped> looksDigested) {
        if (side == Side.RESPONDER) {
            KeptMessage before = answered;
            if (before != null) flow.said(before);
            answered = message;
            return;
        }
        riddle();
        if (looksDigested.isEmpty()) {
            flow.recorder.free(message);
            return;
        }
        asked = message;
        shaped = looksDigested;
        number = flow.nextNumber();
    }

    private void riddle() {
        KeptMessage request = asked;
        if (request == null) return;
        asked = null;
        SaltValues salts = new SaltValues(flow.recorder, exchange);
        salts.of(request, "");
        if (answered != null) salts.of(answered, "the answer's ");
        flow.recorder.free(request);
        KeptMessage earlier = flow.earlier();
        if (earlier != null) salts.of(earlier, "an earlier answer's ");
        flow.recorder.out.riddles.add(
                new Riddle(
                        kind(),
                        shaped.getFirst().nanos(),
                        exchange.flow().number(),
                        number,
                        shaped,
                        salts.all()));
    }

    /** The same for exchanges of one sort, for {@link Riddle#kind}. */
    long kind() {
        if (kind != 0) return kind;
        byte[] t = exchange.target();
        int end = t.length > 0 && t[0] == '/' ? 1 : 0;
        while (end < t.length && t[end] != '/' && t[end] != '?') end++;
        long h = exchange.host().hashCode() * 31L + exchange.operation().hashCode();
        for (int i = 0; i < end; i++) h = h * 31 + t[i];
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        return kind = h ^ h >>> 32 | 1;
    }

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
