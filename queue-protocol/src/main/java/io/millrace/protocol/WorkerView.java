package io.millrace.protocol;

import java.time.Instant;
import java.util.List;

/**
 * One live worker process as {@code GET /v1/workers} shows it.
 *
 * @param id unique for each start of a process
 * @param host where it runs
 * @param pid its process id there
 * @param startedAt when it started
 * @param seenAt its last sign of life
 * @param queues what it serves, with its slots in each
 * @param types the job types it has handlers for
 * @param running jobs it holds now
 * @param stopping whether it takes no new jobs
 */
public record WorkerView(
        String id,
        String host,
        long pid,
        Instant startedAt,
        Instant seenAt,
        List<Slots> queues,
        List<String> types,
        int running,
        boolean stopping) {

    /**
     * A worker's share in one queue.
     *
     * @param queue the queue
     * @param concurrency how many jobs of it the worker runs at once
     */
    public record Slots(String queue, int concurrency) {}
}
