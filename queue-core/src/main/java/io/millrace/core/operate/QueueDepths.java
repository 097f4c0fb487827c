package io.millrace.core.operate;

import io.millrace.core.operate.FlowRates.Flow;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.postgres.QueueRows.QueueRow;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Depth;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is in every queue: the index for what waits and runs, the rows for the rest, see {@link CountedRows}. Safe
 * for any number of threads; one for a process, so that those who ask share what was counted.
 */
public final class QueueDepths {

    private static final Depth UNKNOWN = new Depth(false, 0, 0, Duration.ZERO, 0, 0, 0, 0, 0);

    private final QueueRows queues;
    private final QueueIndex index;
    private final CountedRows scheduled;
    private final CountedRows dead;
    private final FlowRates rates = new FlowRates();

    /** Counts in rows and index. */
    public QueueDepths(QueueRows queues, JobQueries rows, QueueIndex index) {
        this.queues = queues;
        this.index = index;
        this.scheduled = new CountedRows(rows::scheduledByQueue);
        this.dead = new CountedRows(rows::deadByQueue);
    }

    /** Every queue by name. */
    public List<QueueView> read() {
        return queues.all().stream().map(this::view).toList();
    }

    /** One queue, if it exists. */
    public Optional<QueueView> find(QueueName name) {
        return queues.find(name).map(this::view);
    }

    /** The load of every queue whose index can be read and is complete. */
    public List<QueueStats> stats() {
        return queues.all().stream().map(this::stats).flatMap(Optional::stream).toList();
    }

    /**
     * The load of a queue; empty when it does not exist, and while its index cannot be read or is being rebuilt, so that
     * nobody takes 0 for idle.
     */
    public Optional<QueueStats> stats(QueueName name) {
        return queues.find(name).flatMap(this::stats);
    }

    private Optional<QueueStats> stats(QueueRow queue) {
        Depth depth = depth(queue.name());
        Flow flow = rates.at(queue.name(), depth, System.nanoTime());
        return depth.indexed() ? Optional.of(stats(queue, depth, flow)) : Optional.empty();
    }

    /** Whether there is such a queue. */
    public boolean exists(QueueName name) {
        return queues.find(name).isPresent();
    }

    private QueueView view(QueueRow queue) {
        Depth depth = depth(queue.name());
        var unused = rates.at(queue.name(), depth, System.nanoTime());
        return new QueueView(
                queue.name().value(),
                depth.ready(),
                scheduled.read().of(queue.name()),
                depth.leased(),
                dead.read().of(queue.name()),
                seconds(depth.oldestReady()),
                depth.accepted(),
                depth.finished(),
                depth.failed(),
                queue.paused(),
                depth.indexed(),
                reason(queue, depth),
                DurationText.format(queue.settings().keyLife()),
                queue.settings().backlogLimit().orElse(null),
                queue.settings().concurrencyLimit().orElse(null),
                queue.settings().rateLimit().orElse(null));
    }

    private QueueStats stats(QueueRow queue, Depth depth, Flow flow) {
        CountedRows.Count waiting = scheduled.read();
        CountedRows.Count ended = dead.read();
        return new QueueStats(
                queue.name().value(),
                depth.ready(),
                depth.leased(),
                Math.max(0, depth.waiting() - depth.ready()),
                waiting.of(queue.name()),
                ended.of(queue.name()),
                depth.leased() + startable(queue, depth),
                seconds(depth.oldestReady()),
                tenths(flow.acceptedPerSecond()),
                tenths(flow.finishedPerSecond()),
                tenths(seconds(flow.over())),
                seconds(waiting.age().compareTo(ended.age()) > 0 ? waiting.age() : ended.age()));
    }

    /** How many more jobs would start now if there were free workers enough. */
    private static long startable(QueueRow queue, Depth depth) {
        if (queue.paused()) {
            return 0;
        }
        long runnable = Math.max(0, depth.ready() - depth.parked());
        return queue.settings()
                .concurrencyLimit()
                .map(limit -> Math.min(runnable, Math.max(0, limit - depth.leased())))
                .orElse(runnable);
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static double tenths(double number) {
        return Math.round(number * 10) / 10.0;
    }

    private static @Nullable String reason(QueueRow queue, Depth depth) {
        if (queue.paused()) {
            return "the queue is paused";
        }
        if (depth.parked() > 0) {
            return depth.parked() + " jobs wait for a worker that has a handler for them";
        }
        if (depth.ready() == 0) {
            return null;
        }
        return queue.settings()
                .concurrencyLimit()
                .filter(limit -> depth.leased() >= limit)
                .map(limit -> "as many jobs run as its concurrency_limit allows")
                .orElse(null);
    }

    private Depth depth(QueueName queue) {
        try {
            return index.depth(queue);
        } catch (IndexUnavailableException e) {
            return UNKNOWN;
        }
    }
}
