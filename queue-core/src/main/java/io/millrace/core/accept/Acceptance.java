package io.millrace.core.accept;

import io.millrace.protocol.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What became of a submit. */
public sealed interface Acceptance {

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
    record KeyReused(JobId id) implements Acceptance {}

    /**
     * As much waits as may; nothing was done.
     *
     * @param scope whose limit it is
     * @param limit how many jobs may wait there
     */
    record BacklogFull(Scope scope, int limit) implements Acceptance {

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
