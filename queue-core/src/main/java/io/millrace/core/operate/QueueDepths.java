package io.millrace.core.operate;

import io.millrace.core.postgres.JobQueries;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Depth;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what is in every queue: the index for what waits and runs, the rows for the rest. Safe for any threads. */
public final class QueueDepths {

    private static final Depth UNKNOWN = new Depth(false, 0, 0, Duration.ZERO, 0, 0, 0, 0, 0);

    private final QueueRows queues;
    private final JobQueries rows;
    private final QueueIndex index;

    /** Counts in rows and index. */
    public QueueDepths(QueueRows queues, JobQueries rows, QueueIndex index) {
        this.queues = queues;
        this.rows = rows;
        this.index = index;
    }

    /** Every queue by name. */
    public List<QueueView> read() {
        Map<QueueName, Long> scheduled = rows.scheduledByQueue();
        Map<QueueName, Long> dead = rows.deadByQueue();
        return queues.all().stream()
                .map(queue ->
                        view(queue, scheduled.getOrDefault(queue.name(), 0L), dead.getOrDefault(queue.name(), 0L)))
                .toList();
    }

    /** One queue, if it exists. */
    public Optional<QueueView> find(QueueName name) {
        return queues.find(name)
                .map(queue -> view(
                        queue,
                        rows.scheduledByQueue().getOrDefault(name, 0L),
                        rows.deadByQueue().getOrDefault(name, 0L)));
    }

    private QueueView view(QueueRows.QueueRow queue, long scheduled, long dead) {
        Depth depth = depth(queue.name());
        return new QueueView(
                queue.name().value(),
                depth.ready(),
                scheduled,
                depth.leased(),
                dead,
                depth.oldestReady().toMillis() / 1000.0,
                depth.accepted(),
                depth.finished(),
                depth.failed(),
                queue.paused(),
                depth.indexed(),
                reason(queue, depth),
                DurationText.format(queue.settings().keyLife()),
                queue.settings().backlogLimit().orElse(null));
    }

    private static @Nullable String reason(QueueRows.QueueRow queue, Depth depth) {
        if (queue.paused()) {
            return "the queue is paused";
        }
        return depth.parked() > 0 ? depth.parked() + " jobs wait for a worker that has a handler for them" : null;
    }

    private Depth depth(QueueName queue) {
        try {
            return index.depth(queue);
        } catch (IndexUnavailableException e) {
            return UNKNOWN;
        }
    }
}
