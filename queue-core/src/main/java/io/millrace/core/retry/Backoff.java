package io.millrace.core.retry;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.RetryPolicy;
import io.millrace.core.job.Verdict;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** What follows a failed attempt, as pure functions of policy, attempt and chance. */
public final class Backoff {

    private Backoff() {}

    /**
     * The delay before the next attempt: drawn evenly from 0 to {@code min(max, initial × factor^(attempt-1))}. Full
     * jitter spreads the retries of a mass failure better than any part of it.
     *
     * @param attempt the attempt that failed, from 1
     */
    public static Duration delay(RetryPolicy policy, int attempt, RandomGenerator random) {
        double bound = (double) policy.initialDelay().toMillis() * Math.pow(policy.factor(), attempt - 1.0);
        long capped = (long) Math.min(bound, (double) policy.maxDelay().toMillis());
        return Duration.ofMillis(random.nextLong(capped + 1));
    }

    /**
     * What is recorded for an attempt that failed but may be repeated.
     *
     * @param attempt the attempt that failed, from 1
     */
    public static Verdict afterFailure(
            RetryPolicy policy, int attempt, FailureReason reason, String message, RandomGenerator random) {
        return afterFailure(policy, attempt, reason, message, delay(policy, attempt, random));
    }

    /** As above, with the delay that the handler asked for. */
    public static Verdict afterFailure(
            RetryPolicy policy, int attempt, FailureReason reason, String message, Duration delay) {
        return attempt >= policy.maxAttempts()
                ? new Verdict.Died(reason, message)
                : new Verdict.Retried(reason, message, delay);
    }
}
