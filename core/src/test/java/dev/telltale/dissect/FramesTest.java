package dev.telltale.dissect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FramesTest {
    private static Frames frames(long limit) {
        DissectLimits limits =
                new DissectLimits(10, 1 << 20, 1 << 20, 1 << 20, 100, limit, 10, 1 << 20);
        return new Frames(new Shared(f -> e -> {}, a -> {}, limits, new Tally()));
    }

    @Test
    void piecesAndGaps() {
        Frames map = frames(1 << 20);
        assertThat(map.frames(0, 10)).isEmpty();
        assertThat(map.time(0)).isZero();
        map.add(10, 5, 500);
        map.gap(10, 999);
        map.add(10, 3, 300);
        map.add(10, 5, 500);
        assertThat(map.frames(0, 1)).containsExactly(5);
        assertThat(map.frames(9, 1)).containsExactly(5);
        assertThat(map.frames(10, 10)).isEmpty();
        assertThat(map.frames(9, 12)).containsExactly(3, 5);
        assertThat(map.frames(0, Long.MAX_VALUE)).containsExactly(3, 5);
        assertThat(map.frames(40, 1)).isEmpty();
        assertThat(map.frames(0, 0)).isEmpty();
        assertThat(map.time(15)).isEqualTo(500);
        assertThat(map.time(20)).isEqualTo(300);
        assertThat(map.time(1000)).isEqualTo(500);
    }

    @Test
    void forgets() {
        Frames map = frames(1 << 20);
        for (int i = 0; i < 100_000; i++) {
            map.add(10, i + 1, i);
            map.forget(10L * i - 25);
        }
        assertThat(map.frames(0, 100)).isEmpty();
        assertThat(map.frames(999_970, 30)).containsExactly(99_998, 99_999, 100_000);
        assertThat(map.time(999_999)).isEqualTo(99_999);
        assertThat(map.time(0)).as("the nearest known").isPositive();
    }

    /** Beyond the limit old frames are unknown and the latest are right. */
    @Test
    void neverNamesAWrongFrame() {
        Frames map = frames(10_000);
        for (int i = 0; i < 5_000; i++) {
            map.add(10, i + 1, i);
            assertThat(map.frames(10L * i, 10)).containsExactly(i + 1);
        }
        for (int i = 0; i < 5_000; i++) {
            long[] f = map.frames(10L * i, 10);
            if (f.length > 0) assertThat(f).containsExactly(i + 1);
        }
        assertThat(map.frames(0, 10)).isEmpty();
        assertThat(map.frames(49_000, 1_000)).hasSize(100);
    }
}
