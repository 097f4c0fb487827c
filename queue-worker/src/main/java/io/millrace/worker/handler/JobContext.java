package io.millrace.worker.handler;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a handler may know and use while it works on one job. Safe to use from any thread of that attempt. */
public interface JobContext {

    /** The job's id: the key that makes effects repeatable. */
    JobId jobId();

    /** The job's type. */
    JobType type();

    /** The queue it came from. */
    QueueName queue();

    /** Which attempt this is, from 1. Crashes and shutdowns do not count. */
    int attempt();

    /**
     * The number of this run: higher than that of every run before it. A store that refuses what comes with a lower
     * number than it has seen keeps out a run that lost its lease without noticing.
     */
    int fence();

    /** How many attempts may fail before the job is dead. */
    int maxAttempts();

    /** The job's tags. */
    List<String> tags();

    /** When this attempt is interrupted for taking too long; empty when it may take any time. */
    Optional<Instant> deadline();

    /** Whether the work should stop: the job was cancelled, timed out, or this worker lost its lease. */
    boolean isCancelled();

    /**
     * The step of a trace that asked for the job, as its submit gave it (W3C Trace Context): {@code
     * 00-<trace id>-<parent id>-<flags>}; empty when it gave none or an invalid one. While the handler runs, the logging
     * context (MDC) of its thread has it as {@code traceparent}, and its trace id as {@code trace_id}.
     */
    default Optional<String> traceparent() {
        return Optional.empty();
    }

    /** Identifies the worker process. */
    String workerId();

    /** As {@link #progress(double, String)}, without a message. */
    default void progress(double fraction) {
        progress(fraction, "");
    }

    /**
     * Tells how far this attempt is, for whoever looks at the job. Never waits and never fails: only the last word of each
     * half second is sent, and it is lost while Redis is away. Within an attempt it never goes back.
     *
     * @param fraction 0 to 1; what is outside is brought into that range
     * @param message what it is at, such as {@code page 4 of 10}; cut at
     *     {@link io.millrace.protocol.Limits#MAX_LOG_LINE_BYTES}
     */
    default void progress(double fraction, String message) {}

    /**
     * Adds a line to the job's log, for whoever looks at the job; a text of several lines adds each. Never waits and never
     * fails. Of a job the last {@link io.millrace.protocol.Limits#MAX_LOG_LINES} lines are kept, of each line
     * {@link io.millrace.protocol.Limits#MAX_LOG_LINE_BYTES} bytes, for a day after the last unless the deployment says
     * otherwise; they live in Redis and are lost with it. What must last belongs into the worker's own log.
     */
    default void log(String line) {}

    /** Where files that the job makes go, and where those of other jobs are read. */
    ArtifactStore artifacts();
}
