package io.millrace.core.job;

import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.Optional;

/**
 * What a submit may settle about the running of its job. A job whose options are all the defaults follows the defaults of
 * the version that runs it; any other job keeps all of its options as they were at acceptance.
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
