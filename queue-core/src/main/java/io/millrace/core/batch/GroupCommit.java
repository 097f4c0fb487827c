package io.millrace.core.batch;

import io.millrace.core.job.OverloadedException;
import io.millrace.core.thread.NamedThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/**
 * Writes items in batches that the traffic itself makes.
 *
 * <h2>How it batches</h2>
 *
 * Each lane is one thread that takes everything that waits, up to the limits, writes it as one statement, and comes back
 * for what gathered meanwhile. An idle system writes an item at once and alone; a busy one carries hundreds by one fsync.
 *
 * <p>Small batches side by side would cost more than they save: what a statement costs beside its rows would be paid for
 * few of them. So a second batch leaves beside one that is on its way only when a quarter of a batch waits, or when
 * something has waited for longer than a usual write takes.
 *
 * <h2>When too much waits</h2>
 *
 * What is handed over faster than it is written would fill the memory, and make every item wait longer than anybody waits
 * for it. So items are refused when those that wait would take longer to write than {@link Limits#clearedWithin}: as many
 * batches as they make, at the pace of the last ones, or of the one that is on its way if that takes longer already. Up
 * to one full batch may wait however slow the writing is, and when nothing waits anything is taken.
 *
 * <h2>When a batch fails</h2>
 *
 * A failure that {@link Writer#isItemsFault} blames on an item splits the batch in halves, down to the one bad item,
 * which alone fails; its neighbours are written. Any other failure (the store is away) fails the whole batch.
 *
 * <p>All methods may be called from any thread.
 *
 * @param <T> what is written
 * @param <R> what writing one item answers
 */
public final class GroupCommit<T, R> implements AutoCloseable {

    /** How long an item waits for a batch that is on its way, before it leaves beside it. */
    private static final Duration PATIENCE = Duration.ofMillis(20);

    /** Of a full batch, what is enough to leave beside another. */
    private static final int CROWD = 4;

    private final Limits limits;
    private final long patienceNanos;
    private final ToIntFunction<T> weigher;
    private final Writer<T, R> writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Pending<T, R>> waiting = new ArrayDeque<>();
    private final List<Thread> lanes = new ArrayList<>();
    private final Pace pace = new Pace();
    private long waitingWeight;
    private int onTheirWay;
    /** Whether a free lane looks after what waits for too long. */
    private boolean watched;

    private boolean closed;

    /**
     * How much goes into a batch and how much may wait.
     *
     * @param batchItems most items of one batch
     * @param batchWeight most weight (bytes) of one batch; a single heavier item still goes, alone
     * @param waitingItems most items that wait; beyond it {@link #submit} is refused
     * @param waitingWeight most weight that waits
     * @param lanes batches that may be on their way at once
     * @param clearedWithin no more may wait than can be written in this time; empty where only the limits above hold
     */
    public record Limits(
            int batchItems,
            int batchWeight,
            int waitingItems,
            long waitingWeight,
            int lanes,
            Optional<Duration> clearedWithin) {

        /** As many as wait, whatever the time to write them. */
        public Limits(int batchItems, int batchWeight, int waitingItems, long waitingWeight, int lanes) {
            this(batchItems, batchWeight, waitingItems, waitingWeight, lanes, Optional.empty());
        }
    }

    /** Writes batches. Called by one thread a lane. */
    public interface Writer<T, R> {
        /** Writes all items or none, and answers one result each, in their order. */
        List<R> write(List<T> batch);

        /** Whether a failure was caused by one of the items, so that smaller batches may succeed. */
        default boolean isItemsFault(RuntimeException failure) {
            return false;
        }
    }

    private record Pending<T, R>(T item, int weight, long sinceNanos, CompletableFuture<R> answer) {}

    /**
     * Starts the lanes.
     *
     * @param name names the lanes' threads
     */
    public GroupCommit(String name, Limits limits, ToIntFunction<T> weigher, Writer<T, R> writer) {
        this(name, limits, PATIENCE, weigher, writer);
    }

    GroupCommit(String name, Limits limits, Duration patience, ToIntFunction<T> weigher, Writer<T, R> writer) {
        this.limits = limits;
        this.patienceNanos = patience.toNanos();
        this.weigher = weigher;
        this.writer = writer;
        ThreadFactory threads = NamedThreads.platform(name);
        for (int i = 0; i < limits.lanes(); i++) {
            Thread lane = threads.newThread(this::runLane);
            lanes.add(lane);
            lane.start();
        }
    }

    /**
     * Hands an item over; never blocks.
     *
     * @return completes when the item is written, or with the failure; with {@link OverloadedException} at once when too
     *     much waits
     */
    public CompletableFuture<R> submit(T item) {
        return submitAll(List.of(item)).getFirst();
    }

    /** Hands several items over, in order; all of them or, when too much waits, none. */
    public List<CompletableFuture<R>> submitAll(List<T> items) {
        List<Pending<T, R>> fresh = new ArrayList<>(items.size());
        long weight = 0;
        long now = System.nanoTime();
        for (T item : items) {
            int itemWeight = weigher.applyAsInt(item);
            weight += itemWeight;
            fresh.add(new Pending<>(item, itemWeight, now, new CompletableFuture<>()));
        }
        if (!enqueue(fresh, weight)) {
            OverloadedException full =
                    new OverloadedException("More waits to be written than can be cleared soon; try again shortly.");
            fresh.forEach(pending -> pending.answer.completeExceptionally(full));
        }
        List<CompletableFuture<R>> answers = new ArrayList<>(fresh.size());
        fresh.forEach(pending -> answers.add(pending.answer));
        return answers;
    }

    /** How many items wait. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private boolean enqueue(List<Pending<T, R>> fresh, long weight) {
        lock.lock();
        try {
            int items = waiting.size() + fresh.size();
            boolean full = items > limits.waitingItems
                    || waitingWeight + weight > limits.waitingWeight
                    || isBeyondPace(items, waitingWeight + weight);
            if (closed || (full && !waiting.isEmpty())) {
                return false;
            }
            waiting.addAll(fresh);
            waitingWeight += weight;
            if (mayLeave() || !watched) {
                arrived.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isBeyondPace(int items, long weight) {
        double batches = Math.max((double) items / limits.batchItems, (double) weight / limits.batchWeight);
        return limits.clearedWithin.isPresent()
                && batches > 1
                && batches * pace.nanosPerBatch(System.nanoTime()) / limits.lanes
                        > limits.clearedWithin.get().toNanos();
    }

    private boolean mayLeave() {
        return !waiting.isEmpty() && (onTheirWay == 0 || closed || isCrowd() || longestWaitNanos() >= patienceNanos);
    }

    private boolean isCrowd() {
        return waiting.size() >= limits.batchItems / CROWD || waitingWeight >= limits.batchWeight / CROWD;
    }

    private long longestWaitNanos() {
        return waiting.isEmpty() ? 0 : System.nanoTime() - waiting.element().sinceNanos;
    }

    private void runLane() {
        List<Pending<T, R>> batch = nextBatch();
        while (!batch.isEmpty()) {
            long left = System.nanoTime();
            write(batch);
            arrive(left);
            batch = nextBatch();
        }
    }

    private void arrive(long leftNanos) {
        lock.lock();
        try {
            onTheirWay--;
            pace.arrived(leftNanos, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Waits for work; empty only when closed and nothing is left. */
    private List<Pending<T, R>> nextBatch() {
        List<Pending<T, R>> batch = new ArrayList<>();
        lock.lock();
        try {
            awaitBatch();
            int weight = 0;
            while (!waiting.isEmpty() && batch.size() < limits.batchItems) {
                Pending<T, R> next = waiting.peek();
                if (!batch.isEmpty() && weight + next.weight > limits.batchWeight) {
                    break;
                }
                weight += next.weight;
                batch.add(waiting.remove());
            }
            waitingWeight -= weight;
            onTheirWay++;
            pace.left(System.nanoTime());
            if (mayLeave()) {
                arrived.signal();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** While nothing is on its way nothing can wait for too long, so that nobody needs to look at the clock. */
    private void awaitBatch() {
        while (!mayLeave() && !closed) {
            try {
                if (onTheirWay == 0) {
                    arrived.await();
                } else {
                    watched = true;
                    long unused = arrived.awaitNanos(patienceNanos - longestWaitNanos());
                }
            } catch (InterruptedException e) {
                // A lane ends when it is closed and has nothing left to write, never before.
            } finally {
                watched = false;
            }
        }
    }

    private void write(List<Pending<T, R>> batch) {
        List<R> results;
        try {
            results = writer.write(batch.stream().map(Pending::item).toList());
        } catch (RuntimeException e) {
            failOrSplit(batch, e);
            return;
        } catch (Error e) {
            // The lane goes on: without it, everything that is handed over later would wait for ever.
            batch.forEach(pending -> pending.answer.completeExceptionally(e));
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).answer.complete(results.get(i));
        }
    }

    private void failOrSplit(List<Pending<T, R>> batch, RuntimeException failure) {
        if (batch.size() > 1 && writer.isItemsFault(failure)) {
            int middle = batch.size() / 2;
            write(batch.subList(0, middle));
            write(batch.subList(middle, batch.size()));
        } else {
            batch.forEach(pending -> pending.answer.completeExceptionally(failure));
        }
    }

    /** Takes nothing more, writes what waits, and returns when the lanes have ended. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread lane : lanes) {
            try {
                lane.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
