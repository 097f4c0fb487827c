package io.millrace.core.job;

import io.millrace.protocol.Limits;
import java.time.Duration;

/**
 * How often and how soon a failing job is tried again: the delay before attempt n + 1 is drawn from 0 to
 * {@code min(maxDelay, initialDelay × factor^(n-1))} (full jitter).
 *
 * @param maxAttempts attempts that may fail before the job is dead, 1 to {@link Limits#MAX_ATTEMPTS}
 * @param initialDelay the bound of the first delay
 * @param factor 1.0 to {@link Limits#MAX_BACKOFF_FACTOR}
 * @param maxDelay no bound is larger
 */
public record RetryPolicy(int maxAttempts, Duration initialDelay, double factor, Duration maxDelay) {

    /** What a submit that says nothing gets. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(
            Limits.DEFAULT_MAX_ATTEMPTS,
            Limits.DEFAULT_INITIAL_DELAY,
            Limits.DEFAULT_BACKOFF_FACTOR,
            Limits.DEFAULT_MAX_RETRY_DELAY);

    /** @throws IllegalArgumentException when a value is out of its range */
    public RetryPolicy {
        if (maxAttempts < 1 || maxAttempts > Limits.MAX_ATTEMPTS) {
            throw new IllegalArgumentException("max attempts " + maxAttempts + " is not 1 to " + Limits.MAX_ATTEMPTS);
        }
        if (!(factor >= 1.0 && factor <= Limits.MAX_BACKOFF_FACTOR)) {
            throw new IllegalArgumentException("factor " + factor + " is not 1 to " + Limits.MAX_BACKOFF_FACTOR);
        }
        requireDelay("initial delay", initialDelay);
        requireDelay("max delay", maxDelay);
    }

    private static void requireDelay(String name, Duration delay) {
        if (delay.isNegative() || delay.compareTo(Limits.LONGEST_RETRY_DELAY) > 0) {
            throw new IllegalArgumentException(name + " " + delay + " is not 0 to " + Limits.LONGEST_RETRY_DELAY);
        }
    }
}
