package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.Actor;
import io.millrace.core.job.JobDetails;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What becomes of running jobs when they are cancelled, and when their worker stops. */
final class WorkerStopTest {

    /** Renewals are minutes apart with such a lease, so only the signal can tell a worker in time. */
    private static final Duration LONG_LEASE = Duration.ofMinutes(5);

    /** A second is promised; a busy machine that tests gets a few. */
    private static final Duration IN_TIME = Duration.ofSeconds(15);

    @Test
    void a_cancel_from_another_node_interrupts_the_handler_within_a_second() throws InterruptedException {
        Stores stores = Stores.fresh();
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Long> interrupted = new CompletableFuture<>();
        try (WorkerStack here = WorkerStack.open(stores, LONG_LEASE);
                WorkerStack elsewhere = WorkerStack.open(stores, LONG_LEASE);
                Worker worker = here.worker()
                        .handle("patient", Map.class, (payload, context) -> {
                            started.countDown();
                            try {
                                return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
                            } catch (InterruptedException e) {
                                interrupted.complete(System.nanoTime());
                                throw e;
                            }
                        })
                        .start()) {
            JobId id = elsewhere.submit("patient", "{}");
            assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
            long asked = System.nanoTime();
            elsewhere.engine.operator().cancel(id, Actor.SETTINGS);
            assertThat(Duration.ofNanos(interrupted.join() - asked)).isLessThan(IN_TIME);
            JobDetails job = elsewhere.await(id, JobState.CANCELLED);
            assertThat(job.failure().orElseThrow().message()).contains("interrupted");
            assertThat(job.attempt()).isZero();
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    @Test
    void a_handler_that_finishes_in_spite_of_a_cancel_has_succeeded() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        try (WorkerStack stack = WorkerStack.open(Stores.fresh(), LONG_LEASE);
                Worker worker = stack.worker()
                        .handle("stubborn", Map.class, (payload, context) -> {
                            started.countDown();
                            while (!context.isCancelled()) {
                                Thread.onSpinWait();
                            }
                            return "done";
                        })
                        .start()) {
            JobId id = stack.submit("stubborn", "{}");
            assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
            stack.engine.operator().cancel(id, Actor.SETTINGS);
            JobDetails job = stack.await(id, JobState.SUCCEEDED);
            assertThat(job.failure()).isEmpty();
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    @Test
    void a_worker_that_stops_ends_what_runs_and_begins_nothing() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        try (WorkerStack stack = WorkerStack.open(Stores.fresh())) {
            Worker worker = stack.worker()
                    .concurrency(1)
                    .grace(Duration.ofMinutes(1))
                    .handle("ends", Map.class, (payload, context) -> {
                        runs.incrementAndGet();
                        started.countDown();
                        return finish.await(1, TimeUnit.MINUTES);
                    })
                    .start();
            JobId running = stack.submit("ends", "{}");
            assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
            JobId waiting = stack.submit("ends", "{}");
            CompletableFuture<Void> closed = CompletableFuture.runAsync(worker::close, Thread::startVirtualThread);
            Awaitility.await().until(() -> worker.view().state().equals("stopping"));
            finish.countDown();
            closed.join();
            assertThat(stack.find(running).state()).isEqualTo(JobState.SUCCEEDED);
            JobDetails untouched = stack.find(waiting);
            assertThat(untouched.state()).isEqualTo(JobState.READY);
            assertThat(untouched.version()).isZero();
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void a_worker_that_stops_hands_back_what_it_could_not_finish() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        try (WorkerStack stack = WorkerStack.open(Stores.fresh(), LONG_LEASE)) {
            Worker first = stack.worker()
                    .grace(Duration.ofMillis(50))
                    .handle("long", Map.class, (payload, context) -> {
                        started.countDown();
                        return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
                    })
                    .start();
            JobId id = stack.submit("long", "{}");
            assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
            first.close();
            assertThat(stack.find(id).state()).isEqualTo(JobState.READY);
            try (Worker second = stack.worker()
                    .handle("long", Map.class, (payload, context) -> "done")
                    .start()) {
                JobDetails job = stack.await(id, JobState.SUCCEEDED);
                assertThat(job.attempt()).isEqualTo(1);
                assertThat(job.attempts()).isEmpty();
                assertThat(job.worker()).contains(second.view().id());
            }
        }
    }

    @Test
    void a_handler_that_hears_nothing_does_not_keep_its_worker_from_stopping() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerStack stack = WorkerStack.open(Stores.fresh(), LONG_LEASE)) {
            Worker worker = stack.worker()
                    .grace(Duration.ZERO)
                    .handle("deaf", Map.class, (payload, context) -> {
                        started.countDown();
                        while (released.getCount() > 0) {
                            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                            Thread.interrupted();
                        }
                        return "too late";
                    })
                    .start();
            JobId id = stack.submit("deaf", "{}");
            assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
            worker.close();
            JobDetails job = stack.find(id);
            assertThat(job.state()).isEqualTo(JobState.READY);
            assertThat(job.attempt()).isZero();
            released.countDown();
        }
    }

    @Test
    void a_slot_that_is_freed_while_jobs_wait_is_taken_at_once() {
        AtomicInteger runs = new AtomicInteger();
        try (WorkerStack stack = WorkerStack.open(Stores.fresh())) {
            for (int i = 0; i < 100; i++) {
                stack.submit("brief", "{}");
            }
            try (Worker worker = stack.worker()
                    .concurrency(2)
                    .handle("brief", Map.class, (payload, context) -> runs.incrementAndGet())
                    .start()) {
                // Fifty rounds of a claim that waited a second each would take a minute.
                Awaitility.await().atMost(Patience.LONGEST).until(() -> runs.get() == 100);
                assertThat(worker.view().state()).isEqualTo("active");
            }
        }
    }
}
