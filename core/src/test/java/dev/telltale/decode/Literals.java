package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.Disguise;
import dev.telltale.model.Form;
import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The plainest matcher there can be: every literal searched for at every place. One identifier
 * each.
 */
final class Literals implements Matcher {
    final List<byte[]> literals = new ArrayList<>();
    private final List<Form> forms = new ArrayList<>();
    private int reach = 1;

    /**
     * {@code "~x"} counts only as a whole value; {@code "#x"} is a digest; {@code "3=x"} is a form
     * of identifier 3.
     */
    Literals(String... texts) {
        for (String text : texts) {
            int identifier = forms.size();
            String t = text;
            if (t.matches("(?s)\\d=.*")) {
                identifier = t.charAt(0) - '0';
                t = t.substring(2);
            }
            boolean whole = t.startsWith("~");
            boolean digest = t.startsWith("#");
            byte[] b = t.substring(whole || digest ? 1 : 0).getBytes(UTF_8);
            literals.add(b);
            reach = Math.max(reach, b.length);
            forms.add(
                    new Form(
                            forms.size(),
                            identifier,
                            t,
                            true,
                            digest ? "sha1" : "",
                            digest ? "hex" : "",
                            digest ? Disguise.HASHED : Disguise.PLAIN,
                            40,
                            false,
                            b.length,
                            b.length,
                            whole,
                            List.of()));
        }
    }

    @Override
    public int reach() {
        return reach;
    }

    @Override
    public void scan(byte[] b, int lo, int hi, int from, int to, Hits hits) {
        for (int i = from; i < to; i++) {
            for (int f = 0; f < literals.size(); f++) {
                byte[] l = literals.get(f);
                if (forms.get(f).whole() || b[i] != l[0] || hi - i < l.length) continue;
                if (Arrays.equals(b, i, i + l.length, l, 0, l.length)) hits.add(f, i, i + l.length);
            }
        }
    }

    @Override
    public void whole(byte[] b, int from, int to, Hits hits) {
        for (int f = 0; f < literals.size(); f++) {
            if (forms.get(f).whole()
                    && Arrays.equals(b, from, to, literals.get(f), 0, literals.get(f).length))
                hits.add(f, from, to);
        }
    }

    @Override
    public Form form(int id) {
        return forms.get(id);
    }

    @Override
    public int forms() {
        return forms.size();
    }

    String text(int form) {
        return new String(literals.get(form), UTF_8);
    }
}
