package io.millrace.core.job;

import io.millrace.protocol.Limits;
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
 */
public record JobOptions(RetryPolicy retry, Optional<Duration> timeout, boolean ownRetry, boolean ownTimeout) {

    /** What a submit that says nothing gets. */
    public static final JobOptions DEFAULT =
            new JobOptions(RetryPolicy.DEFAULT, Optional.of(Limits.DEFAULT_TIMEOUT), false, false);

    /** @throws IllegalArgumentException when the timeout is not positive or above {@link Limits#MAX_TIMEOUT} */
    public JobOptions {
        if (timeout.isPresent() && (!timeout.get().isPositive() || timeout.get().compareTo(Limits.MAX_TIMEOUT) > 0)) {
            throw new IllegalArgumentException("timeout " + timeout.get() + " is not up to " + Limits.MAX_TIMEOUT);
        }
    }

    /** Options that were both asked for. */
    public JobOptions(RetryPolicy retry, Optional<Duration> timeout) {
        this(retry, timeout, true, true);
    }

    /** The same, with a retry policy that was asked for. */
    public JobOptions withRetry(RetryPolicy asked) {
        return new JobOptions(asked, timeout, true, ownTimeout);
    }

    /** The same, with a timeout that was asked for; empty for no limit. */
    public JobOptions withTimeout(Optional<Duration> asked) {
        return new JobOptions(retry, asked, ownRetry, true);
    }

    /** What was asked for here, and {@code others} for the rest. */
    public JobOptions over(JobOptions others) {
        return new JobOptions(
                ownRetry ? retry : others.retry,
                ownTimeout ? timeout : others.timeout,
                ownRetry || others.ownRetry,
                ownTimeout || others.ownTimeout);
    }
}
