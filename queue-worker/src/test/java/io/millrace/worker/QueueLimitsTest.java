package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.Actor;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.operate.QueueOperator.Outcome;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limits of a queue's dispatch, as the handlers of two worker processes see them. */
class QueueLimitsTest {

    private static final Duration PATIENCE = Patience.LONGEST;
    private static final QueueName QUEUE = new QueueName("limited");
    private static final JobType TYPE = new JobType("counted");

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final Queue<Long> starts = new ConcurrentLinkedQueue<>();
    private WorkerStack stack;
    private WorkerStack other;

    @BeforeEach
    void open() {
        Stores stores = Stores.fresh();
        stack = WorkerStack.open(stores);
        other = WorkerStack.open(stores);
    }

    @AfterEach
    void close() {
        stack.close();
        other.close();
    }

    private Worker worker(WorkerStack on, Duration runs) {
        return on.worker()
                .queue(QUEUE.value(), 20)
                .handle(TYPE.value(), Map.class, (payload, context) -> {
                    starts.add(System.nanoTime());
                    int now = running.incrementAndGet();
                    mostRunning.accumulateAndGet(now, Math::max);
                    LockSupport.parkNanos(runs.toNanos());
                    running.decrementAndGet();
                    done.incrementAndGet();
                    return Map.of();
                })
                .start();
    }

    private void submit(int jobs) {
        for (int i = 0; i < jobs; i++) {
            stack.submit(NewJob.of(TYPE, "{}".getBytes(UTF_8)).inQueue(QUEUE));
        }
    }

    private void set(UnaryOperator<QueueSettings.Change> change) {
        assertThat(stack.engine.queueOperator().change(QUEUE, change.apply(QueueSettings.Change.NONE), Actor.SETTINGS))
                .isEqualTo(Outcome.DONE);
    }

    private void pause(boolean paused) {
        assertThat(stack.engine.queueOperator().setPaused(QUEUE, paused, Actor.SETTINGS))
                .isEqualTo(Outcome.DONE);
    }

    @Test
    void two_workers_of_twenty_slots_never_run_more_than_three_jobs_of_a_queue_whose_limit_is_three() {
        submit(1);
        set(change -> change.withConcurrencyLimit(Optional.of(3)));
        submit(199);
        try (Worker one = worker(stack, Duration.ofMillis(10));
                Worker two = worker(other, Duration.ofMillis(10))) {
            // Were each refused worker to sleep out its second, this would take a minute and more.
            Awaitility.await().atMost(PATIENCE).until(() -> done.get() == 200);
            assertThat(mostRunning).hasValueLessThanOrEqualTo(3);
            assertThat(mostRunning).hasValueGreaterThan(1);

            set(change -> change.withConcurrencyLimit(Optional.empty()));
            submit(1);
            Awaitility.await().atMost(PATIENCE).until(() -> done.get() == 201);
            Awaitility.await().until(() -> one.view().running() + two.view().running() == 0);
        }
    }

    @Test
    void two_workers_start_no_more_jobs_than_the_rate_brings() {
        submit(1);
        pause(true);
        set(change -> change.withRateLimit(Optional.of(50.0)));
        submit(199);
        try (Worker one = worker(stack, Duration.ofMillis(1));
                Worker two = worker(other, Duration.ofMillis(1))) {
            long begun = System.nanoTime();
            pause(false);
            Awaitility.await().atMost(PATIENCE).until(() -> done.get() == 200);
            List<Long> sorted = starts.stream().sorted().toList();
            for (int i = 0; i < sorted.size(); i++) {
                double seconds = (sorted.get(i) - begun) / 1e9;
                // A slow machine only starts them later; a twentieth is for clocks that differ.
                assertThat(i + 1.0).isLessThanOrEqualTo(50 * 1.05 * seconds + 51);
            }
            Awaitility.await().until(() -> one.view().running() + two.view().running() == 0);
        }
    }
}
