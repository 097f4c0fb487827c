package io.millrace.worker.run;

import io.millrace.core.dispatch.Dispatcher;
import io.millrace.core.dispatch.Dispatcher.Claim;
import io.millrace.core.job.EngineException;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Claims the jobs of one queue for as many slots as are free. It waits on the queue's wake-up mark while there is
 * nothing, and goes straight on while there is.
 */
final class QueueRunner implements AutoCloseable {

    private static final int MOST_PER_CLAIM = 1_000;
    /** So few jobs start sooner when the claimer reads their rows itself than when it wakes a thread for it. */
    private static final int FEW = 16;

    private static final Duration WHILE_FULL = Duration.ofMillis(10);
    private static final Duration WHILE_QUIET = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration AFTER_UNREAD = Duration.ofMillis(200);

    private final QueueName queue;
    private final int concurrency;
    private final Dispatcher dispatcher;
    private final QueueIndex index;
    private final JobRunner runner;
    private final ExecutorService starters;
    private final BooleanSupplier quiet;
    private final Semaphore slots;
    private final Loop loop;

    QueueRunner(
            QueueName queue,
            int concurrency,
            Dispatcher dispatcher,
            QueueIndex index,
            JobRunner runner,
            ExecutorService starters,
            BooleanSupplier quiet) {
        this.queue = queue;
        this.concurrency = concurrency;
        this.dispatcher = dispatcher;
        this.index = index;
        this.runner = runner;
        this.starters = starters;
        this.quiet = quiet;
        this.slots = new Semaphore(concurrency);
        this.loop = new Loop("claim-" + queue, this::step);
    }

    QueueName queue() {
        return queue;
    }

    int concurrency() {
        return concurrency;
    }

    void start() {
        loop.start();
    }

    private Duration step() throws InterruptedException {
        if (quiet.getAsBoolean()) {
            return WHILE_QUIET;
        }
        if (runner.isFull()) {
            return WHILE_FULL;
        }
        int free = takeSlots();
        Claim claim = new Claim(queue, List.of(), LONGEST_WAIT);
        try {
            if (!loop.isClosing() && !quiet.getAsBoolean()) {
                claim = dispatcher.claim(queue, free);
            }
        } finally {
            slots.release(free - claim.leases().size());
        }
        if (claim.leases().size() > FEW) {
            Claim got = claim;
            starters.execute(() -> startAll(got));
        } else if (!claim.leases().isEmpty()) {
            startAll(claim);
        }
        if (claim.leases().size() < free && !loop.isClosing()) {
            index.awaitWork(queue, wait(claim.untilNext()));
        }
        return Duration.ZERO;
    }

    /** Waits for one slot and takes all that are free, up to what a claim may take. */
    private int takeSlots() throws InterruptedException {
        slots.acquire();
        int more = Math.min(slots.availablePermits(), MOST_PER_CLAIM - 1);
        return more > 0 && slots.tryAcquire(more) ? 1 + more : 1;
    }

    private static Duration wait(Duration untilNext) {
        return untilNext.isNegative() || untilNext.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : untilNext;
    }

    private void startAll(Claim claim) {
        List<ClaimedJob> runnable;
        try {
            runnable = dispatcher.read(claim, runner.roomForPayload());
        } catch (EngineException e) {
            // The jobs are claimable again at once: without a rest they would go round in circles until the store is
            // back.
            LockSupport.parkNanos(AFTER_UNREAD.toNanos());
            slots.release(claim.leases().size());
            return;
        }
        slots.release(claim.leases().size() - runnable.size());
        runner.start(runnable, slots::release);
    }

    /** Claims no more; returns at once. */
    void stop() {
        loop.stop();
    }

    /** Claims no more; returns when the last claim has been handed to its starter. */
    @Override
    public void close() {
        loop.close();
    }
}
