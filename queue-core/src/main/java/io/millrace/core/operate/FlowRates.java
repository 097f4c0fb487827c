package io.millrace.core.operate;

import io.millrace.core.redis.QueueIndex.Depth;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Rates from the running totals of the queues' indexes. Each look at a queue leaves a mark; a rate is told over the time
 * since a mark that is {@value #WINDOW_SECONDS} to twice as many seconds old, or since the last look where looks are rarer.
 * A total that went down (its index was rebuilt) begins anew. Safe for any number of threads.
 */
final class FlowRates {

    private static final int WINDOW_SECONDS = 10;
    private static final long WINDOW = Duration.ofSeconds(WINDOW_SECONDS).toNanos();

    /** So short a time says nothing. */
    private static final long SHORTEST = Duration.ofMillis(500).toNanos();

    private final Map<QueueName, Marks> marks = new ConcurrentHashMap<>();

    /**
     * What flowed.
     *
     * @param acceptedPerSecond jobs
     * @param finishedPerSecond jobs
     * @param over how long it was measured; zero when nothing is known
     */
    record Flow(double acceptedPerSecond, double finishedPerSecond, Duration over) {

        static final Flow UNKNOWN = new Flow(0, 0, Duration.ZERO);
    }

    private record Mark(long atNanos, long accepted, long finished) {

        boolean isBefore(Mark now) {
            return accepted <= now.accepted && finished <= now.finished;
        }

        Flow until(Mark now) {
            long nanos = now.atNanos - atNanos;
            return nanos < SHORTEST || !isBefore(now)
                    ? Flow.UNKNOWN
                    : new Flow(
                            (now.accepted - accepted) * 1e9 / nanos,
                            (now.finished - finished) * 1e9 / nanos,
                            Duration.ofNanos(nanos));
        }
    }

    /** What rates are measured from, and what they will be measured from when that is too old. */
    private record Marks(Mark from, Mark next) {

        Marks at(Mark now) {
            if (!next.isBefore(now)) {
                return new Marks(now, now);
            }
            return now.atNanos - next.atNanos >= WINDOW ? new Marks(next, now) : this;
        }
    }

    /** Notes the totals of now and tells the rates up to now. */
    Flow at(QueueName queue, Depth depth, long nowNanos) {
        Mark now = new Mark(nowNanos, depth.accepted(), depth.finished());
        Marks known = marks.merge(queue, new Marks(now, now), (before, fresh) -> before.at(now));
        return known.from.until(now);
    }
}
