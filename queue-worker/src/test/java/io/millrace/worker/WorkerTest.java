package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.job.Actor;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.RetryPolicy;
import io.millrace.core.operate.OperationResult;
import io.millrace.core.operate.QueueOperator.Outcome;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.TraceParent;
import io.millrace.testkit.LogCanaries;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What a worker does with the jobs it claims. */
class WorkerTest {

    private static final RetryPolicy QUICK_RETRIES =
            new RetryPolicy(3, Duration.ofMillis(10), 1.0, Duration.ofMillis(10));

    private WorkerStack stack;

    private record Invoice(String number, int cents) {}

    @BeforeEach
    void open() {
        stack = WorkerStack.open(Stores.fresh());
    }

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void a_handler_gets_its_payload_and_its_result_is_kept() {
        try (Worker worker = stack.worker()
                .handle("invoice.book", Invoice.class, (invoice, context) -> Map.of("booked", invoice.cents() + 1))
                .start()) {
            JobId id = stack.submit("invoice.book", "{\"number\":\"A-1\",\"cents\":41}");
            JobDetails job = stack.await(id, JobState.SUCCEEDED);
            assertThat(new String(job.result().orElseThrow(), UTF_8)).isEqualTo("{\"booked\":42}");
            assertThat(job.attempt()).isEqualTo(1);
            assertThat(job.worker()).contains(worker.view().id());
            assertThat(job.startedAt()).isPresent();
        }
    }

    @Test
    void what_a_job_carries_is_not_logged_however_it_ends() {
        String canary = "canary-of-the-worker";
        JobOptions once = JobOptions.DEFAULT.withRetry(QUICK_RETRIES);
        String payload = "{\"number\":\"" + canary + "\",\"cents\":1}";
        try (var canaries = LogCanaries.listen(List.of(canary));
                Worker worker = stack.worker()
                        .handle("canary.ends", Invoice.class, (invoice, context) -> Map.of("booked", invoice.number()))
                        .handle("canary.fails", Invoice.class, (invoice, context) -> {
                            throw new IllegalStateException("cannot book " + invoice.number());
                        })
                        .handle("canary.misread", Integer.class, (number, context) -> number)
                        .start()) {
            assertThat(worker.view().types()).doesNotContain("canary.unknown");
            stack.submit("canary.unknown", payload);
            Map.of(
                            "canary.ends", JobState.SUCCEEDED,
                            "canary.fails", JobState.DEAD,
                            "canary.misread", JobState.DEAD)
                    .forEach((type, end) -> stack.await(
                            stack.submit(NewJob.of(new JobType(type), payload.getBytes(UTF_8))
                                    .withOptions(once)),
                            end));
            canaries.assertSilent();
        }
    }

    @Test
    void a_handler_is_told_the_trace_of_its_job_and_so_are_its_log_lines() {
        TraceParent trace = new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        JobHandler<Map<?, ?>> tells = new JobHandler<>() {
            @Override
            public Object handle(Map<?, ?> payload, JobContext context) {
                return List.of(
                        context.traceparent().orElse("none"),
                        Objects.requireNonNullElse(MDC.get("traceparent"), "none"),
                        Objects.requireNonNullElse(MDC.get("trace_id"), "none"));
            }

            @Override
            public boolean cpuBound() {
                return true;
            }
        };
        try (Worker worker = stack.worker()
                .handle(new JobType("traced"), bytes -> Map.of(), tells)
                .queue("default", 1)
                .start()) {
            NewJob job = NewJob.of(new JobType("traced"), "{}".getBytes(UTF_8));
            JobId traced = stack.submit(job.withOptions(JobOptions.DEFAULT.withTrace(trace)));
            assertThat(resultOf(traced)).isEqualTo("[\"" + trace + "\",\"" + trace + "\",\"" + trace.traceId() + "\"]");
            // The pool's threads serve one job after the other.
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                assertThat(resultOf(stack.submit(job))).isEqualTo("[\"none\",\"none\",\"none\"]");
            }
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    private String resultOf(JobId id) {
        return new String(stack.await(id, JobState.SUCCEEDED).result().orElseThrow(), UTF_8);
    }

    @Test
    void a_failing_job_is_tried_again_until_its_attempts_are_used_up() {
        AtomicInteger calls = new AtomicInteger();
        try (Worker worker = stack.worker()
                .handle("always.fails", Map.class, (payload, context) -> {
                    throw new IllegalStateException("call " + calls.incrementAndGet());
                })
                .start()) {
            JobId id = stack.submit(NewJob.of(new JobType("always.fails"), "{}".getBytes(UTF_8))
                    .withOptions(new JobOptions(QUICK_RETRIES, Optional.empty())));
            JobDetails job = stack.await(id, JobState.DEAD);
            assertThat(calls).hasValue(3);
            assertThat(job.attempts()).hasSize(3);
            assertThat(job.failure().orElseThrow().message()).isEqualTo("IllegalStateException: call 3");
            Awaitility.await().until(() -> worker.view().running() == 0);
        }
    }

    @Test
    void a_worker_leaves_a_paused_queue_alone_and_goes_on_when_it_is_resumed() {
        QueueName queue = new QueueName("halted");
        JobType type = new JobType("steady");
        try (Worker worker = stack.worker()
                .handle("steady", Map.class, (payload, context) -> Map.of())
                .start()) {
            NewJob job = NewJob.of(type, "{}".getBytes(UTF_8)).inQueue(queue);
            stack.await(stack.submit(job), JobState.SUCCEEDED);
            assertThat(stack.engine.queueOperator().setPaused(queue, true, Actor.SETTINGS))
                    .isEqualTo(Outcome.DONE);
            JobId waiting = stack.submit(job);
            // The worker is awake and serves others, the paused queue it does not.
            stack.await(stack.submit("steady", "{}"), JobState.SUCCEEDED);
            assertThat(stack.find(waiting).state()).isEqualTo(JobState.READY);
            assertThat(stack.engine.queueOperator().setPaused(queue, false, Actor.SETTINGS))
                    .isEqualTo(Outcome.DONE);
            stack.await(waiting, JobState.SUCCEEDED);
            Awaitility.await().until(() -> worker.view().running() == 0);
        }
    }

    @Test
    void a_permanent_failure_ends_the_job_at_once_and_a_redrive_runs_it_again() {
        AtomicInteger calls = new AtomicInteger();
        try (Worker worker = stack.worker()
                .handle("picky", Map.class, (payload, context) -> {
                    if (calls.incrementAndGet() == 1) {
                        throw JobFailure.permanent("not today");
                    }
                    return Map.of("attempt", context.attempt());
                })
                .start()) {
            JobId id = stack.submit("picky", "{}");
            assertThat(stack.await(id, JobState.DEAD).failure().orElseThrow().reason())
                    .isEqualTo("permanent");
            assertThat(stack.engine.operator().redrive(id, Actor.SETTINGS)).isInstanceOf(OperationResult.Done.class);
            assertThat(stack.await(id, JobState.SUCCEEDED).attempt()).isEqualTo(1);
            assertThat(worker.view().types()).containsExactly("picky");
        }
    }

    @Test
    void a_handler_that_hands_back_uses_no_attempt() {
        AtomicInteger calls = new AtomicInteger();
        try (Worker worker = stack.worker()
                .handle("later", Map.class, (payload, context) -> {
                    if (calls.incrementAndGet() == 1) {
                        throw JobFailure.handBack(Duration.ofMillis(50), "not yet");
                    }
                    return context.attempt();
                })
                .start()) {
            JobDetails job = stack.await(stack.submit("later", "{}"), JobState.SUCCEEDED);
            assertThat(job.attempt()).isEqualTo(1);
            assertThat(job.attempts()).isEmpty();
            assertThat(worker.view().state()).isEqualTo("active");
        }
    }

    @Test
    void an_attempt_that_takes_too_long_is_interrupted_and_counted() {
        try (Worker worker = stack.worker()
                .handle("slow", Map.class, (payload, context) -> {
                    boolean woken = new CountDownLatch(1).await(1, TimeUnit.MINUTES);
                    return woken;
                })
                .start()) {
            JobId id = stack.submit(NewJob.of(new JobType("slow"), "{}".getBytes(UTF_8))
                    .withOptions(new JobOptions(
                            new RetryPolicy(1, Duration.ZERO, 1.0, Duration.ZERO),
                            Optional.of(Duration.ofMillis(200)))));
            JobDetails job = stack.await(id, JobState.DEAD);
            assertThat(job.failure().orElseThrow().reason()).isEqualTo("timeout");
            Awaitility.await().until(() -> worker.view().running() == 0);
        }
    }

    @Test
    void a_type_without_a_handler_waits_and_lets_what_stands_behind_it_run() {
        List<NewJob> batch = Collections.nCopies(1_000, NewJob.of(new JobType("unknown.type"), "{}".getBytes(UTF_8)));
        List<JobId> unknown = stack.engine.acceptor().acceptAll(batch).stream()
                .map(answer -> ((Acceptance.Accepted) answer.join()).id())
                .toList();
        try (Worker worker = stack.worker()
                .handle("known", Map.class, (payload, context) -> null)
                .start()) {
            JobDetails known = stack.await(stack.submit("known", "{}"), JobState.SUCCEEDED);
            // A second is promised; a busy machine that tests gets a few.
            assertThat(Duration.between(
                            known.id().createdAt(), known.startedAt().orElseThrow()))
                    .isLessThan(Duration.ofSeconds(15));
            JobDetails waiting = stack.find(unknown.getLast());
            assertThat(waiting.state()).isIn(JobState.READY, JobState.RUNNING);
            assertThat(waiting.attempt()).isLessThanOrEqualTo(1);
            QueueView shown = Awaitility.await()
                    .until(() -> stack.engine.depths().read().getFirst(), queue -> queue.ready() == unknown.size());
            assertThat(shown.waitingReason()).contains("wait for a worker that has a handler");
            assertThat(worker.view().types()).containsExactly("known");
        }
    }

    @Test
    void payloads_that_do_not_fit_into_memory_together_run_one_after_the_other() {
        String large = "{\"text\":\"" + "x".repeat(1_000_000) + "\"}";
        List<NewJob> batch = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            batch.add(NewJob.of(new JobType("large"), large.getBytes(UTF_8)));
        }
        stack.engine
                .acceptor()
                .acceptAll(batch)
                .forEach(accepted -> assertThat(accepted.join()).isNotNull());
        AtomicInteger runs = new AtomicInteger();
        try (Worker worker = stack.worker()
                .concurrency(1_000)
                .handle(new JobType("large"), bytes -> bytes, (payload, context) -> {
                    boolean woken = new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
                    runs.incrementAndGet();
                    return woken;
                })
                .start()) {
            Awaitility.await().atMost(Patience.LONGEST).until(() -> runs.get() == 400);
            assertThat(worker.view().types()).containsExactly("large");
        }
    }

    @Test
    void two_workers_run_ten_thousand_jobs_once_each() {
        Map<JobId, Integer> runs = new ConcurrentHashMap<>();
        int jobs = 10_000;
        List<NewJob> batch = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            batch.add(NewJob.of(new JobType("count"), "{}".getBytes(UTF_8)));
        }
        stack.engine
                .acceptor()
                .acceptAll(batch)
                .forEach(accepted -> assertThat(accepted.join()).isNotNull());
        try (Worker one = counting(runs);
                Worker two = counting(runs)) {
            Awaitility.await().atMost(Patience.LONGEST).until(() -> runs.size() == jobs);
            assertThat(runs.values()).allMatch(count -> count == 1);
            assertThat(one.view().id()).isNotEqualTo(two.view().id());
        }
    }

    private Worker counting(Map<JobId, Integer> runs) {
        return stack.worker()
                .handle("count", Map.class, (payload, context) -> {
                    runs.merge(context.jobId(), 1, Integer::sum);
                    return null;
                })
                .start();
    }
}
