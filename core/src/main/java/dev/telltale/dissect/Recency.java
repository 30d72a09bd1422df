package dev.telltale.dissect;

import org.jspecify.annotations.Nullable;

/**
 * Items from the least to the most recently touched. Each item owns its node; a node is in one list
 * at most.
 */
final class Recency<T> {
    static final class Node<T> {
        final T item;
        private @Nullable Node<T> older;
        private @Nullable Node<T> newer;
        private @Nullable Recency<T> list;

        Node(T item) {
            this.item = item;
        }

        boolean listed() {
            return list != null;
        }

        void remove() {
            Recency<T> l = list;
            if (l == null) return;
            if (older == null) l.oldest = newer;
            else older.newer = newer;
            if (newer == null) l.newest = older;
            else newer.older = older;
            older = null;
            newer = null;
            list = null;
        }
    }

    private @Nullable Node<T> oldest;
    private @Nullable Node<T> newest;

    void touch(Node<T> n) {
        if (newest == n) return;
        n.remove();
        Node<T> last = newest;
        n.older = last;
        n.list = this;
        if (last == null) oldest = n;
        else last.newer = n;
        newest = n;
    }

    @Nullable T oldest() {
        return oldest == null ? null : oldest.item;
    }
}
