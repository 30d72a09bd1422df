package dev.telltale.capture;

import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowSinks;

/** HTTP Archive 1.2. */
final class Har extends ExchangeCapture {
    Har(CaptureInput input) {
        super(input);
    }

    /** True where {@code head} begins a JSON object, perhaps after a byte order mark and white space. */
    static boolean recognizes(byte[] head) {
        boolean mark = head.length >= 3 && head[0] == (byte) 0xef && head[1] == (byte) 0xbb && head[2] == (byte) 0xbf;
        int at = mark ? 3 : 0;
        while (at < head.length && (head[at] == ' ' || head[at] == '\t' || head[at] == '\n' || head[at] == '\r')) at++;
        return at < head.length && head[at] == '{';
    }

    @Override
    public String format() {
        return "har";
    }

    @Override
    public CaptureTotals read(FlowSinks flows, AnomalySink anomalies) {
        throw new UnsupportedOperationException("not yet");
    }
}
