package io.millrace.core.lease;

import io.millrace.core.job.Entry;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.protocol.QueueName;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * This worker's hold on one entry, as far as the worker itself can tell: it counts on its own monotonic clock, from when
 * the last successful claim or renewal was sent. Safe for any number of threads.
 */
public final class Lease {

    /** What may become of a lease while its job runs. */
    public enum Event {
        /** Another holder has it, or it could not be renewed in time: the work must stop. */
        LOST,
        /** Somebody asked for the job to be cancelled. */
        CANCEL_REQUESTED
    }

    /** Hears of events; called at most once for each, by the keeper's thread, and must not block. */
    @FunctionalInterface
    public interface Listener {
        /** Something happened to the lease. */
        void on(Event event);
    }

    private final QueueName queue;
    private final Held held;
    private final AtomicReference<@Nullable Listener> listener = new AtomicReference<>();
    private volatile long epoch;
    private volatile long validUntilNanos;
    private volatile boolean begun;
    private volatile boolean lost;
    private volatile boolean cancelRequested;

    Lease(QueueName queue, Held held, long epoch, long validUntilNanos) {
        this.queue = queue;
        this.held = held;
        this.epoch = epoch;
        this.validUntilNanos = validUntilNanos;
    }

    QueueName queue() {
        return queue;
    }

    Held held() {
        return held;
    }

    /** What is leased. */
    public Entry entry() {
        return held.entry();
    }

    /** Names the claim that holds it. */
    public String holder() {
        return held.holder();
    }

    /**
     * Begins the work, if the lease surely holds. What could not begin in time is dropped for good: it may be somebody
     * else's by now.
     *
     * @param onEvent hears what happens from now on
     */
    public boolean begin(Listener onEvent) {
        if (!beginUnlessLost()) {
            return false;
        }
        listener.set(onEvent);
        if (lost) {
            onEvent.on(Event.LOST);
        }
        if (cancelRequested) {
            onEvent.on(Event.CANCEL_REQUESTED);
        }
        return true;
    }

    private synchronized boolean beginUnlessLost() {
        if (lost || System.nanoTime() - validUntilNanos >= 0) {
            return false;
        }
        begun = true;
        return true;
    }

    /** Gives up what has not begun, for good; false where it has. */
    synchronized boolean loseUnlessBegun() {
        if (begun) {
            return false;
        }
        lost = true;
        return true;
    }

    /** Whether it was lost. */
    public boolean isLost() {
        return lost;
    }

    /** Whether its work has begun. */
    boolean hasBegun() {
        return begun;
    }

    /** The number of the index under which it is known: that of its claim, or of its registration. */
    long epoch() {
        return epoch;
    }

    void renewed(long underEpoch, long untilNanos) {
        epoch = underEpoch;
        validUntilNanos = untilNanos;
    }

    void lose() {
        if (!lost) {
            lost = true;
            tell(Event.LOST);
        }
    }

    void requestCancel() {
        if (!cancelRequested) {
            cancelRequested = true;
            tell(Event.CANCEL_REQUESTED);
        }
    }

    private void tell(Event event) {
        Listener current = listener.get();
        if (current != null) {
            current.on(event);
        }
    }
}
