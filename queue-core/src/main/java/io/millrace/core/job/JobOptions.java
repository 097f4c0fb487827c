package io.millrace.core.job;

import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.Optional;

/**
 * What a submit may settle about the running of its job. Stored with the job as it was at acceptance, so that a later
 * change of defaults does not touch jobs that wait.
 *
 * @param retry how often and how soon a failing job is tried again
 * @param timeout how long one attempt may take; empty for no limit
 */
public record JobOptions(RetryPolicy retry, Optional<Duration> timeout) {

    /** What a submit that says nothing gets. */
    public static final JobOptions DEFAULT = new JobOptions(RetryPolicy.DEFAULT, Optional.of(Limits.DEFAULT_TIMEOUT));

    /** @throws IllegalArgumentException when the timeout is not positive or above {@link Limits#MAX_TIMEOUT} */
    public JobOptions {
        if (timeout.isPresent() && (!timeout.get().isPositive() || timeout.get().compareTo(Limits.MAX_TIMEOUT) > 0)) {
            throw new IllegalArgumentException("timeout " + timeout.get() + " is not up to " + Limits.MAX_TIMEOUT);
        }
    }
}
