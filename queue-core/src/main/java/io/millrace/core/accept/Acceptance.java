package io.millrace.core.accept;

import io.millrace.protocol.JobId;
import java.time.Instant;

/** What became of a submit. */
public sealed interface Acceptance {

    /**
     * The job is committed in PostgreSQL.
     *
     * @param id its id
     * @param runAt when it may start
     */
    record Accepted(JobId id, Instant runAt) implements Acceptance {}

    /**
     * The idempotency key stands for a job that was accepted before, by the same request.
     *
     * @param id that job's id
     * @param runAt when that job might start, as it was accepted
     */
    record Replayed(JobId id, Instant runAt) implements Acceptance {}

    /**
     * The idempotency key stands for a job that another request made; nothing was done.
     *
     * @param id that job's id
     */
    record KeyReused(JobId id) implements Acceptance {}
}
