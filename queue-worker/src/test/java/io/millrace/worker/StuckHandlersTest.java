package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.JobOptions;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.RetryPolicy;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.testkit.Stores;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Handlers that hear no interrupt, as many as take every core; the tests of other classes would stand still too. */
@Isolated
final class StuckHandlersTest {

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final JobOptions ONE_SHORT_ATTEMPT =
            new JobOptions(new RetryPolicy(1, Duration.ZERO, 1.0, Duration.ZERO), Optional.of(Duration.ofMillis(200)));

    private volatile boolean release;

    @Test
    void handlers_that_loop_on_every_core_do_not_stop_those_that_wait() throws InterruptedException {
        AtomicInteger looping = new AtomicInteger();
        CountDownLatch waiting = new CountDownLatch(1);
        try (WorkerStack stack = WorkerStack.open(Stores.fresh());
                Worker worker = stack.worker()
                        .grace(Duration.ZERO)
                        .handle("waits", Map.class, (payload, context) -> {
                            waiting.countDown();
                            return !new CountDownLatch(1).await(2, TimeUnit.SECONDS);
                        })
                        .handle("quick", Map.class, (payload, context) -> worker(context))
                        .handle("loops", Map.class, (payload, context) -> {
                            looping.incrementAndGet();
                            spin();
                            return null;
                        })
                        .start()) {
            try {
                JobId before = stack.submit("waits", "{}");
                waiting.await();
                submit(stack, "loops", JobOptions.DEFAULT, 2 * CORES);
                Awaitility.await().until(() -> looping.get() >= CORES);
                JobId after = stack.submit("quick", "{}");
                stack.await(before, JobState.SUCCEEDED);
                stack.await(after, JobState.SUCCEEDED);
                Awaitility.await().until(() -> worker.view().running() == 2 * CORES);
            } finally {
                release = true;
            }
        }
    }

    @Test
    void a_thread_of_the_pool_for_computing_that_hears_no_interrupt_is_replaced() {
        AtomicInteger stuck = new AtomicInteger();
        try (WorkerStack stack = WorkerStack.open(Stores.fresh());
                Worker worker = stack.worker()
                        .grace(Duration.ZERO)
                        .patience(Duration.ofMillis(300))
                        .handle("hangs", Map.class, computing(context -> {
                            stuck.incrementAndGet();
                            hang();
                            return null;
                        }))
                        .handle("computes", Map.class, computing(StuckHandlersTest::worker))
                        .start()) {
            try {
                List<JobId> hanging = submit(stack, "hangs", ONE_SHORT_ATTEMPT, CORES);
                Awaitility.await().until(() -> stuck.get() == CORES);
                stack.await(stack.submit("computes", "{}"), JobState.SUCCEEDED);
                hanging.forEach(id -> stack.await(id, JobState.DEAD));
                release = true;
                stack.await(stack.submit("computes", "{}"), JobState.SUCCEEDED);
                Awaitility.await().until(() -> worker.view().running() == 0);
            } finally {
                release = true;
            }
        }
    }

    private static List<JobId> submit(WorkerStack stack, String type, JobOptions options, int count) {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(stack.submit(
                    NewJob.of(new JobType(type), "{}".getBytes(UTF_8)).withOptions(options)));
        }
        return ids;
    }

    private static String worker(JobContext context) {
        return context.workerId();
    }

    private void spin() {
        while (!release) {
            Thread.onSpinWait();
        }
    }

    /** Keeps its thread without a core. */
    private void hang() {
        while (!release) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            Thread.interrupted();
        }
    }

    /** The work of one attempt. */
    private interface Work {
        @Nullable
        Object on(JobContext context);
    }

    @SuppressWarnings("rawtypes") // the payload's class is that of any object
    private static JobHandler<Map> computing(Work work) {
        return new JobHandler<>() {
            @Override
            public @Nullable Object handle(Map payload, JobContext context) {
                return work.on(context);
            }

            @Override
            public boolean cpuBound() {
                return true;
            }
        };
    }
}
