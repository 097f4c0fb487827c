package io.millrace.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.OverloadedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private static final GroupCommit.Limits ONE_LANE = new GroupCommit.Limits(10, 1_000, 20, 10_000, 1);
    private static final GroupCommit.Limits TWO_LANES = new GroupCommit.Limits(40, 4_000, 80, 40_000, 2);

    /** Writes numbers to a list; a negative one is refused, zero breaks the store, and the largest breaks the machine. */
    private static final class Numbers implements GroupCommit.Writer<Integer, String> {

        private final ConcurrentLinkedQueue<List<Integer>> batches = new ConcurrentLinkedQueue<>();
        private final CountDownLatch gate;

        Numbers(CountDownLatch gate) {
            this.gate = gate;
        }

        static Numbers open() {
            return new Numbers(new CountDownLatch(0));
        }

        @Override
        public List<String> write(List<Integer> batch) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (batch.contains(Integer.MAX_VALUE)) {
                throw new StackOverflowError("deep");
            }
            if (batch.contains(0)) {
                throw new IllegalStateException("the store is away");
            }
            if (batch.stream().anyMatch(number -> number < 0)) {
                throw new IllegalArgumentException("a negative number");
            }
            batches.add(List.copyOf(batch));
            return batch.stream().map(number -> "wrote " + number).toList();
        }

        @Override
        public boolean isItemsFault(RuntimeException failure) {
            return failure instanceof IllegalArgumentException;
        }

        List<Integer> written() {
            return batches.stream().flatMap(List::stream).toList();
        }
    }

    private static GroupCommit<Integer, String> commit(Numbers numbers) {
        return new GroupCommit<>("numbers", ONE_LANE, number -> 100, numbers);
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void what_gathers_while_a_batch_is_on_its_way_leaves_together_and_in_order() {
        CountDownLatch gate = new CountDownLatch(1);
        Numbers numbers = new Numbers(gate);
        try (var commit = commit(numbers)) {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            answers.add(commit.submit(1));
            await().until(() -> commit.waiting() == 0);
            range(2, 15).forEach(number -> answers.add(commit.submit(number)));
            gate.countDown();
            assertThat(answers.stream().map(CompletableFuture::join))
                    .containsExactlyElementsOf(range(1, 15).stream()
                            .map(number -> "wrote " + number)
                            .toList());
        }
        assertThat(numbers.batches).containsExactly(List.of(1), range(2, 11), range(12, 15));
    }

    @Test
    void few_items_wait_for_the_batch_that_is_on_its_way() {
        CountDownLatch gate = new CountDownLatch(1);
        Numbers numbers = new Numbers(gate);
        try (var commit = new GroupCommit<>("numbers", TWO_LANES, Duration.ofHours(1), number -> 100, numbers)) {
            var first = commit.submit(1);
            await().until(() -> commit.waiting() == 0);
            var second = commit.submit(2);
            var third = commit.submit(3);
            await().during(Duration.ofMillis(50)).until(() -> commit.waiting() == 2);
            gate.countDown();
            assertThat(List.of(first.join(), second.join(), third.join()))
                    .containsExactly("wrote 1", "wrote 2", "wrote 3");
        }
        assertThat(numbers.batches).containsExactly(List.of(1), List.of(2, 3));
    }

    @Test
    void a_crowd_leaves_beside_a_batch_that_is_on_its_way() {
        CountDownLatch gate = new CountDownLatch(1);
        try (var commit =
                new GroupCommit<>("numbers", TWO_LANES, Duration.ofHours(1), number -> 100, new Numbers(gate))) {
            var first = commit.submit(1);
            await().until(() -> commit.waiting() == 0);
            var crowd = commit.submitAll(range(2, 11));
            await().until(() -> commit.waiting() == 0);
            assertThat(first).isNotDone();
            gate.countDown();
            assertThat(crowd.getLast().join()).isEqualTo("wrote 11");
        }
    }

    @Test
    void what_has_waited_for_long_leaves_beside_a_batch_that_hangs() {
        CountDownLatch gate = new CountDownLatch(1);
        try (var commit =
                new GroupCommit<>("numbers", TWO_LANES, Duration.ofMillis(5), number -> 100, new Numbers(gate))) {
            var first = commit.submit(1);
            await().until(() -> commit.waiting() == 0);
            var second = commit.submit(2);
            await().until(() -> commit.waiting() == 0);
            assertThat(first).isNotDone();
            gate.countDown();
            assertThat(second.join()).isEqualTo("wrote 2");
        }
    }

    @Test
    void a_bad_item_fails_alone() {
        CountDownLatch gate = new CountDownLatch(1);
        Numbers numbers = new Numbers(gate);
        try (var commit = commit(numbers)) {
            List<CompletableFuture<String>> answers = commit.submitAll(List.of(1, 2, 3, -4, 5, 6, -7, 8));
            gate.countDown();
            assertThatThrownBy(answers.get(3)::join).hasCauseInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(answers.get(6)::join).hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(answers.get(7).join()).isEqualTo("wrote 8");
        }
        assertThat(numbers.written()).containsExactly(1, 2, 3, 5, 6, 8);
    }

    @Test
    void a_store_that_is_away_fails_the_whole_batch_at_once() {
        Numbers numbers = Numbers.open();
        try (var commit = commit(numbers)) {
            List<CompletableFuture<String>> answers = commit.submitAll(List.of(1, 0, 2));
            answers.forEach(answer -> assertThatThrownBy(answer::join).hasCauseInstanceOf(IllegalStateException.class));
        }
        assertThat(numbers.written()).isEmpty();
    }

    @Test
    void a_lane_goes_on_after_an_error() {
        try (var commit = commit(Numbers.open())) {
            assertThatThrownBy(commit.submit(Integer.MAX_VALUE)::join).hasCauseInstanceOf(StackOverflowError.class);
            assertThat(commit.submit(14).join()).isEqualTo("wrote 14");
        }
    }

    @Test
    void more_than_may_wait_is_refused_at_once_and_altogether() {
        CountDownLatch gate = new CountDownLatch(1);
        Numbers numbers = new Numbers(gate);
        try (var commit = commit(numbers)) {
            var first = commit.submit(1);
            await().until(() -> commit.waiting() == 0);
            var second = commit.submitAll(range(2, 11));
            var tooMuch = commit.submitAll(range(101, 111));
            assertThat(tooMuch).allMatch(CompletableFuture::isCompletedExceptionally);
            assertThatThrownBy(tooMuch.getFirst()::join).hasCauseInstanceOf(OverloadedException.class);
            gate.countDown();
            assertThat(first.join()).isEqualTo("wrote 1");
            assertThat(second.getLast().join()).isEqualTo("wrote 11");
        }
        assertThat(numbers.written()).containsExactlyElementsOf(range(1, 11));
    }

    @Test
    void a_bulk_larger_than_may_wait_is_taken_when_nothing_else_waits() {
        Numbers numbers = Numbers.open();
        try (var commit = commit(numbers)) {
            assertThat(commit.submitAll(range(1, 50)).getLast().join()).isEqualTo("wrote 50");
        }
    }

    @Test
    void a_batch_is_bounded_by_weight_and_a_heavier_item_still_goes_alone() {
        CountDownLatch gate = new CountDownLatch(1);
        Numbers numbers = new Numbers(gate);
        try (var commit = new GroupCommit<>("numbers", ONE_LANE, (Integer number) -> number * 100, numbers)) {
            var first = commit.submit(1);
            await().until(() -> commit.waiting() == 0);
            var answers = commit.submitAll(List.of(4, 4, 4, 50, 1));
            gate.countDown();
            first.join();
            answers.forEach(CompletableFuture::join);
        }
        assertThat(numbers.batches).containsExactly(List.of(1), List.of(4, 4), List.of(4), List.of(50), List.of(1));
    }

    @Test
    void closing_writes_what_waits_and_takes_nothing_more() {
        CountDownLatch gate = new CountDownLatch(1);
        Numbers numbers = new Numbers(gate);
        var commit = commit(numbers);
        var answers = commit.submitAll(range(1, 20));
        gate.countDown();
        commit.close();
        commit.close();

        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(numbers.written()).containsExactlyElementsOf(range(1, 20));
        assertThatThrownBy(commit.submit(21)::join).hasCauseInstanceOf(OverloadedException.class);
    }

    @Test
    void every_item_of_many_threads_is_written_once() {
        Numbers numbers = Numbers.open();
        var limits = new GroupCommit.Limits(50, 100_000, 100_000, Long.MAX_VALUE, 2);
        try (var commit = new GroupCommit<>("numbers", limits, (Integer number) -> 1, numbers)) {
            IntStream.rangeClosed(100, 5_100)
                    .parallel()
                    .mapToObj(commit::submit)
                    .toList()
                    .forEach(CompletableFuture::join);
        }
        assertThat(numbers.written()).containsExactlyInAnyOrderElementsOf(range(100, 5_100));
    }

    @Test
    void no_more_waits_than_the_writing_clears_in_time_and_all_is_taken_again_when_it_goes_on() {
        CountDownLatch gate = new CountDownLatch(1);
        var limits =
                new GroupCommit.Limits(10, 1_000_000, 100_000, Long.MAX_VALUE, 1, Optional.of(Duration.ofMillis(100)));
        try (var commit = new GroupCommit<>("numbers", limits, number -> 100, new Numbers(gate))) {
            var first = commit.submit(1);
            await().until(() -> commit.waiting() == 0);
            await().pollDelay(Duration.ofMillis(150)).until(() -> true);

            List<CompletableFuture<String>> crowd =
                    range(2, 500).stream().map(commit::submit).toList();
            assertThat(commit.waiting()).isEqualTo(10);
            assertThat(crowd.getLast()).isCompletedExceptionally();
            assertThatThrownBy(() -> crowd.getLast().join()).hasCauseInstanceOf(OverloadedException.class);
            assertThat(crowd.subList(0, 10)).noneMatch(CompletableFuture::isDone);

            gate.countDown();
            assertThat(first.join()).isEqualTo("wrote 1");
            assertThat(crowd.get(9).join()).isEqualTo("wrote 11");
            await().until(() -> commit.submitAll(range(1, 100)).stream()
                    .map(CompletableFuture::join)
                    .toList()
                    .contains("wrote 100"));
        }
    }
}
