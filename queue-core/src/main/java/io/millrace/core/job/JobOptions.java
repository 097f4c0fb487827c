package io.millrace.core.job;

import io.millrace.protocol.Limits;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.util.Optional;

/**
 * How a job is run. What its submit asked for is the job's own and kept as it was at acceptance; what it left open follows
 * the rules of the handler that runs it, and where these say nothing, the defaults of the version that runs it.
 *
 * @param retry how often and how soon a failing job is tried again
 * @param timeout how long one attempt may take; empty for no limit
 * @param ownRetry whether {@code retry} was asked for
 * @param ownTimeout whether {@code timeout} was asked for
 * @param resultLife how long its result and files are kept after its success; empty: as long as the job
 * @param trace the trace that asked for it
 */
public record JobOptions(
        RetryPolicy retry,
        Optional<Duration> timeout,
        boolean ownRetry,
        boolean ownTimeout,
        Optional<Duration> resultLife,
        Optional<TraceParent> trace) {

    /** What a submit that says nothing gets. */
    public static final JobOptions DEFAULT = new JobOptions(
            RetryPolicy.DEFAULT, Optional.of(Limits.DEFAULT_TIMEOUT), false, false, Optional.empty(), Optional.empty());

    /**
     * @throws IllegalArgumentException when the timeout is not positive or above {@link Limits#MAX_TIMEOUT}, or the
     *     result's life is not within its limits
     */
    public JobOptions {
        if (timeout.isPresent() && (!timeout.get().isPositive() || timeout.get().compareTo(Limits.MAX_TIMEOUT) > 0)) {
            throw new IllegalArgumentException("timeout " + timeout.get() + " is not up to " + Limits.MAX_TIMEOUT);
        }
        if (resultLife.isPresent()
                && (resultLife.get().compareTo(Limits.SHORTEST_RESULT_LIFE) < 0
                        || resultLife.get().compareTo(Limits.LONGEST_RESULT_LIFE) > 0)) {
            throw new IllegalArgumentException("a result's life of " + resultLife.get() + " is not "
                    + Limits.SHORTEST_RESULT_LIFE + " to " + Limits.LONGEST_RESULT_LIFE);
        }
    }

    /** Options of which retry and timeout were asked for. */
    public JobOptions(RetryPolicy retry, Optional<Duration> timeout) {
        this(retry, timeout, true, true, Optional.empty(), Optional.empty());
    }

    /** The same, with a retry policy that was asked for. */
    public JobOptions withRetry(RetryPolicy asked) {
        return new JobOptions(asked, timeout, true, ownTimeout, resultLife, trace);
    }

    /** The same, with a timeout that was asked for; empty for no limit. */
    public JobOptions withTimeout(Optional<Duration> asked) {
        return new JobOptions(retry, asked, ownRetry, true, resultLife, trace);
    }

    /** The same, with a life of the result. */
    public JobOptions withResultLife(Duration life) {
        return new JobOptions(retry, timeout, ownRetry, ownTimeout, Optional.of(life), trace);
    }

    /** The same, as a step of a trace. */
    public JobOptions withTrace(TraceParent parent) {
        return new JobOptions(retry, timeout, ownRetry, ownTimeout, resultLife, Optional.of(parent));
    }

    /** What was asked for here, and {@code others} for the rest; result and trace are the job's own matter. */
    public JobOptions over(JobOptions others) {
        return new JobOptions(
                ownRetry ? retry : others.retry,
                ownTimeout ? timeout : others.timeout,
                ownRetry || others.ownRetry,
                ownTimeout || others.ownTimeout,
                resultLife,
                trace);
    }
}
