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

    /** Where files that the job makes go, and where those of other jobs are read. */
    ArtifactStore artifacts();
}
