package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.RetryPolicy;
import io.millrace.core.redis.JobNotes;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a handler says of its job while it works, and who sees it. */
class NotesTest {

    private static final Duration PATIENCE = Patience.LONGEST;

    private WorkerStack stack;

    /** The handlers wait for these between their steps. */
    private final Semaphore steps = new Semaphore(0);

    @BeforeEach
    void open() {
        stack = WorkerStack.open(Stores.fresh());
    }

    @AfterEach
    void close() {
        steps.release(1_000);
        stack.close();
    }

    private void step() throws InterruptedException {
        assertThat(steps.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
    }

    private JobProgress awaitProgress(JobId id, double fraction) {
        return await().atMost(PATIENCE)
                .until(
                        () -> stack.find(id).progress(),
                        told -> told.filter(now -> now.fraction() == fraction).isPresent())
                .orElseThrow();
    }

    private JobNotes.Log log(JobId id) {
        return stack.engine.logs().last(id, Limits.MAX_LOG_LINES).orElseThrow();
    }

    private List<String> texts(JobId id) {
        return log(id).lines().stream().map(LogLine::text).toList();
    }

    @Test
    void a_running_job_shows_how_far_it_is_and_an_ended_one_keeps_its_lines_only() {
        try (Worker worker = stack.worker()
                .handle("tells", Map.class, (payload, job) -> {
                    job.progress(0.4, "page 4 of 10");
                    job.log("read 4 pages\nof 10");
                    step();
                    job.progress(0.2, "page 2 again");
                    step();
                    job.progress(7);
                    step();
                    job.progress(Double.NaN, "odd");
                    job.log("the last word");
                    return "done";
                })
                .start()) {
            JobId id = stack.submit("tells", "{}");
            assertThat(awaitProgress(id, 0.4).message()).contains("page 4 of 10");
            // The first word of a job is sent at once, so its lines may come with the next sending.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(texts(id)).containsExactly("read 4 pages", "of 10"));
            steps.release();
            await().atMost(PATIENCE)
                    .until(() -> stack.find(id)
                            .progress()
                            .flatMap(JobProgress::message)
                            .orElse("")
                            .equals("page 2 again"));
            assertThat(stack.find(id).progress().orElseThrow().fraction()).isEqualTo(0.4);
            steps.release();
            assertThat(awaitProgress(id, 1.0).message()).isEmpty();
            steps.release();
            JobDetails ended = stack.await(id, JobState.SUCCEEDED);
            assertThat(ended.progress()).isEmpty();
            await().atMost(PATIENCE).until(() -> texts(id).contains("the last word"));
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    @Test
    void every_line_says_which_attempt_it_is_of_and_a_new_attempt_begins_at_nothing() {
        RetryPolicy twice = new RetryPolicy(2, Duration.ofMillis(10), 1.0, Duration.ofMillis(10));
        try (Worker worker = stack.worker()
                .handle("tries", Map.class, (payload, job) -> {
                    job.log("attempt " + job.attempt());
                    if (job.attempt() == 1) {
                        job.progress(0.9);
                        throw new IllegalStateException("no");
                    }
                    step();
                    return "done";
                })
                .start()) {
            JobId id = stack.submit(NewJob.of(new JobType("tries"), "{}".getBytes(StandardCharsets.UTF_8))
                    .withOptions(JobOptions.DEFAULT.withRetry(twice)));
            await().atMost(PATIENCE).until(() -> texts(id).contains("attempt 2"));
            assertThat(stack.find(id).state()).isEqualTo(JobState.RUNNING);
            assertThat(stack.find(id).progress()).isEmpty();
            assertThat(log(id).lines()).extracting(LogLine::attempt).containsExactly(1, 2);
            steps.release();
            stack.await(id, JobState.SUCCEEDED);
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    @Test
    void a_handler_that_talks_without_end_is_cut_and_not_held_up() {
        String tooLong = "ü".repeat(Limits.MAX_LOG_LINE_BYTES);
        try (Worker worker = stack.worker()
                .handle("talks", Map.class, (payload, job) -> {
                    for (int i = 0; i < 100_000; i++) {
                        job.log("line " + i);
                        job.progress(i / 100_000.0);
                    }
                    job.log(tooLong);
                    return "done";
                })
                .start()) {
            JobId id = stack.submit("talks", "{}");
            stack.await(id, JobState.SUCCEEDED);
            await().atMost(PATIENCE).until(() -> texts(id).stream().anyMatch(text -> text.startsWith("ü")));
            JobNotes.Log log = log(id);
            assertThat(log.lines()).hasSize(Limits.MAX_LOG_LINES);
            assertThat(log.lines().size() + log.dropped()).isEqualTo(100_001);
            String last = log.lines().getLast().text();
            assertThat(last).matches("ü+…");
            assertThat(last.getBytes(StandardCharsets.UTF_8))
                    .hasSizeBetween(Limits.MAX_LOG_LINE_BYTES - 2, Limits.MAX_LOG_LINE_BYTES);
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    @Test
    void a_worker_that_stops_sends_what_was_said_last() {
        JobId id;
        AtomicBoolean begun = new AtomicBoolean();
        try (Worker worker = stack.worker()
                .grace(PATIENCE)
                .handle("ends", Map.class, (payload, job) -> {
                    begun.set(true);
                    step();
                    job.log("said while stopping");
                    return "done";
                })
                .start()) {
            id = stack.submit("ends", "{}");
            await().atMost(PATIENCE).untilTrue(begun);
            steps.release();
            assertThat(worker.view().state()).isEqualTo("active");
        }
        assertThat(texts(id)).containsExactly("said while stopping");
    }
}
