package dev.telltale.analyze;

import dev.telltale.analyze.http2.Http2;
import dev.telltale.analyze.tls.Tls;
import dev.telltale.model.Side;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Every protocol over a byte stream, in the order asked; the first that says yes has the flow,
 * {@link Data} has the rest.
 */
final class StreamProtocols {
    static final List<StreamProtocol> ALL =
            List.of(
                    // Binary and exact: no text protocol begins with byte 20 to 23 and a version.
                    row(Tls::probe, Tls::new),
                    // By four letters, or by what TLS agreed on.
                    row(Unsupported::probe, Unsupported::new),
                    // By the port too and only fourteen bytes deep, but no request line begins with
                    // the high byte of a length.
                    row(DnsStream::probe, DnsStream::new),
                    // Before HTTP/1, which its preface looks like (RFC 9113 3.4).
                    row(Http2::probe, Http2::new),
                    // Last, because an unknown method is only believed once its whole line is
                    // there.
                    row(Http1::probe, Http1::new));

    private StreamProtocols() {}

    @FunctionalInterface
    private interface Probe {
        StreamProtocol.Match probe(Context context, Side side, byte[] bytes, int from, int length);
    }

    private static StreamProtocol row(Probe probe, BiFunction<Context, Side, StreamAnalyzer> open) {
        return new StreamProtocol() {
            @Override
            public Match probe(Context context, Side side, byte[] bytes, int from, int length) {
                return probe.probe(context, side, bytes, from, length);
            }

            @Override
            public StreamAnalyzer open(Context context, Side client) {
                return open.apply(context, client);
            }
        };
    }
}
