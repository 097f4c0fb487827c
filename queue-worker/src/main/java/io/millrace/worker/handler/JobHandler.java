package io.millrace.worker.handler;

import org.jspecify.annotations.Nullable;

/**
 * Carries out the jobs of one type.
 *
 * <p>A job is delivered at least once: a worker that dies after the effect and before the outcome is recorded makes the
 * job run again. Handlers therefore make their effect repeatable, with {@link JobContext#jobId()} as its key.
 *
 * <p>One handler object serves many jobs at once, each on a thread of its own (a virtual one, unless
 * {@link #cpuBound()}). When the job is cancelled, times out or loses its lease, that thread is interrupted: blocking
 * calls end with {@link InterruptedException}, long loops ask {@link JobContext#isCancelled()}.
 *
 * @param <P> the payload's class; the worker reads it from the job's JSON
 */
@FunctionalInterface
public interface JobHandler<P> {

    /**
     * Does the work of one attempt.
     *
     * @return the result, written as JSON into the job (at most 256 KiB), or null for none
     * @throws JobFailure to steer: fail for good, retry at a time, hand the job back, or discard it
     * @throws Exception any other exception fails this attempt; the {@link #rules()} and the job's retry policy decide what
     *     follows
     */
    @Nullable
    Object handle(P payload, JobContext context) throws Exception;

    /**
     * Whether the work keeps a core busy. Such handlers share a pool of as many platform threads as there are cores, so
     * that they slow each other down and not the rest.
     */
    default boolean cpuBound() {
        return false;
    }

    /** What holds for the jobs of this handler, unless other rules are given where it is registered; asked once. */
    default HandlerRules rules() {
        return HandlerRules.none();
    }
}
