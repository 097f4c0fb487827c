package io.millrace.core.redis;

import io.millrace.core.batch.GroupCommit;
import io.millrace.core.job.IndexedJob;
import io.millrace.protocol.QueueName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries new jobs into the index, in batches and without anybody waiting. What it cannot deliver is dropped: the row is
 * in PostgreSQL, and the sweeper indexes what is missing. Safe for any number of threads.
 */
public final class IndexPusher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(IndexPusher.class);
    private static final GroupCommit.Limits LIMITS =
            new GroupCommit.Limits(1_000, Integer.MAX_VALUE, 100_000, Long.MAX_VALUE, 1);

    private final QueueIndex index;
    private final Epochs epochs;
    private final GroupCommit<Push, Boolean> pushes;

    private record Push(long epoch, QueueIndex.Origin origin, IndexedJob job) {
        Target target() {
            return new Target(job.queue(), epoch, origin);
        }
    }

    private record Target(QueueName queue, long epoch, QueueIndex.Origin origin) {}

    /** Starts the pushing thread. */
    public IndexPusher(QueueIndex index, Epochs epochs) {
        this.index = index;
        this.epochs = epochs;
        this.pushes = new GroupCommit<>("index-push", LIMITS, push -> 0, this::push);
    }

    /**
     * Hands jobs over; never waits.
     *
     * @param epoch the number seen before the rows were written; without one there is nothing to do
     */
    public void push(OptionalLong epoch, QueueIndex.Origin origin, List<IndexedJob> jobs) {
        if (epoch.isPresent()) {
            long number = epoch.getAsLong();
            var unused = pushes.submitAll(
                    jobs.stream().map(job -> new Push(number, origin, job)).toList());
        }
    }

    private List<Boolean> push(List<Push> batch) {
        Map<Target, List<IndexedJob>> byTarget = new LinkedHashMap<>();
        batch.forEach(push -> byTarget.computeIfAbsent(push.target(), key -> new ArrayList<>())
                .add(push.job));
        byTarget.forEach(this::push);
        return batch.stream().map(push -> true).toList();
    }

    private void push(Target target, List<IndexedJob> jobs) {
        try {
            if (index.push(target.queue, target.epoch, target.origin, jobs) instanceof IndexAnswer.Fenced) {
                epochs.fenced(target.queue, target.epoch);
            }
        } catch (IndexUnavailableException e) {
            log.debug("{} jobs of {} wait for the sweeper: {}", jobs.size(), target.queue, e.getMessage());
        }
    }

    @Override
    public void close() {
        pushes.close();
    }
}
