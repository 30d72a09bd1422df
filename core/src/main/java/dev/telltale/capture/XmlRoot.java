package dev.telltale.capture;

/** Tells what kind of XML a file begins. */
final class XmlRoot {
    private XmlRoot() {}

    /** Name of the root element that {@code head} shows, empty where it shows none. */
    static String of(byte[] head) {
        int from =
                head.length >= 3
                                && head[0] == (byte) 0xef
                                && head[1] == (byte) 0xbb
                                && head[2] == (byte) 0xbf
                        ? 3
                        : 0;
        int i = from;
        while (i < head.length
                && (head[i] == ' ' || head[i] == '\t' || head[i] == '\r' || head[i] == '\n')) i++;
        if (i >= head.length || head[i] != '<') return "";
        String[] root = {""};
        XmlTokens tokens =
                new XmlTokens(
                        new XmlTokens.Handler() {
                            @Override
                            public void open(String name) {
                                if (root[0].isEmpty()) root[0] = name;
                            }

                            @Override
                            public void attribute(
                                    String name, byte[] bytes, int at, int length, boolean last) {}

                            @Override
                            public void opened() {}

                            @Override
                            public void text(byte[] bytes, int at, int length) {}

                            @Override
                            public void close(String name) {}

                            @Override
                            public void malformed(long at, String why) {}
                        });
        tokens.feed(head, i, head.length - i);
        return root[0];
    }
}
