package io.millrace.core.queue;

import io.millrace.core.job.QueueSettings;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What accepting must know of every queue without asking anybody: its settings, and how much waits in it. A loop reads
 * both once a second, in the one process that accepts and for it alone.
 *
 * <h2>How a backlog is counted</h2>
 *
 * What waits is what the index held of the queue at the last reading, and what this process has accepted since. So one
 * process keeps a limit to within the batches that are being committed; what others accept shows with the next reading.
 * While Redis is away, or its index is being rebuilt, the last reading stands and the process goes on counting what it
 * accepts itself; one that never had a reading begins at nothing. Only queues under a limit are read.
 *
 * <p>Safe for any number of threads.
 */
public final class QueueWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(QueueWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final QueueRows rows;
    private final QueueIndex index;
    private final Optional<Integer> totalLimit;
    private final Loop loop = new Loop("queue-watch", this::step);
    private final Map<QueueName, Backlog> backlogs = new ConcurrentHashMap<>();
    private volatile Map<QueueName, QueueSettings> settings = Map.of();
    private volatile boolean limited;
    private volatile boolean started;

    /** About how much waits in one queue. */
    private static final class Backlog {

        private final AtomicLong sinceReading = new AtomicLong();
        private volatile long reading;

        long jobs() {
            return reading + sinceReading.get();
        }
    }

    /** Watches these queues. */
    public QueueWatch(QueueRows rows, QueueIndex index, BacklogConfig config) {
        this.rows = rows;
        this.index = index;
        this.totalLimit = config.limit();
        this.limited = totalLimit.isPresent();
    }

    /**
     * Reads for the first time and starts the loop; afterwards this costs nothing.
     *
     * @throws io.millrace.core.job.StoreUnavailableException when PostgreSQL is away; then nothing was started
     */
    public void start() {
        if (!started) {
            refresh();
            loop.start();
            started = true;
        }
    }

    private Duration step() {
        refresh();
        return EVERY;
    }

    private synchronized void refresh() {
        // What is accepted into a queue that is made meanwhile must not be forgotten with the queues that are gone.
        Set<QueueName> known = Set.copyOf(backlogs.keySet());
        Map<QueueName, QueueSettings> fresh = new HashMap<>();
        rows.all().forEach(row -> fresh.put(row.name(), row.settings()));
        Set<QueueName> watched = fresh.entrySet().stream()
                .filter(each ->
                        totalLimit.isPresent() || each.getValue().backlogLimit().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        watched.forEach(queue -> backlogs.computeIfAbsent(queue, name -> new Backlog()));
        known.stream().filter(queue -> !watched.contains(queue)).forEach(backlogs::remove);
        readBacklogs(watched);
        settings = Map.copyOf(fresh);
        limited = totalLimit.isPresent() || !watched.isEmpty();
    }

    private void readBacklogs(Set<QueueName> watched) {
        try {
            for (QueueName queue : watched) {
                Backlog backlog = backlogs.get(queue);
                if (backlog != null) {
                    read(queue, backlog);
                }
            }
        } catch (IndexUnavailableException e) {
            log.debug("the backlogs stay as they were read last: {}", e.getMessage());
        }
    }

    private void read(QueueName queue, Backlog backlog) {
        long counted = backlog.sinceReading.get();
        QueueIndex.Depth depth = index.depth(queue);
        if (depth.indexed()) {
            backlog.reading = depth.waiting();
            backlog.sinceReading.addAndGet(-counted);
        }
    }

    /** The settings of a queue, as they were up to a second ago. */
    public QueueSettings settings(QueueName queue) {
        return settings.getOrDefault(queue, QueueSettings.DEFAULT);
    }

    /** Whether there is any limit. */
    public boolean isLimited() {
        return limited;
    }

    /** The limit of all queues together. */
    public Optional<Integer> totalLimit() {
        return totalLimit;
    }

    /** About how many jobs wait in a queue; 0 when nobody asks for a limit there. */
    public long backlog(QueueName queue) {
        Backlog backlog = backlogs.get(queue);
        return backlog == null ? 0 : backlog.jobs();
    }

    /** About how many jobs wait in all queues; 0 when there is no limit for them together. */
    public long totalBacklog() {
        return totalLimit.isEmpty()
                ? 0
                : backlogs.values().stream().mapToLong(Backlog::jobs).sum();
    }

    /** Counts jobs that were accepted and wait now. */
    public void accepted(QueueName queue, int jobs) {
        Backlog backlog =
                totalLimit.isPresent() ? backlogs.computeIfAbsent(queue, name -> new Backlog()) : backlogs.get(queue);
        if (backlog != null) {
            backlog.sinceReading.addAndGet(jobs);
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
