package io.millrace.worker.run;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.dispatch.Dispatcher;
import io.millrace.core.finish.Finisher;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.lease.LeaseKeeper;
import io.millrace.core.metrics.JobMetrics;
import io.millrace.protocol.WorkerView;
import io.millrace.worker.handler.HandlerRegistry;
import io.millrace.worker.handler.HandlerRegistry.Registration;
import io.millrace.worker.run.RunningJob.StopReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs claimed jobs: finds the handler, begins under the lease, and turns what the handler did into a verdict.
 *
 * <p>Each job has a thread of its own, see {@link HandlerThreads}. Safe for any number of threads.
 */
public final class JobRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JobRunner.class);

    /** How long a job rests that this worker has no handler for: others may, and what stands behind it goes on. */
    private static final Duration UNHANDLED_REST = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(5);
    /** How long a suspect rests while another one runs here. */
    private static final Duration SUSPECT_REST = Duration.ofSeconds(1);

    /** How long a job rests whose beginning could not be noted. */
    private static final Duration UNNOTED_REST = Duration.ofSeconds(1);

    /** How much payload of started jobs is held at once: an eighth of the heap. */
    private static final long MOST_PAYLOAD_BYTES = Runtime.getRuntime().maxMemory() / 8;

    private final HandlerRegistry handlers;
    private final Dispatcher dispatcher;
    private final Finisher finisher;
    private final LeaseKeeper leases;
    private final Surroundings surroundings;
    private final Verdicts verdicts;
    private final HandlerThreads threads = new HandlerThreads();
    private final Set<RunningJob> running = ConcurrentHashMap.newKeySet();
    private final Set<String> unhandledTypes = ConcurrentHashMap.newKeySet();
    /** One suspect at a time in this process. */
    private final Semaphore suspects = new Semaphore(1);

    private final AtomicLong payloadBytes = new AtomicLong();
    private final AtomicInteger started = new AtomicInteger();
    private volatile boolean draining;

    /**
     * What is around every job of a worker.
     *
     * @param workerId identifies the process
     * @param artifacts where files go
     * @param metrics what is counted
     * @param notes sends what handlers say of their jobs; closed with the runner
     * @param patience how long a handler may ignore its interrupt
     * @param clock tells handlers their deadline, and how far ahead a time is that they name
     */
    public record Surroundings(
            String workerId,
            ArtifactStore artifacts,
            JobMetrics metrics,
            NoteKeeper notes,
            Duration patience,
            InstantSource clock) {}

    /** Runs jobs with these handlers. */
    public JobRunner(
            HandlerRegistry handlers,
            Dispatcher dispatcher,
            Finisher finisher,
            LeaseKeeper leases,
            Surroundings surroundings) {
        this.handlers = handlers;
        this.dispatcher = dispatcher;
        this.finisher = finisher;
        this.leases = leases;
        this.surroundings = surroundings;
        this.verdicts = new Verdicts(surroundings.clock);
    }

    /** How many handlers run now. */
    public int running() {
        return running.size();
    }

    /** The jobs whose handlers run, the longest first. */
    List<WorkerView.RunningJob> jobs(int most) {
        return running.stream()
                .sorted(Comparator.comparingLong(attempt -> attempt.startedNanos()))
                .limit(most)
                .map(RunningJob::view)
                .toList();
    }

    /**
     * Starts jobs of one queue.
     *
     * @param freeSlot called once for each, when its slot is free again
     */
    public void start(List<ClaimedJob> jobs, Runnable freeSlot) {
        List<ClaimedJob> unhandled = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            Optional<Registration<?>> registration = handlers.find(job.row().type());
            if (registration.isPresent()) {
                start(job, registration.get(), freeSlot);
            } else {
                reportUnhandled(job);
                unhandled.add(job);
            }
        }
        dispatcher.putBack(unhandled, UNHANDLED_REST);
        unhandled.forEach(job -> freeSlot.run());
    }

    private void start(ClaimedJob job, Registration<?> registration, Runnable freeSlot) {
        payloadBytes.addAndGet(job.payload().length);
        started.incrementAndGet();
        threads.execute(registration.handler().cpuBound(), () -> {
            try {
                begin(job, registration, freeSlot);
            } finally {
                started.decrementAndGet();
                payloadBytes.addAndGet(-job.payload().length);
            }
        });
    }

    private void reportUnhandled(ClaimedJob job) {
        if (unhandledTypes.add(job.row().type().value())) {
            log.warn(
                    "no handler for jobs of type {}: they wait for a worker that has one",
                    job.row().type());
        }
    }

    /** A job that may have killed two workers runs alone among its like, so that a third death names the culprit. */
    private void begin(ClaimedJob job, Registration<?> registration, Runnable freeSlot) {
        boolean suspect = job.isSuspect();
        if (draining || (suspect && !suspects.tryAcquire())) {
            dispatcher.putBack(List.of(job), draining ? Duration.ZERO : SUSPECT_REST);
            freeSlot.run();
            return;
        }
        try {
            run(job, registration, freeSlot);
        } finally {
            if (suspect) {
                suspects.release();
            }
        }
    }

    private void run(ClaimedJob job, Registration<?> registration, Runnable freeSlot) {
        RunningJob attempt = new RunningJob(
                job,
                registration,
                surroundings.workerId,
                surroundings.artifacts,
                surroundings.clock.instant(),
                surroundings.notes,
                freeSlot);
        running.add(attempt);
        try {
            if (mayBegin(attempt)) {
                JobTrace.within(job.row().options().trace(), () -> verdict(attempt, registration))
                        .ifPresentOrElse(verdict -> finish(attempt, verdict), () -> leases.release(job.lease()));
            } else {
                attempt.markReturned();
                leases.release(job.lease());
            }
        } finally {
            running.remove(attempt);
            if (attempt.wasGivenUp()) {
                threads.found(attempt.cpuBound());
            }
        }
    }

    private boolean mayBegin(RunningJob attempt) {
        ClaimedJob job = attempt.job();
        boolean mustNote = job.mustNoteBegin();
        if (mustNote) {
            try {
                if (!dispatcher.noteBegun(job)) {
                    return false;
                }
            } catch (StoreUnavailableException e) {
                // Left to the reaper it would count as a crash.
                dispatcher.putBack(List.of(job), UNNOTED_REST);
                return false;
            }
        }
        boolean begun = job.lease().begin(attempt::onLeaseEvent);
        if (mustNote && !begun) {
            // Noted as begun it would count as a crash, though no handler saw it. Refused if the reaper was quicker.
            var unused = finisher.finish(job, new Verdict.HandedBack(Duration.ZERO), attempt.startedNanos());
        }
        return begun;
    }

    private void finish(RunningJob attempt, Verdict verdict) {
        ClaimedJob job = attempt.job();
        surroundings.metrics.ran(job.queue(), job.row().type(), verdict, attempt.ran());
        var unused = finisher.finish(job, verdict, attempt.startedNanos());
    }

    /** Empty when there is nothing to record: the lease is another's, or the attempt was given up before. */
    private <P> Optional<Verdict> verdict(RunningJob attempt, Registration<P> registration) {
        P payload;
        try {
            payload = registration.reader().read(attempt.job().payload());
        } catch (RuntimeException e) {
            attempt.markReturned();
            return Optional.of(new Verdict.Died(FailureReason.INVALID_PAYLOAD, Messages.of(e)));
        }
        Object result = null;
        Throwable thrown = null;
        try {
            result = registration.handler().handle(payload, attempt);
        } catch (Throwable e) {
            thrown = e;
        }
        RunningJob.Return returned = attempt.markReturned();
        // The flag may still stand where the handler ended in spite of it; a pooled thread must not carry it on.
        boolean unused = Thread.interrupted();
        if (returned.tooLate()) {
            return Optional.empty();
        }
        if (thrown == null) {
            return Optional.of(verdicts.success(result));
        }
        return returned.stop().isPresent()
                ? verdicts.afterStop(attempt, returned.stop().get(), Messages.of(thrown))
                : Optional.of(verdicts.afterThrow(attempt, registration.rules(), thrown));
    }

    /**
     * Interrupts the attempts that have taken longer than their timeout, and gives up those that ignore an interrupt:
     * their slot is free again, and their job goes on without them.
     */
    public void stopOverdue() {
        for (RunningJob attempt : running) {
            attempt.stopIfOverdue();
            giveUpIfStuck(attempt, surroundings.patience);
        }
    }

    private void giveUpIfStuck(RunningJob attempt, Duration patience) {
        attempt.giveUpIfStuck(patience, () -> threads.lost(attempt.cpuBound())).ifPresent(reason -> {
            log.warn(
                    "the handler of job {} ignores its interrupt ({}) and is given up; it hangs in {}",
                    attempt.jobId(),
                    reason,
                    attempt.whereItHangs());
            running.remove(attempt);
            verdicts.afterStop(attempt, reason, "the handler ignored its interrupt")
                    .ifPresentOrElse(
                            verdict -> finish(attempt, verdict),
                            () -> leases.release(attempt.job().lease()));
        });
    }

    /** Looks whether virtual threads get to run; to be called several times a second by one platform thread. */
    void watchThreads() {
        threads.look();
    }

    /**
     * Interrupts everything that runs, because the worker stops, and waits for it to be handed back.
     *
     * @param atMost how long a handler may take to notice
     */
    public void stopAll(Duration atMost) {
        running.forEach(attempt -> attempt.stop(StopReason.SHUTDOWN));
        awaitIdle(atMost);
        running.forEach(attempt -> giveUpIfStuck(attempt, Duration.ZERO));
    }

    /** Whether the payloads of started jobs fill what this process holds at once. */
    public boolean isFull() {
        return payloadBytes.get() >= MOST_PAYLOAD_BYTES;
    }

    /** How much payload this process may take in addition; never less than one. */
    public long roomForPayload() {
        return Math.max(1, MOST_PAYLOAD_BYTES - payloadBytes.get());
    }

    /** From now on, what has not begun goes back. */
    public void drain() {
        draining = true;
    }

    /** Waits until everything that was started has ended; false when that took too long. */
    public boolean awaitIdle(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (started.get() > 0) {
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return true;
    }

    @Override
    public void close() {
        threads.close();
        surroundings.notes.close();
    }
}
