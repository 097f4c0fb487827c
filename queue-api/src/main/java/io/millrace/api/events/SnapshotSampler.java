package io.millrace.api.events;

import io.millrace.api.http.JsonText;
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
 * Takes pictures of the system, as JSON bytes. What cannot be read, because its server is down, is empty in the picture;
 * the picture itself then says which server is down. Used by one thread at a time.
 */
public final class SnapshotSampler implements Supplier<byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSampler.class);
    private static final int FAILURES_SHOWN = 20;

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
    public byte[] get() {
        HealthReport servers = health.check();
        List<QueueView> all = orNone(queues::read);
        Instant at = clock.instant();
        var picture =
                new Snapshot(at, rates.next(at, all), orNone(workers::live), orNone(this::newestFailures), servers);
        return JsonText.bytes(picture::write);
    }

    private List<RecentFailure> newestFailures() {
        return failures.latest(FAILURES_SHOWN);
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
