package io.millrace.core.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Gauges of the queues, see {@link MeterNames#JOBS} and those after it. They are read when somebody looks, at most once a
 * second; between scrapes they cost nothing. Safe for any number of threads.
 */
public final class QueueMetrics {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final MultiGauge jobs;
    private final MultiGauge oldestReady;
    private final MultiGauge paused;
    private final MultiGauge runnable;
    private final Supplier<List<QueueView>> queues;
    private final Supplier<List<QueueStats>> loads;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private Optional<Instant> sampled = Optional.empty();

    /**
     * @param registry where the meters are
     * @param queues reads every queue
     * @param loads reads the load of every queue that is indexed
     */
    public QueueMetrics(
            MeterRegistry registry,
            Supplier<List<QueueView>> queues,
            Supplier<List<QueueStats>> loads,
            InstantSource clock) {
        this.jobs = MultiGauge.builder(MeterNames.JOBS).register(registry);
        this.oldestReady = MultiGauge.builder(MeterNames.OLDEST_READY_AGE)
                .baseUnit("seconds")
                .register(registry);
        this.paused = MultiGauge.builder(MeterNames.QUEUE_PAUSED).register(registry);
        this.runnable = MultiGauge.builder(MeterNames.RUNNABLE_BACKLOG).register(registry);
        this.queues = queues;
        this.loads = loads;
        this.clock = clock;
    }

    /** Lets somebody look at the gauges when they are at most a second old, and holds them still meanwhile. */
    public <T> T sampled(Supplier<T> look) {
        lock.lock();
        try {
            if (!isFresh()) {
                sample();
                sampled = Optional.of(clock.instant());
            }
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** A clock that was set back must not keep old numbers up. */
    private boolean isFresh() {
        return sampled.map(at -> Duration.between(at, clock.instant()).abs().compareTo(FRESH) < 0)
                .orElse(false);
    }

    private void sample() {
        List<QueueView> all = readOrNone(queues);
        show(jobs, all, QueueMetrics::depths);
        show(oldestReady, all, QueueMetrics::age);
        show(paused, all, queue -> Stream.of(Row.of(tags(queue), queue.paused() ? 1 : 0)));
        show(
                runnable,
                readOrNone(loads),
                load -> Stream.of(Row.of(Tags.of("queue", load.queue()), load.runnableBacklog())));
    }

    private static <T> List<T> readOrNone(Supplier<List<T>> source) {
        try {
            return source.get();
        } catch (StoreUnavailableException e) {
            // Absent says it better than the last number that was known.
            return List.of();
        }
    }

    private static <T> void show(MultiGauge gauge, List<T> queues, Function<T, Stream<? extends Row<?>>> rows) {
        List<Row<?>> all = queues.stream().<Row<?>>flatMap(rows).toList();
        gauge.register(all, true);
    }

    private static Stream<Row<Number>> depths(QueueView queue) {
        Stream<Row<Number>> rows =
                Stream.of(depth(queue, "scheduled", queue.scheduled()), depth(queue, "dead", queue.dead()));
        return queue.indexed()
                ? Stream.concat(
                        rows, Stream.of(depth(queue, "ready", queue.ready()), depth(queue, "running", queue.running())))
                : rows;
    }

    private static Row<Number> depth(QueueView queue, String state, long count) {
        return Row.of(tags(queue).and("state", state), count);
    }

    private static Stream<Row<Number>> age(QueueView queue) {
        return queue.indexed() ? Stream.of(Row.of(tags(queue), queue.oldestReadyAgeSeconds())) : Stream.empty();
    }

    private static Tags tags(QueueView queue) {
        return Tags.of("queue", queue.name());
    }
}
