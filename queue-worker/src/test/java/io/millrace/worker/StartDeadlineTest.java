package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.RetryPolicy;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs with a start deadline under a whole worker. */
class StartDeadlineTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** Long enough to begin in time on a machine that pauses for seconds. */
    private static final Duration TIME_TO_BEGIN = Duration.ofSeconds(10);

    private WorkerStack stack;

    @BeforeEach
    void open() {
        stack = WorkerStack.open(Stores.fresh());
    }

    @AfterEach
    void close() {
        stack.close();
    }

    private static NewJob job(String type) {
        return NewJob.of(new JobType(type), "{}".getBytes(UTF_8));
    }

    @Test
    void an_attempt_that_began_in_time_may_outlast_the_deadline_and_so_may_its_retries() {
        AtomicInteger calls = new AtomicInteger();
        RetryPolicy retries = new RetryPolicy(3, Duration.ofMillis(10), 1.0, Duration.ofMillis(10));
        try (Worker worker = stack.worker()
                .handle("slow", Map.class, (payload, context) -> {
                    Instant behind =
                            context.jobId().createdAt().plus(TIME_TO_BEGIN).plusSeconds(1);
                    await().atMost(Patience.LONGEST).until(() -> Instant.now().isAfter(behind));
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("once");
                    }
                    return Map.of();
                })
                .start()) {
            JobId id = stack.submit(
                    job("slow").expiringIn(TIME_TO_BEGIN).withOptions(new JobOptions(retries, Optional.empty())));
            JobDetails done = stack.await(id, JobState.SUCCEEDED);
            assertThat(done.attempt()).isEqualTo(2);
            assertThat(done.expiresAt()).isEmpty();
            await().until(() -> worker.view().running() == 0);
        }
    }

    @Test
    void a_job_that_this_worker_has_no_handler_for_expires_beside_those_that_run() {
        try (Worker worker = stack.worker()
                .handle("known", Map.class, (payload, context) -> Map.of())
                .start()) {
            JobId unknown = stack.submit(job("unknown").expiringIn(DEADLINE));
            stack.await(stack.submit(job("known")), JobState.SUCCEEDED);
            JobDetails ended = stack.await(unknown, JobState.CANCELLED);
            assertThat(ended.failure().orElseThrow().reason()).isEqualTo("expired");
            await().until(() -> worker.view().running() == 0);
        }
    }
}
