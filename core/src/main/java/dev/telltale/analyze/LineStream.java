package dev.telltale.analyze;

import dev.telltale.model.ByteClass;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import org.jspecify.annotations.Nullable;

/**
 * A protocol of lines, with stretches of counted bytes between them: mail, FTP, SIP over TCP. Lines
 * find themselves again behind a gap; what of a line is lost is told as data.
 */
abstract class LineStream implements StreamAnalyzer {
    /** A longer line is given in pieces of this. */
    static final int MAX_LINE = 64 << 10;

    final Context context;
    final Side client;
    final Data rest;
    final Half requests;
    final Half answers;
    private @Nullable StreamFlow tunnel;
    private int closed;

    LineStream(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.rest = new Data(context, client);
        this.requests = new Half(client);
        this.answers = new Half(client.other());
    }

    /** A whole line with its end, or a piece of one that is too long; all of it is to be told. */
    abstract void line(Half half, byte[] b, int from, int to, long at);

    /** Bytes asked for by {@link Half#count}; all are to be told. */
    void counted(Half half, byte[] b, int from, int n, long at) {
        rest.data(half.side, at, b, from, n);
    }

    void countedGap(Half half, long n, ReasonCode reason) {
        missing(half, n, reason);
    }

    void countedEnd(Half half, long at) {}

    /** Bytes of a line whose beginning or end is lost. */
    void piece(Half half, byte[] b, int from, int n, long at) {
        rest.data(half.side, at, b, from, n);
    }

    /** Bytes between lines, or of one, are missing. */
    void lost(Half half, long n, ReasonCode reason) {
        missing(half, n, reason);
    }

    /** Nothing more of this side. */
    void ended(Half half) {}

    /** Nothing more of both sides: every exchange ends. */
    abstract void over();

    final void missing(Half half, long n, ReasonCode reason) {
        context.account(half.side, context.serverName(), ByteClass.MISSING, n, reason);
    }

    final void readable(Half half, long n) {
        context.readable(half.side, context.serverName(), n);
    }

    /** From here on both sides speak something else (STARTTLS). */
    final void handOver() {
        if (tunnel != null) return;
        tunnel = new StreamFlow(context.nested(context.sink(), context.secured(), "", ""));
        requests.release();
        answers.release();
    }

    @Override
    public final void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
    }

    @Override
    public final void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).gap(offset, length, reason);
    }

    @Override
    public final void closed(Side side, StreamEvent.How how) {
        half(side).finish();
        closed |= side == Side.INITIATOR ? 1 : 2;
        if (closed == 3) {
            requests.release();
            answers.release();
            over();
        }
        rest.closed(side, how);
        if (tunnel != null) tunnel.closed(side, how);
    }

    final Half half(Side side) {
        return side == client ? requests : answers;
    }

    /** One side. */
    final class Half {
        final Side side;
        final boolean request;
        private final Kept kept = new Kept();
        private long left;

        /** The beginning of a line is lost: up to its end it is a piece. */
        private boolean inside;

        /** What the other side says decides how these bytes are read. */
        private boolean waits;

        private boolean finished;

        Half(Side side) {
            this.side = side;
            this.request = side == client;
        }

        /** The next {@code n} bytes are no lines. */
        void count(long n) {
            left = n;
        }

        /** Keeps what comes until {@link #release}. */
        void hold() {
            // Once both sides are closed there is nothing to wait for.
            waits = closed != 3;
        }

        void release() {
            if (!waits) return;
            waits = false;
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (n > 0) data(b, 0, n, at);
            if (finished) finish();
        }

        private void data(byte[] b, int from, int length, long at) {
            int i = from;
            int to = from + length;
            while (i < to) {
                long here = at + (i - from);
                if (waits) {
                    int n = Math.min(to - i, MAX_LINE - kept.size);
                    kept.add(b, i, n, here);
                    i += n;
                    if (kept.size == MAX_LINE) release();
                } else if (tunnel != null) {
                    tunnel.data(side, here, b, i, to - i);
                    return;
                } else if (left > 0) {
                    int n = (int) Math.min(left, to - i);
                    left -= n;
                    counted(this, b, i, n, here);
                    i += n;
                    if (left == 0) countedEnd(this, here + n);
                } else {
                    i = take(b, i, to, here);
                }
            }
        }

        private int take(byte[] b, int i, int to, long at) {
            int limit = Math.min(to, i + MAX_LINE - kept.size);
            int end = FieldLines.lineEnd(b, i, limit);
            boolean whole = b[end - 1] == '\n';
            int n = end - i;
            if (inside) {
                piece(this, b, i, n, at);
                inside = !whole;
                return end;
            }
            if (kept.size == 0 && (whole || n == MAX_LINE)) {
                line(this, b, i, end, at);
            } else {
                kept.add(b, i, n, at);
                if (whole || kept.size == MAX_LINE) {
                    int size = kept.size;
                    long where = kept.at;
                    line(this, kept.take(), 0, size, where);
                }
            }
            if (whole) context.forget(side, at + n);
            return end;
        }

        private void gap(long at, long length, ReasonCode reason) {
            release();
            if (tunnel != null) {
                tunnel.gap(side, at, length, reason);
                return;
            }
            long n = Math.min(left, length);
            if (n > 0) {
                left -= n;
                countedGap(this, n, reason);
                if (left == 0) countedEnd(this, at + n);
            }
            if (n == length) return;
            flush();
            lost(this, length - n, reason);
            inside = true;
        }

        private void flush() {
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (n > 0) piece(this, b, 0, n, at);
        }

        private void finish() {
            finished = true;
            if (waits) return;
            flush();
            ended(this);
        }
    }
}
