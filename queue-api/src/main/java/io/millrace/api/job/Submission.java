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

    private static final Duration REBUILD = Duration.ofSeconds(5);

    private Submission() {}

    /** What became of a submit that was not refused. */
    sealed interface Outcome {

        /** The job's id. */
        JobId id();

        /** Whether an earlier request with the same key had done it. */
        boolean replayed();

        /** Until when the idempotency key stands for the job, where it does. */
        Optional<Instant> keyEnds();

        /**
         * It is a job.
         *
         * @param runAt when it may start, as accepted
         */
        record Made(JobId id, Instant runAt, boolean replayed, Optional<Instant> keyEnds) implements Outcome {}

        /**
         * There is a job with its unique key.
         *
         * @param replaced whether that was given what the submit brought
         */
        record Existing(JobId id, boolean replaced, boolean replayed, Optional<Instant> keyEnds) implements Outcome {}
    }

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
     * @throws ApiProblem when it was refused, 503 when it could not be stored in time
     */
    static Outcome await(CompletableFuture<Acceptance> acceptance, Deadline deadline) {
        return outcome(committed(acceptance, deadline));
    }

    /**
     * Waits until it is known what became of a submit.
     *
     * @throws ApiProblem 503 when that took too long or failed
     */
    static <T> T committed(CompletableFuture<T> acceptance, Deadline deadline) {
        try {
            return acceptance.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
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

    /** @throws ApiProblem when it was refused */
    static Outcome outcome(Acceptance acceptance) {
        return switch (acceptance) {
            case Acceptance.Accepted accepted ->
                new Outcome.Made(accepted.id(), accepted.runAt(), false, accepted.keyEnds());
            case Acceptance.Replayed replayed ->
                new Outcome.Made(replayed.id(), replayed.runAt(), true, Optional.of(replayed.keyEnds()));
            case Acceptance.Existing existing ->
                new Outcome.Existing(existing.id(), existing.replaced(), existing.replayed(), existing.keyEnds());
            case Acceptance.Refused refused -> throw problem(refused);
        };
    }

    /** What a refused submit is told. */
    static ApiProblem problem(Acceptance.Refused refusal) {
        return switch (refusal) {
            case Acceptance.KeyReused reused ->
                ApiProblem.of(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "the idempotency key stands for job " + reused.id()
                                + ", which another request made; use a new key for a new job");
            case Acceptance.UniqueConflict conflict -> uniqueConflict(conflict.id());
            case Acceptance.ReplaceUnknown unknown ->
                ApiProblem.retryLater(
                        ErrorCode.UNAVAILABLE,
                        "whether a worker has job " + unknown.id()
                                + ", which is to be replaced, cannot be told now: Redis "
                                + "is away or being rebuilt; nothing was done",
                        REBUILD);
            case Acceptance.BacklogFull full -> backlogFull(full);
        };
    }

    /** The refusal for the sake of an unfinished job with the same unique key. */
    static ApiProblem uniqueConflict(JobId holder) {
        return ApiProblem.ofExisting(
                ErrorCode.UNIQUE_CONFLICT,
                "job " + holder + " has the unique key and has not ended, or cannot be replaced now; nothing was done",
                holder);
    }
}
