package dev.telltale.data;

import com.maxmind.db.DatabaseRecord;
import com.maxmind.db.InvalidNetworkException;
import com.maxmind.db.Network;
import com.maxmind.db.Networks;
import com.maxmind.db.Reader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A MaxMind DB of countries or AS numbers to an address pack. */
final class Mmdb {
    private static final byte[] MARKER = {
        (byte) 0xab, (byte) 0xcd, (byte) 0xef, 'M', 'a', 'x', 'M', 'i', 'n', 'd', '.', 'c', 'o', 'm'
    };

    private Mmdb() {}

    /** Its metadata stands within the last 128 kB, behind a marker. */
    static boolean is(byte[] file) {
        for (int i = file.length - MARKER.length;
                i >= Math.max(0, file.length - (128 << 10));
                i--) {
            int k = 0;
            while (k < MARKER.length && file[i + k] == MARKER[k]) k++;
            if (k == MARKER.length) return true;
        }
        return false;
    }

    static byte[] pack(byte[] file) throws IOException {
        AddressPack pack = new AddressPack();
        AddressRanges.Both countries = new AddressRanges.Both();
        AddressRanges.Both systems = new AddressRanges.Both();
        try (Reader reader = new Reader(new ByteArrayInputStream(file))) {
            @SuppressWarnings("rawtypes")
            Networks<Map> networks = reader.networks(Map.class);
            while (networks.hasNext()) {
                @SuppressWarnings("rawtypes")
                DatabaseRecord<Map> r = networks.next();
                Map<?, ?> data = r.data();
                if (data == null) continue;
                int country = pack.code(country(data));
                int as = as(data);
                if (country != 0) add(countries, r.network(), country);
                if (as != 0) add(systems, r.network(), as);
            }
        } catch (IOException | InvalidNetworkException | RuntimeException e) {
            throw new IOException("not a MaxMind DB that can be read: " + e.getMessage(), e);
        }
        if (countries.four().size()
                        + countries.six().size()
                        + systems.four().size()
                        + systems.six().size()
                == 0)
            throw new IOException("the MaxMind DB names neither countries nor AS numbers");
        return pack.pack(countries.tidy(), systems.tidy());
    }

    private static void add(AddressRanges.Both to, Network network, int value) {
        boolean six = network.networkAddress() instanceof Inet6Address;
        BigInteger from = new BigInteger(1, network.networkAddress().getAddress());
        BigInteger rest =
                BigInteger.ONE
                        .shiftLeft((six ? 128 : 32) - network.prefixLength())
                        .subtract(BigInteger.ONE);
        (six ? to.six() : to.four()).add(from, from.or(rest), value);
    }

    /** GeoLite2 and GeoIP2 nest it; others give the code itself. */
    private static String country(Map<?, ?> data) {
        Object c = data.get("country");
        if (c instanceof Map<?, ?> m) return text(m.get("iso_code"));
        String code = text(data.get("country_code"));
        return code.isEmpty() ? text(c) : code;
    }

    private static int as(Map<?, ?> data) {
        Object n = data.get("autonomous_system_number");
        String s =
                (n == null ? text(data.get("asn")) : text(n))
                        .toUpperCase(Locale.ROOT)
                        .replaceFirst("^AS", "");
        try {
            return s.isEmpty() ? 0 : Integer.parseUnsignedInt(s);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String text(@Nullable Object o) {
        return o == null ? "" : o.toString();
    }
}
