package io.millrace.api.events;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a picture every second while somebody listens, and hands the newest to each listener. The sampling thread is
 * started by the first listener and ends after the last. Safe for any number of threads; one lock guards everything, and
 * nothing slow happens under it.
 *
 * @param <P> what a picture is
 */
public final class SnapshotFeed<P> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFeed.class);

    private final Supplier<P> sampler;
    private final Duration interval;
    private final int mostListeners;
    private final ThreadFactory threads;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable P newest;
    private long version;
    private int listeners;
    private boolean sampling;
    private boolean closed;

    /**
     * @param sampler takes one picture; called by one thread at a time
     * @param interval from the start of one picture to the start of the next
     * @param mostListeners no more are let in
     * @param threads makes the sampling thread
     */
    public SnapshotFeed(Supplier<P> sampler, Duration interval, int mostListeners, ThreadFactory threads) {
        this.sampler = sampler;
        this.interval = interval;
        this.mostListeners = mostListeners;
        this.threads = threads;
    }

    /** Lets a listener in, unless there are too many or the feed is closed. */
    Optional<Listener> listen() {
        lock.lock();
        try {
            if (closed || listeners >= mostListeners) {
                return Optional.empty();
            }
            listeners++;
            if (!sampling) {
                sampling = true;
                threads.newThread(this::sample).start();
            }
            return Optional.of(new Listener(version));
        } finally {
            lock.unlock();
        }
    }

    /** Ends every listener's wait for good. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether pictures are being taken. */
    boolean isSampling() {
        lock.lock();
        try {
            return sampling;
        } finally {
            lock.unlock();
        }
    }

    private void sample() {
        long next = System.nanoTime();
        while (isWanted()) {
            try {
                publish(sampler.get());
            } catch (RuntimeException e) {
                LOG.warn("no picture could be taken; listeners keep the one before", e);
            }
            next = Math.max(next + interval.toNanos(), System.nanoTime());
            rest(next);
        }
    }

    private boolean isWanted() {
        lock.lock();
        try {
            sampling = listeners > 0 && !closed;
            return sampling;
        } finally {
            lock.unlock();
        }
    }

    private void publish(P picture) {
        lock.lock();
        try {
            newest = picture;
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void rest(long until) {
        lock.lock();
        try {
            long left = until - System.nanoTime();
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** One who listens; used by one thread. */
    final class Listener implements AutoCloseable {

        private long seen;

        private Listener(long seen) {
            this.seen = seen;
        }

        /** Waits for a picture newer than the last; empty when none came in time, or none will come any more. */
        Optional<P> next(Duration longest) throws InterruptedException {
            lock.lock();
            try {
                long left = longest.toNanos();
                while (version == seen && !closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
                if (version == seen || closed) {
                    return Optional.empty();
                }
                seen = version;
                return Optional.ofNullable(newest);
            } finally {
                lock.unlock();
            }
        }

        /** Whether the feed has ended. */
        boolean isOver() {
            lock.lock();
            try {
                return closed;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                listeners--;
            } finally {
                lock.unlock();
            }
        }
    }
}
