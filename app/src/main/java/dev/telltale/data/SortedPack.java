package dev.telltale.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Keys with a text each, packed in blocks: the layout is described in core's {@code SortedTable}.
 */
final class SortedPack {
    private static final int BLOCK = 1500;

    private SortedPack() {}

    static byte[] pack(SortedMap<String, String> rows) throws IOException {
        List<String> first = new ArrayList<>();
        List<byte[]> packed = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        int n = 0;
        for (Map.Entry<String, String> e : rows.entrySet()) {
            if (n++ % BLOCK == 0) {
                if (!block.isEmpty())
                    packed.add(AddressPack.deflated(block.toString().getBytes(UTF_8)));
                block.setLength(0);
                first.add(e.getKey());
            }
            block.append(e.getKey()).append('\t').append(e.getValue()).append('\n');
        }
        if (!block.isEmpty()) packed.add(AddressPack.deflated(block.toString().getBytes(UTF_8)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBytes("TTST1\n");
        out.writeInt(packed.size());
        for (int i = 0; i < packed.size(); i++) {
            out.writeUTF(first.get(i));
            out.writeInt(packed.get(i).length);
        }
        for (byte[] p : packed) out.write(p);
        out.flush();
        return bytes.toByteArray();
    }
}
