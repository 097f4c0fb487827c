package io.millrace.protocol;

/**
 * The load of one queue as {@code GET /v1/queues/{queue}/stats} tells it: flat numbers for an autoscaler.
 *
 * @param queue its name
 * @param ready jobs that wait for a free worker
 * @param running jobs that a worker holds
 * @param due of the scheduled ones, those whose time is near: the index holds them
 * @param scheduled jobs that wait for a time
 * @param dead jobs that failed for good and are still kept
 * @param runnableBacklog the running ones, and those of the ready ones that another worker could start now: none while the
 *     queue is paused, none without a handler, no more than its concurrency limit leaves
 * @param oldestReadyAgeSeconds how long the oldest ready job has waited; 0 when none waits
 * @param acceptedPerSecond jobs accepted a second
 * @param finishedPerSecond jobs that ended a second, in any way
 * @param ratesOverSeconds over how long these two are measured; 0 where the node was not asked before, and they are 0
 * @param countedSecondsAgo how old {@code scheduled} and {@code dead} are
 */
public record QueueStats(
        String queue,
        long ready,
        long running,
        long due,
        long scheduled,
        long dead,
        long runnableBacklog,
        double oldestReadyAgeSeconds,
        double acceptedPerSecond,
        double finishedPerSecond,
        double ratesOverSeconds,
        double countedSecondsAgo) {}
