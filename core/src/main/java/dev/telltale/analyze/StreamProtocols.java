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
                    // First, because the handshake of another protocol said so; without one it
                    // takes nothing that another could be.
                    row(WebSocket::probe, WebSocket::new),
                    // Binary and exact: no text protocol begins with byte 20 to 23 and a version.
                    row(Tls::probe, Tls::new),
                    // By four letters, or by what TLS agreed on.
                    row(Unsupported::probe, Unsupported::new),
                    // Its first packet names it; by the port or in a flow joined midway a packet
                    // of any type, none of which looks like a TLS record.
                    row(Mqtt::probe, Mqtt::new),
                    // A version, the tag of a login and a text: four bytes that no line of text
                    // has.
                    row(Mcs::probe, Mcs::new),
                    // By the port too and only fourteen bytes deep, but no request line begins with
                    // the high byte of a length.
                    row(DnsStream::probe, DnsStream::new),
                    // Text of which nothing else begins with a bracket.
                    row(Xmpp::probe, Xmpp::new),
                    // Before HTTP/1, whose request line it has but for the scheme and the version.
                    row(SipStream::probe, SipStream::new),
                    // Protocols of commands, by what only they say first; a greeting of 220 alone
                    // is kept until the client has spoken, +OK and USER go by the port.
                    row(Imap::probe, Imap::new),
                    row(Smtp::probe, Smtp::new),
                    row(Pop3::probe, Pop3::new),
                    row(Ftp::probe, Ftp::new),
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
