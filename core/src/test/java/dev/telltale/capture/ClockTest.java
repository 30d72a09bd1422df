package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClockTest {
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);

    private static BigInteger bound(BigInteger v) {
        return v.min(MAX).max(MIN);
    }

    @Test
    void agreesWithArithmeticWithoutLimits() {
        Random random = new Random(1);
        for (int resolution = 0; resolution < 256; resolution++) {
            int exponent = resolution & 0x7f;
            BigInteger unit =
                    resolution < 128 ? BigInteger.TEN.pow(exponent) : BigInteger.TWO.pow(exponent);
            for (int n = 0; n < 200; n++) {
                long ticks = n == 0 ? -1 : random.nextLong() >>> random.nextInt(64);
                long offset =
                        switch (random.nextInt(3)) {
                            case 0 -> 0;
                            case 1 -> random.nextLong() >> random.nextInt(64);
                            default -> random.nextInt();
                        };
                BigInteger whole =
                        new BigInteger(Long.toUnsignedString(ticks)).multiply(SECOND).divide(unit);
                BigInteger expected =
                        bound(bound(whole).add(bound(BigInteger.valueOf(offset).multiply(SECOND))));
                assertThat(new Clock(resolution, offset).nanos(ticks))
                        .as("%d ticks of %d, offset %d", ticks, resolution, offset)
                        .isEqualTo(expected.longValueExact());
            }
        }
    }
}
