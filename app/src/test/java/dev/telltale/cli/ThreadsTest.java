package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.model.Workers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void tasksRunAtTheSameTimeAndAllAreDone() {
        CyclicBarrier all = new CyclicBarrier(4);
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        List<Runnable> tasks =
                IntStream.range(0, 4)
                        .<Runnable>mapToObj(i ->
                                () -> {
                                    try {
                                        all.await();
                                    } catch (InterruptedException | BrokenBarrierException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    done.add(i);
                                })
                        .toList();
        Threads.of(4).run(tasks);
        assertThat(done).hasSize(4);
    }

    @Test
    void whatOneThrewIsThrownAfterAllAreDone() {
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        Runnable fails =
                () -> {
                    throw new IllegalArgumentException("one");
                };
        assertThatThrownBy(() -> Threads.of(2).run(List.of(() -> done.add(1), fails)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(done).containsExactly(1);
        assertThatThrownBy(() ->
                        Threads.of(2)
                                .run(
                                        List.of(() -> {
                                            throw new StackOverflowError();
                                        })))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void oneIsTheCaller() {
        assertThat(Threads.of(1)).isSameAs(Workers.CALLER);
    }
}
