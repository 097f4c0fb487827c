package io.millrace.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One queue as {@code GET /v1/queues} shows it: flat numbers that a person or an autoscaler can read.
 *
 * @param name the queue
 * @param ready jobs that wait for a free worker
 * @param scheduled jobs that wait for a time
 * @param running jobs that a worker holds
 * @param dead jobs that failed for good and are still kept
 * @param oldestReadyAgeSeconds how long the oldest ready job has waited; 0 when none waits
 * @param acceptedTotal jobs accepted since the index was last rebuilt; for rates, not for accounts
 * @param finishedTotal jobs that ended since then, in any way
 * @param failedTotal attempts that failed since then
 * @param paused whether dispatch is paused
 * @param indexed false while Redis is unreachable or being rebuilt: then {@code ready} and {@code running} are 0 and
 *     unknown
 * @param waitingReason why jobs wait although they could run, where that is known
 * @param idempotencyLife how long an idempotency key stands for its job
 * @param backlogLimit with so many jobs waiting, new ones are refused; null for no limit
 * @param concurrencyLimit so many of its jobs run at once in all workers together; null for no limit
 * @param rateLimit so many of its jobs are started a second in all workers together; null for no limit
 */
public record QueueView(
        String name,
        long ready,
        long scheduled,
        long running,
        long dead,
        double oldestReadyAgeSeconds,
        long acceptedTotal,
        long finishedTotal,
        long failedTotal,
        boolean paused,
        boolean indexed,
        @Nullable String waitingReason,
        String idempotencyLife,
        @Nullable Integer backlogLimit,
        @Nullable Integer concurrencyLimit,
        @Nullable Double rateLimit) {}
