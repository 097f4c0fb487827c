package io.millrace.worker.run;

import io.millrace.core.QueueEngine.WorkerParts;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.thread.Loop;
import io.millrace.core.thread.NamedThreads;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.WorkerState;
import io.millrace.protocol.WorkerView;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker at work: a claimer for each queue it serves, the keeping of its leases, its signs of life.
 *
 * <h2>How it stops</h2>
 *
 * First no claimer claims any more. What runs may end within the grace period. What is left is interrupted and handed
 * back, which costs the job no attempt. Only then outcomes are flushed and the leases dropped.
 *
 * <h2>How it is steered</h2>
 *
 * The answer to each sign of life tells the state that an operator asked for. A loss of Redis loses that word, not what
 * it has brought about: only the word to be active ends a quiet time.
 */
public final class WorkerLoop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WorkerLoop.class);
    private static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(3);
    private static final Duration DISCOVER_EVERY = Duration.ofMillis(500);
    private static final Duration CHECK_TIMEOUTS_EVERY = Duration.ofMillis(100);
    private static final Duration WATCH_THREADS_EVERY = Duration.ofMillis(250);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);

    private final Identity identity;
    private final Serving serving;
    private final WorkerParts parts;
    private final JobRunner runner;
    private final Map<QueueName, QueueRunner> queues = new ConcurrentHashMap<>();
    private final ExecutorService starters = NamedThreads.reused("start");
    private final List<Loop> loops;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile WorkerState state = WorkerState.ACTIVE;
    private volatile boolean toldToStop;

    /**
     * Who this worker is.
     *
     * @param id unique for each start
     * @param host where it runs
     * @param version the Millrace it runs
     * @param startedAt when it started
     * @param types what it has handlers for
     */
    public record Identity(String id, String host, String version, Instant startedAt, List<JobType> types) {}

    /**
     * What it serves.
     *
     * @param named queues with a concurrency of their own; if there are any, no other queue is served
     * @param fallback the concurrency of a queue that was not named
     * @param grace how long running jobs may go on when it stops
     * @param onStopOrder what is done when an operator tells it to stop; empty to close it
     */
    public record Serving(
            Map<QueueName, Integer> named,
            ToIntFunction<QueueName> fallback,
            Duration grace,
            Optional<Runnable> onStopOrder) {}

    /** Wires the worker; {@link #start} sets it to work. */
    public WorkerLoop(Identity identity, Serving serving, WorkerParts parts, JobRunner runner) {
        this.identity = identity;
        this.serving = serving;
        this.parts = parts;
        this.runner = runner;
        this.loops = List.of(
                new Loop("announce", () -> {
                    announce();
                    return ANNOUNCE_EVERY;
                }),
                new Loop("discover", () -> {
                    discover();
                    return DISCOVER_EVERY;
                }),
                new Loop("carrier-watch", () -> {
                    runner.watchThreads();
                    return WATCH_THREADS_EVERY;
                }),
                new Loop("attempt-timeouts", () -> {
                    runner.stopOverdue();
                    return CHECK_TIMEOUTS_EVERY;
                }));
    }

    /** Starts claiming. */
    public void start() {
        parts.leases().start();
        serving.named.forEach(this::serve);
        loops.forEach(Loop::start);
        log.info("worker {} serves {}", identity.id, serving.named.isEmpty() ? "all queues" : serving.named);
    }

    private void discover() {
        if (serving.named.isEmpty()) {
            for (QueueName queue : parts.index().announced()) {
                if (!queues.containsKey(queue)) {
                    serve(queue, serving.fallback.applyAsInt(queue));
                }
            }
        }
    }

    private void serve(QueueName queue, int concurrency) {
        if (state == WorkerState.STOPPING) {
            return;
        }
        QueueRunner fresh =
                new QueueRunner(queue, concurrency, parts.dispatcher(), parts.index(), runner, starters, this::isQuiet);
        queues.put(queue, fresh);
        fresh.start();
    }

    private boolean isQuiet() {
        return state == WorkerState.QUIET;
    }

    private void announce() {
        boolean changed = tell().map(this::follow).orElse(false);
        if (changed) {
            var unused = tell();
        }
    }

    private Optional<WorkerState> tell() {
        return parts.directory().announce(view(), runner.jobs(WorkerView.MOST_JOBS));
    }

    /** Whether that changed anything. */
    private synchronized boolean follow(WorkerState asked) {
        if (state == WorkerState.STOPPING || toldToStop || asked == state) {
            return false;
        }
        log.info("worker {} is asked to be {}", identity.id, asked.wireName());
        if (asked == WorkerState.STOPPING) {
            toldToStop = true;
            NamedThreads.platform("stop-order")
                    .newThread(serving.onStopOrder.orElse(this::close))
                    .start();
            return false;
        }
        state = asked;
        return true;
    }

    private synchronized void beginStopping() {
        state = WorkerState.STOPPING;
    }

    /** This worker as it shows itself. */
    public WorkerView view() {
        List<WorkerView.Slots> slots = queues.values().stream()
                .map(queue -> new WorkerView.Slots(queue.queue().value(), queue.concurrency()))
                .sorted(Comparator.comparing(WorkerView.Slots::queue))
                .toList();
        return new WorkerView(
                identity.id,
                identity.host,
                ProcessHandle.current().pid(),
                identity.version,
                identity.startedAt,
                Instant.EPOCH,
                state.wireName(),
                null,
                slots,
                identity.types.stream().map(JobType::value).sorted().toList(),
                parts.leases().held(),
                List.of());
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            awaitStop();
            return;
        }
        try {
            stop();
        } finally {
            stopped.countDown();
        }
    }

    private void stop() {
        beginStopping();
        loops.get(1).close();
        queues.values().forEach(QueueRunner::stop);
        queues.values().forEach(QueueRunner::close);
        tellDirectory(this::announce);
        runner.drain();
        starters.close();
        if (!runner.awaitIdle(serving.grace)) {
            runner.stopAll(INTERRUPT_GRACE);
        }
        runner.close();
        parts.finisher().close();
        parts.leases().close();
        loops.forEach(Loop::close);
        tellDirectory(() -> parts.directory().leave(identity.id));
        log.info("worker {} has stopped", identity.id);
    }

    /** Whoever closes it second, be it because of an order, returns when it has really stopped too. */
    private void awaitStop() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tellDirectory(Runnable word) {
        try {
            word.run();
        } catch (IndexUnavailableException e) {
            log.debug("the directory of workers could not be told: {}", e.getMessage());
        }
    }
}
