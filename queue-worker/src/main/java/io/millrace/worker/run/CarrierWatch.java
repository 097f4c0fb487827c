package io.millrace.worker.run;

import io.millrace.core.thread.NamedThreads;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees whether virtual threads get to run.
 *
 * <h2>What it is for</h2>
 *
 * A virtual thread that computes and never waits keeps its carrier, and there are only as many carriers as cores. Where
 * each has such a handler, every other virtual thread stands still: handlers that wait are not woken, and those that are
 * interrupted do not hear it. Java does not share carriers out by time.
 *
 * <h2>What it does</h2>
 *
 * It starts a virtual thread at each look. When none has run for two seconds, it has the number of carriers doubled. The
 * system shares its cores out among them, so the rest goes on. Where that cannot be done, {@link #starved} tells, and new
 * handlers should have threads of the system.
 *
 * <p>{@link #look} belongs to one thread, a platform one; {@link #starved} may be asked by any.
 */
final class CarrierWatch {

    private static final Logger log = LoggerFactory.getLogger(CarrierWatch.class);
    private static final Duration TOO_LONG = Duration.ofSeconds(2);

    /** A look that comes so late says something about the whole process, which stood still itself. */
    private static final Duration LATE_LOOK = Duration.ofSeconds(1);

    /** Java adds a carrier only for a thread that finds the one of several queues empty that it is put into. */
    private static final int NUDGES = 8;

    private static final int MOST_PROBES = 8;

    private final IntSupplier widen;
    private final LongSupplier nanoTime;
    private final ThreadFactory probes;
    private final ThreadFactory nudgers = NamedThreads.platform("carrier-nudge");
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong lastRun;
    private long lastLook;
    private long judgedSince;
    private volatile boolean starved;

    /**
     * @param widen doubles the number of carriers and answers how many there may be; 0 when it cannot
     * @param probes makes virtual threads
     * @param nanoTime the monotonic clock
     */
    CarrierWatch(IntSupplier widen, ThreadFactory probes, LongSupplier nanoTime) {
        this.widen = widen;
        this.probes = probes;
        this.nanoTime = nanoTime;
        this.lastLook = nanoTime.getAsLong();
        this.judgedSince = lastLook;
        this.lastRun = new AtomicLong(lastLook);
    }

    /** Whether virtual threads stand still and nothing could be done about it. */
    boolean starved() {
        return starved;
    }

    /** Looks once; to be called several times a second. */
    void look() {
        long now = nanoTime.getAsLong();
        if (now - lastLook > LATE_LOOK.toNanos()) {
            judgedSince = now;
        }
        lastLook = now;
        long still = Math.min(now - lastRun.get(), now - judgedSince);
        if (still > TOO_LONG.toNanos()) {
            judgedSince = now;
            help();
        } else if (starved && now - lastRun.get() < LATE_LOOK.toNanos()) {
            starved = false;
        }
        if (waiting.get() < MOST_PROBES) {
            probe();
        }
    }

    private void probe() {
        waiting.incrementAndGet();
        probes.newThread(() -> {
                    waiting.decrementAndGet();
                    lastRun.set(nanoTime.getAsLong());
                })
                .start();
    }

    private void help() {
        int count = widen.getAsInt();
        String what = "no virtual thread ran for " + TOO_LONG.toSeconds()
                + " s: there are handlers that compute without a pause and are not cpuBound();";
        if (count > 0) {
            log.warn("{} there may be {} carriers now", what, count);
            for (int i = 0; i < NUDGES; i++) {
                nudgers.newThread(this::probe).start();
            }
        } else if (!starved) {
            starved = true;
            log.warn("{} until one runs, handlers that begin have threads of the system", what);
        }
    }
}
