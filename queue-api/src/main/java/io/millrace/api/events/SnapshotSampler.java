package io.millrace.api.events;

import io.millrace.api.http.JsonText;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.RecentFailures.RecentFailure;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
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

    private final Supplier<List<QueueView>> queues;
    private final Supplier<List<WorkerView>> workers;
    private final Supplier<List<RecentFailure>> failures;
    private final Supplier<HealthReport> health;
    private final InstantSource clock;
    private final Rates rates = new Rates();

    /** Each supplier reads anew at each call. */
    public SnapshotSampler(
            Supplier<List<QueueView>> queues,
            Supplier<List<WorkerView>> workers,
            Supplier<List<RecentFailure>> failures,
            Supplier<HealthReport> health,
            InstantSource clock) {
        this.queues = queues;
        this.workers = workers;
        this.failures = failures;
        this.health = health;
        this.clock = clock;
    }

    @Override
    public byte[] get() {
        HealthReport servers = health.get();
        List<QueueView> all = orNone(queues);
        Instant at = clock.instant();
        var picture = new Snapshot(at, rates.next(at, all), orNone(workers), orNone(failures), servers);
        return JsonText.bytes(picture::write);
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
