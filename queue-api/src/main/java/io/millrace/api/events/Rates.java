package io.millrace.api.events;

import io.millrace.api.events.Snapshot.QueueRates;
import io.millrace.protocol.QueueView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rates from the differences of running totals. The first look at a queue, and a total that went down (its index was
 * rebuilt), give 0. Used by one thread at a time.
 */
final class Rates {

    private static final double TENTHS = 10.0;

    private Map<String, QueueView> before = Map.of();
    private Optional<Instant> beforeAt = Optional.empty();

    /** The queues with what flowed since the call before. */
    List<QueueRates> next(Instant at, List<QueueView> queues) {
        double seconds = beforeAt.map(earlier -> Duration.between(earlier, at).toNanos() / 1e9)
                .orElse(0.0);
        List<QueueRates> rates =
                queues.stream().map(queue -> rates(queue, seconds)).toList();
        var now = new HashMap<String, QueueView>();
        queues.forEach(queue -> now.put(queue.name(), queue));
        before = now;
        beforeAt = Optional.of(at);
        return rates;
    }

    private QueueRates rates(QueueView queue, double seconds) {
        @Nullable QueueView earlier = before.get(queue.name());
        if (earlier == null || seconds <= 0) {
            return new QueueRates(queue, 0, 0);
        }
        return new QueueRates(
                queue,
                rate(queue.acceptedTotal() - earlier.acceptedTotal(), seconds),
                rate(queue.finishedTotal() - earlier.finishedTotal(), seconds));
    }

    private static double rate(long difference, double seconds) {
        return difference <= 0 ? 0 : Math.round(difference / seconds * TENTHS) / TENTHS;
    }
}
