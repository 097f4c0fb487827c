package io.millrace.core.operate;

import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts by queue that PostgreSQL must make row by row. The newest is used until it is {@value #SHARE} times as old as it
 * took to make, so that however many rows there are and however many ask, counting takes a {@value #SHARE}th of one
 * connection's time: with a thousand rows it is made for nearly everybody who asks, with a million every few seconds. One
 * thread counts; others take the count before meanwhile. Safe for any number of threads.
 */
final class CountedRows {

    private static final int SHARE = 20;

    private final Supplier<Map<QueueName, Long>> counter;
    private final ReentrantLock counting = new ReentrantLock();
    private volatile @Nullable Count newest;

    /**
     * A count.
     *
     * @param byQueue queues without any are left out
     * @param atNanos when it was made
     * @param tookNanos how long that took
     */
    record Count(Map<QueueName, Long> byQueue, long atNanos, long tookNanos) {

        long of(QueueName queue) {
            return byQueue.getOrDefault(queue, 0L);
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - atNanos);
        }

        private boolean isFresh() {
            return System.nanoTime() - atNanos < SHARE * tookNanos;
        }
    }

    CountedRows(Supplier<Map<QueueName, Long>> counter) {
        this.counter = counter;
    }

    /** @throws io.millrace.core.job.StoreUnavailableException when PostgreSQL is away and nothing fresh is known */
    Count read() {
        Count known = newest;
        if (known == null) {
            counting.lock();
        } else if (known.isFresh() || !counting.tryLock()) {
            return known;
        }
        try {
            Count meanwhile = newest;
            return meanwhile != null && meanwhile.isFresh() ? meanwhile : count();
        } finally {
            counting.unlock();
        }
    }

    private Count count() {
        long begun = System.nanoTime();
        Map<QueueName, Long> byQueue = Map.copyOf(counter.get());
        Count made = new Count(byQueue, begun, System.nanoTime() - begun);
        newest = made;
        return made;
    }
}
