package io.millrace.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One live worker process as {@code GET /v1/workers} shows it, by its own word of its last sign of life.
 *
 * @param id unique for each start of a process
 * @param host where it runs
 * @param pid its process id there
 * @param version the Millrace it runs
 * @param startedAt when it started
 * @param seenAt its last sign of life
 * @param state see {@link WorkerState}, as its wire name
 * @param asked the state that an operator asked for, as long as it has not followed
 * @param queues what it serves, with its slots in each
 * @param types the job types it has handlers for
 * @param running jobs it holds now
 * @param jobs those whose handlers run, the longest first, at most {@link #MOST_JOBS}; none in the stream of snapshots
 */
public record WorkerView(
        String id,
        String host,
        long pid,
        String version,
        Instant startedAt,
        Instant seenAt,
        String state,
        @Nullable String asked,
        List<Slots> queues,
        List<String> types,
        int running,
        List<RunningJob> jobs) {

    /** Of a worker that runs more jobs, those that run longest are shown. */
    public static final int MOST_JOBS = 100;

    /**
     * A worker's share in one queue.
     *
     * @param queue the queue
     * @param concurrency how many jobs of it the worker runs at once
     */
    public record Slots(String queue, int concurrency) {}

    /**
     * A job that a worker runs.
     *
     * @param id the job's id
     * @param type its type
     * @param queue its queue
     * @param attempt which attempt it is, from 1
     * @param since when its handler began
     */
    public record RunningJob(String id, String type, String queue, int attempt, Instant since) {}
}
