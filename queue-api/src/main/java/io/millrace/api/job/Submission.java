package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.EngineProblems;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.access.ApiKey;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobId;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The steps that single and bulk submits share, each ending in a problem where it cannot go on. */
final class Submission {

    static final Duration LONGEST_COMMIT = Duration.ofSeconds(10);

    private Submission() {}

    /**
     * What became of an accepted submit.
     *
     * @param id the job's
     * @param runAt when it may start, as accepted
     * @param replayed whether an earlier request made the job
     * @param keyEnds until when the key stands for the job, where there is one
     */
    record Outcome(JobId id, Instant runAt, boolean replayed, Optional<Instant> keyEnds) {}

    private static ApiProblem backlogFull(Acceptance.BacklogFull full) {
        String wait = "send it again later, with the same idempotency key if it has one";
        return switch (full.scope()) {
            case QUEUE ->
                ApiProblem.retryLater(
                        ErrorCode.QUEUE_FULL,
                        "as many jobs wait in the queue as its backlog_limit allows, " + full.limit()
                                + "; nothing was done: " + wait + ", add workers, or raise the limit",
                        full.retryAfter());
            case TOTAL ->
                ApiProblem.retryLater(
                        ErrorCode.SYSTEM_FULL,
                        "as many jobs wait in all queues together as the service allows, " + full.limit()
                                + "; nothing was done: " + wait + ", or add workers",
                        full.retryAfter());
        };
    }

    /** The job as a step of the trace that its request belongs to, unless it named one itself. */
    static NewJob traced(NewJob job, Optional<TraceParent> trace) {
        return trace.isEmpty() || job.options().trace().isPresent()
                ? job
                : job.withOptions(job.options().withTrace(trace.get()));
    }

    /** The job under an idempotency key of the caller. */
    static NewJob keyed(NewJob job, String owner, String key) {
        return job.withKey(new IdempotencyKey(owner, key, Fingerprint.of(job)));
    }

    /** @throws ApiProblem 404 when the key may not know of the job's queue */
    static void requireOwn(ApiKey caller, NewJob job) {
        if (!caller.sees(job.queue())) {
            throw ApiProblem.of(
                    ErrorCode.NOT_FOUND,
                    "there is no queue '" + job.queue() + "' for this API key; its queues are " + caller.queues());
        }
    }

    /** @throws ApiProblem 422 when the payload does not fit its type */
    static void requireFitting(PayloadCheck check, NewJob job, String at) {
        List<FieldProblem> problems = check.problems(job);
        if (!problems.isEmpty()) {
            throw ApiProblem.ofFields(
                    ErrorCode.INVALID_PAYLOAD,
                    problems.stream()
                            .map(problem -> problem.under(at + "/payload"))
                            .toList());
        }
    }

    /**
     * Waits until the job is committed.
     *
     * @throws ApiProblem 422 when the key stands for another request, 503 when it could not be stored in time
     */
    static Outcome await(CompletableFuture<Acceptance> acceptance, Deadline deadline) {
        try {
            return outcome(acceptance.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw EngineProblems.of(cause)
                    .orElseThrow(() -> new IllegalStateException("accepting a job failed", cause));
        } catch (TimeoutException e) {
            throw ApiProblem.of(
                    ErrorCode.UNAVAILABLE,
                    "storing the job takes too long, so the outcome is unknown: repeat it with the same idempotency key");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiProblem.of(
                    ErrorCode.UNAVAILABLE,
                    "the node stops, so the outcome is unknown: repeat it with the same idempotency key");
        }
    }

    /** @throws ApiProblem 422 when the key stands for another request */
    static Outcome outcome(Acceptance acceptance) {
        return switch (acceptance) {
            case Acceptance.Accepted accepted ->
                new Outcome(accepted.id(), accepted.runAt(), false, accepted.keyEnds());
            case Acceptance.Replayed replayed ->
                new Outcome(replayed.id(), replayed.runAt(), true, Optional.of(replayed.keyEnds()));
            case Acceptance.KeyReused reused ->
                throw ApiProblem.of(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "the idempotency key stands for job " + reused.id()
                                + ", which another request made; use a new key for a new job");
            case Acceptance.BacklogFull full -> throw backlogFull(full);
        };
    }
}
