package io.millrace.worker.run;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.job.JobOptions;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.lease.Lease;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.TraceParent;
import io.millrace.protocol.WorkerView;
import io.millrace.worker.handler.HandlerRegistry.Registration;
import io.millrace.worker.handler.JobContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt while its handler runs: what the handler may ask, and the one place from which its thread is interrupted.
 * The first reason to stop wins; none comes through after the handler has returned.
 */
final class RunningJob implements JobContext {

    private final ClaimedJob job;
    private final JobOptions options;
    private final boolean cpuBound;
    private final String workerId;
    private final ArtifactStore artifacts;
    private final Thread thread;
    private final long startedNanos = System.nanoTime();
    private final Instant startedAt;
    private final Runnable freeSlot;
    private final NoteKeeper keeper;
    private @Nullable Notes notes;
    private @Nullable StopReason stopReason;
    private long stoppedNanos;
    private boolean returned;
    private boolean givenUp;

    /** Why a handler is interrupted. */
    enum StopReason {
        /** The attempt took longer than its timeout. */
        TIMEOUT,
        /** Somebody asked for it. */
        CANCEL,
        /** The lease is another's: whatever happens here will not be recorded. */
        LEASE_LOST,
        /** The worker stops and its grace period is over. */
        SHUTDOWN
    }

    /** @param registration the handler of its type, with the rules that hold for it */
    RunningJob(
            ClaimedJob job,
            Registration<?> registration,
            String workerId,
            ArtifactStore artifacts,
            Instant startedAt,
            NoteKeeper keeper,
            Runnable freeSlot) {
        this.job = job;
        this.options = registration.rules().optionsOf(job.row().options());
        this.cpuBound = registration.handler().cpuBound();
        this.workerId = workerId;
        this.artifacts = artifacts;
        this.startedAt = startedAt;
        this.thread = Thread.currentThread();
        this.keeper = keeper;
        this.freeSlot = freeSlot;
    }

    ClaimedJob job() {
        return job;
    }

    boolean cpuBound() {
        return cpuBound;
    }

    /** The job's own over those of its type. */
    JobOptions options() {
        return options;
    }

    long startedNanos() {
        return startedNanos;
    }

    WorkerView.RunningJob view() {
        return new WorkerView.RunningJob(jobId().toString(), type().value(), queue().value(), attempt(), startedAt);
    }

    Duration ran() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    void onLeaseEvent(Lease.Event event) {
        switch (event) {
            case LOST -> stop(StopReason.LEASE_LOST);
            case CANCEL_REQUESTED -> stop(StopReason.CANCEL);
        }
    }

    /** Interrupts the handler, unless it has returned or was told to stop before. */
    synchronized void stop(StopReason reason) {
        if (!returned && stopReason == null) {
            stopReason = reason;
            stoppedNanos = System.nanoTime();
            thread.interrupt();
        }
    }

    /**
     * The handler has returned: from now on nothing interrupts the thread, and its slot is free.
     *
     * @return why the handler was told to stop, if it was; nothing at all when the attempt was given up before
     */
    synchronized Return markReturned() {
        if (returned) {
            return new Return(true, Optional.empty());
        }
        returned = true;
        freeSlot.run();
        return new Return(false, Optional.ofNullable(stopReason));
    }

    /**
     * Gives up a handler that has ignored its interrupt for so long: its slot is free, its outcome will not count.
     *
     * @param onGivenUp called before {@link #wasGivenUp} can answer true
     */
    synchronized Optional<StopReason> giveUpIfStuck(Duration patience, Runnable onGivenUp) {
        if (returned || stopReason == null || System.nanoTime() - stoppedNanos < patience.toNanos()) {
            return Optional.empty();
        }
        onGivenUp.run();
        returned = true;
        givenUp = true;
        freeSlot.run();
        return Optional.of(stopReason);
    }

    /** Whether the attempt went on without its handler. */
    synchronized boolean wasGivenUp() {
        return givenUp;
    }

    /** Where the handler hangs, for the log. */
    String whereItHangs() {
        StackTraceElement[] trace = thread.getStackTrace();
        return trace.length == 0 ? "unknown" : trace[0] + (trace.length > 1 ? " called by " + trace[1] : "");
    }

    /**
     * How a handler's return was taken.
     *
     * @param tooLate the attempt was given up before
     * @param stop why the handler had been told to stop
     */
    record Return(boolean tooLate, Optional<StopReason> stop) {}

    void stopIfOverdue() {
        options.timeout().ifPresent(timeout -> {
            if (ran().compareTo(timeout) > 0) {
                stop(StopReason.TIMEOUT);
            }
        });
    }

    @Override
    public JobId jobId() {
        return job.entry().id();
    }

    @Override
    public JobType type() {
        return job.row().type();
    }

    @Override
    public QueueName queue() {
        return job.queue();
    }

    @Override
    public int attempt() {
        return job.attempt();
    }

    @Override
    public int fence() {
        return job.entry().fence();
    }

    @Override
    public int maxAttempts() {
        return options.retry().maxAttempts();
    }

    @Override
    public List<String> tags() {
        return job.row().tags();
    }

    @Override
    public Optional<Instant> deadline() {
        return options.timeout().map(startedAt::plus);
    }

    @Override
    public synchronized boolean isCancelled() {
        return stopReason != null;
    }

    @Override
    public void progress(double fraction, String message) {
        notes().ifPresent(book -> book.progress(fraction, message));
    }

    @Override
    public void log(String line) {
        notes().ifPresent(book -> book.log(line));
    }

    /** Made for the first word; none is taken any more once the attempt is over. */
    private synchronized Optional<Notes> notes() {
        if (notes == null && !returned) {
            notes = keeper.open(jobId(), fence(), attempt());
        }
        return returned ? Optional.empty() : Optional.ofNullable(notes);
    }

    @Override
    public Optional<String> traceparent() {
        return options.trace().map(TraceParent::value);
    }

    @Override
    public String workerId() {
        return workerId;
    }

    @Override
    public ArtifactStore artifacts() {
        return artifacts;
    }
}
