package io.millrace.api.events;

import io.millrace.core.operate.Health;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.QueueDepths;
import io.millrace.core.operate.RecentFailures;
import io.millrace.core.operate.RecentFailures.RecentFailure;
import io.millrace.core.operate.WorkerRegistry;
import io.millrace.protocol.QueueView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pictures of the system. What cannot be read, because its server is down, is empty in the picture;
 * the picture itself then says which server is down. Used by one thread at a time.
 */
public final class SnapshotSampler implements Supplier<Picture> {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSampler.class);
    /** More than are shown, for those who see the failures of some queues only. */
    private static final int FAILURES_LOOKED_AT = 200;

    private final QueueDepths queues;
    private final WorkerRegistry workers;
    private final RecentFailures failures;
    private final Health health;
    private final InstantSource clock;
    private final Rates rates = new Rates();

    /** Takes pictures of what these show, each time anew. */
    public SnapshotSampler(
            QueueDepths queues, WorkerRegistry workers, RecentFailures failures, Health health, InstantSource clock) {
        this.queues = queues;
        this.workers = workers;
        this.failures = failures;
        this.health = health;
        this.clock = clock;
    }

    @Override
    public Picture get() {
        HealthReport servers = health.check();
        List<QueueView> all = orNone(queues::read);
        Instant at = clock.instant();
        return new Picture(
                new Snapshot(at, rates.next(at, all), orNone(workers::live), orNone(this::newestFailures), servers));
    }

    private List<RecentFailure> newestFailures() {
        return failures.latest(FAILURES_LOOKED_AT);
    }

    private static <T> List<T> orNone(Supplier<List<T>> source) {
        try {
            return source.get();
        } catch (RuntimeException e) {
            LOG.debug("a part of the picture cannot be read", e);
            return List.of();
        }
    }
}
