package dev.telltale.attribute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Text of a key, in a file too large to be read whole at every start. Only the blocks that are
 * asked for are unpacked.
 *
 * <pre>
 * "TTST1" LF
 * u32     blocks
 * each:   first key (u16 length, UTF-8), u32 packed length
 * each:   deflate(lines of key, tab, text), keys ascending
 * </pre>
 */
final class SortedTable {
    private final byte[] file;
    private final String[] first;
    private final int[] at;
    private final int[] length;
    private final Map<Integer, Map<String, String>> unpacked = new HashMap<>();

    SortedTable(String resource) {
        file = Resources.bytes(resource);
        ByteArrayInputStream bytes = new ByteArrayInputStream(file);
        try {
            DataInputStream in = new DataInputStream(bytes);
            in.skipNBytes(6);
            int n = in.readInt();
            first = new String[n];
            at = new int[n];
            length = new int[n];
            for (int i = 0; i < n; i++) {
                first[i] = in.readUTF();
                length[i] = in.readInt();
            }
            int offset = file.length - bytes.available();
            for (int i = 0; i < n; i++) {
                at[i] = offset;
                offset += length[i];
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<String> find(String key) {
        int low = 0;
        int high = first.length - 1;
        while (low <= high) {
            int mid = (low + high) >>> 1;
            if (first[mid].compareTo(key) <= 0) low = mid + 1;
            else high = mid - 1;
        }
        if (high < 0) return Optional.empty();
        return Optional.ofNullable(unpacked.computeIfAbsent(high, this::unpack).get(key));
    }

    private Map<String, String> unpack(int block) {
        Map<String, String> rows = new HashMap<>();
        Inflater inflater = new Inflater(true);
        try (InflaterInputStream in =
                new InflaterInputStream(
                        new ByteArrayInputStream(file, at[block], length[block]), inflater)) {
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
                int tab = line.indexOf('\t');
                if (tab > 0) rows.put(line.substring(0, tab), line.substring(tab + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            inflater.end();
        }
        return rows;
    }
}
