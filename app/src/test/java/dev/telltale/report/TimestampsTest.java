package dev.telltale.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimestampsTest {
    @Test
    void writesWhatThePlatformWrites() {
        Timestamps timestamps = new Timestamps();
        Random random = new Random(25);
        int[] nanos = {0, 1, 999, 1_000, 999_000, 1_000_000, 120_000_000, 123_456_789, 999_999_999};
        for (int i = 0; i < 20_000; i++) {
            // Years -1000 to 13000, and days that follow each other.
            long second =
                    i % 2 == 0 ? random.nextLong(-93_000_000_000L, 350_000_000_000L) : i * 997L;
            Instant at = Instant.ofEpochSecond(second, nanos[random.nextInt(nanos.length)]);
            assertThat(timestamps.micros(at))
                    .isEqualTo(at.truncatedTo(ChronoUnit.MICROS).toString());
        }
    }
}
