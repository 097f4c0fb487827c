package io.millrace.core.accept;

import io.millrace.protocol.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What became of a submit. */
public sealed interface Acceptance {

    /** No job was made of it, and there is none to answer with. */
    sealed interface Refused extends Acceptance {}

    /**
     * The job is committed in PostgreSQL.
     *
     * @param id its id
     * @param runAt when it may start
     * @param keyEnds until when its idempotency key stands for it, where it came with one
     */
    record Accepted(JobId id, Instant runAt, Optional<Instant> keyEnds) implements Acceptance {}

    /**
     * The idempotency key stands for a job that was accepted before, by the same request.
     *
     * @param id that job's id
     * @param runAt when that job might start, as it was accepted
     * @param keyEnds until when the key stands for it, as it was told first
     */
    record Replayed(JobId id, Instant runAt, Instant keyEnds) implements Acceptance {}

    /**
     * The idempotency key stands for a job that another request made; nothing was done.
     *
     * @param id that job's id
     */
    record KeyReused(JobId id) implements Refused {}

    /**
     * An unfinished job has the unique key, and the submit asked to be answered with it.
     *
     * @param id that job's id
     * @param replaced whether it was given what the submit brought
     * @param replayed whether an earlier submit with the same idempotency key did that
     * @param keyEnds until when the idempotency key stands for it; present where it was replaced by a submit with one
     */
    record Existing(JobId id, boolean replaced, boolean replayed, Optional<Instant> keyEnds) implements Acceptance {}

    /**
     * An unfinished job has the unique key; nothing was done.
     *
     * @param id that job's id
     */
    record UniqueConflict(JobId id) implements Refused {}

    /**
     * The job that has the unique key is to be replaced, and it cannot be told now whether a worker has it: Redis is away
     * or being rebuilt. Nothing was done.
     *
     * @param id that job's id
     */
    record ReplaceUnknown(JobId id) implements Refused {}

    /**
     * As much waits as may; nothing was done.
     *
     * @param scope whose limit it is
     * @param limit how many jobs may wait there
     */
    record BacklogFull(Scope scope, int limit) implements Refused {

        private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

        /** What a limit is for. */
        public enum Scope {
            /** The job's queue. */
            QUEUE,
            /** All queues together. */
            TOTAL
        }

        /** When trying again makes sense. */
        public Duration retryAfter() {
            return RETRY_AFTER;
        }
    }
}
