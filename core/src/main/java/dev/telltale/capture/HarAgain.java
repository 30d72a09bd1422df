package dev.telltale.capture;

import java.util.Arrays;

/** A second reading of one entry, for the values that were too long to keep. */
@FunctionalInterface
interface HarAgain {
    /**
     * @param lane 0 to 2; the entries asked for in one lane come in file order, so that each lane
     *     is read through once
     * @return false where the file can be read once only
     */
    boolean read(int lane, HarEntry entry, HarWalk.Values values);

    /** Hands on one body. */
    final class Text implements HarWalk.Values {
        private final HarLeaf leaf;
        private final int last;
        private final HarBody body;
        private final JsonText json = new JsonText();
        private byte[] window = new byte[0];
        private int times;

        /**
         * @param last which of the values of this leaf counts, from 1
         */
        Text(HarLeaf leaf, int last, HarBody body) {
            this.leaf = leaf;
            this.last = last;
            this.body = body;
        }

        @Override
        public void value(
                HarLeaf at,
                byte[] b,
                int from,
                int length,
                boolean escaped,
                boolean first,
                boolean end) {
            if (at != leaf) return;
            if (first) times++;
            if (times != last) return;
            if (window.length < length + 2 * JsonText.ROOM)
                window = new byte[length + 2 * JsonText.ROOM];
            int n = json.undo(b, from, length, escaped, window, 0);
            if (end) n = json.flush(window, n);
            body.feed(window, 0, n);
        }
    }

    /**
     * Hands on the elements of one list: from what was kept, or from a second reading, which keeps
     * one element at a time and streams the values that are longer than may be kept.
     */
    abstract class Items implements HarWalk.Values {
        private static final int CHUNK = 64 << 10;

        private final HarList list;
        private final HarItems first;
        private final int limit;
        private final HarItems small = new HarItems(0);
        private final JsonText json = new JsonText();
        private byte[] window = new byte[0];
        private byte[] kept = new byte[0];
        private int size;
        private boolean inItem;
        private boolean streaming;

        Items(HarList list, HarItems first, int limit) {
            this.list = list;
            this.first = first;
            this.limit = limit;
        }

        abstract void begin(HarItems.Item item);

        abstract void piece(byte[] b, int from, int length);

        abstract void end();

        /**
         * @return false where only a part was kept and the file can be read once only
         */
        final boolean tell(HarAgain again, int lane, HarEntry entry) {
            if (first.over() && again.read(lane, entry, this)) {
                // The text may have broken off inside an element.
                if (inItem) itemEnd(list);
                return true;
            }
            for (int i = 0; i < first.size(); i++) {
                begin(first.item(i));
                pieces(
                        first.bytes(),
                        first.start(i, HarLeaf.ITEM_VALUE),
                        first.length(i, HarLeaf.ITEM_VALUE));
                end();
            }
            return !first.over();
        }

        private void pieces(byte[] b, int from, int length) {
            for (int at = 0; at < length; at += CHUNK)
                piece(b, from + at, Math.min(CHUNK, length - at));
        }

        @Override
        public final void item(HarList at) {
            inItem = at == list;
            if (!inItem) return;
            small.clear();
            small.begin();
            size = 0;
            streaming = false;
        }

        @Override
        public final void value(
                HarLeaf leaf,
                byte[] b,
                int from,
                int n,
                boolean escaped,
                boolean start,
                boolean last) {
            if (!inItem || leaf.kind != HarLeaf.Kind.ITEM) return;
            if (leaf != HarLeaf.ITEM_VALUE) {
                small.add(leaf, b, from, n, escaped, start, last);
                return;
            }
            if (start) {
                json.begin();
                if (!streaming) size = 0;
            }
            if (window.length < n + 2 * JsonText.ROOM) window = new byte[n + 2 * JsonText.ROOM];
            int length = json.undo(b, from, n, escaped, window, 0);
            if (last) length = json.flush(window, length);
            if (streaming) {
                piece(window, 0, length);
            } else if ((long) size + length <= limit) {
                if (kept.length - size < length)
                    kept = Arrays.copyOf(kept, (int) Math.min(limit, 2L * (size + length)));
                System.arraycopy(window, 0, kept, size, length);
                size += length;
            } else {
                HarItems.Item known = first.big().poll();
                begin(known != null ? known : small.current());
                pieces(kept, 0, size);
                piece(window, 0, length);
                streaming = true;
            }
        }

        @Override
        public final void itemEnd(HarList at) {
            if (!inItem) return;
            inItem = false;
            if (!streaming) {
                begin(small.current());
                pieces(kept, 0, size);
            }
            end();
        }
    }
}
