package dev.telltale.attribute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** The reference data that lies beside these classes. */
final class Resources {
    private Resources() {}

    static byte[] bytes(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows of a table: tab-separated, {@code #} begins a remark; gzip where the name says so. */
    static void rows(String name, Consumer<String[]> row) {
        try (InputStream raw = open(name);
                InputStream in = name.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw) {
            rows(in, row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void rows(InputStream in, Consumer<String[]> row) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8), 1 << 16);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isEmpty() && line.charAt(0) != '#') row.accept(line.split("\t", -1));
        }
    }

    private static InputStream open(String name) {
        InputStream in = Resources.class.getResourceAsStream(name);
        if (in == null) throw new IllegalStateException("no reference data named " + name);
        return in;
    }
}
