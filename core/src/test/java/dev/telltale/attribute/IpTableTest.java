package dev.telltale.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IpTableTest {

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() ->
                        IpTable.of("country,as".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> IpTable.of(new byte[0])).isInstanceOf(IOException.class);
    }

    /** A damaged table may know less; it never throws and never takes long. */
    @Test
    void damageCostsKnowledgeAndNothingElse() {
        byte[] whole = Resources.bytes("ip.bin");
        Random random = new Random(7);
        int opened = 0;
        for (int i = 0; i < 60; i++) {
            byte[] damaged =
                    i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int k = 0; k < 20 && damaged.length > 0; k++)
                damaged[random.nextInt(i < 20 ? Math.min(damaged.length, 3_000) : damaged.length)] =
                        (byte) random.nextInt();
            IpTable table;
            try {
                table = IpTable.of(damaged);
            } catch (IOException e) {
                continue;
            }
            opened++;
            for (String ip :
                    new String[] {"1.2.3.4", "116.224.0.1", "255.255.255.255", "2a02:8100::1"})
                table.find(InetAddresses.forString(ip).getAddress());
        }
        assertThat(opened).as("tables that opened in spite of it").isPositive();
    }
}
