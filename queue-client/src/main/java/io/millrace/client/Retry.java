package io.millrace.client;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a job's failed attempts are repeated: {@code Retry.attempts(5).initialDelay(Duration.ofSeconds(10))}. Immutable;
 * each method returns a new one. What is not said is left to the service.
 */
public final class Retry {

    private final int maxAttempts;
    private final @Nullable Duration initialDelay;
    private final @Nullable Double factor;
    private final @Nullable Duration maxDelay;

    private Retry(
            int maxAttempts, @Nullable Duration initialDelay, @Nullable Double factor, @Nullable Duration maxDelay) {
        this.maxAttempts = maxAttempts;
        this.initialDelay = initialDelay;
        this.factor = factor;
        this.maxDelay = maxDelay;
    }

    /**
     * So many attempts in all.
     *
     * @param maxAttempts 1, which means no repeat, to {@link Limits#MAX_ATTEMPTS}
     * @throws IllegalArgumentException when it is out of range
     */
    public static Retry attempts(int maxAttempts) {
        require(
                maxAttempts >= 1 && maxAttempts <= Limits.MAX_ATTEMPTS,
                "attempts must be 1 to " + Limits.MAX_ATTEMPTS + ", not " + maxAttempts);
        return new Retry(maxAttempts, null, null, null);
    }

    /** One attempt: a job that fails is dead at once. */
    public static Retry never() {
        return attempts(1);
    }

    /**
     * The delay before the second attempt, before jitter. Default: {@link Limits#DEFAULT_INITIAL_DELAY}.
     *
     * @throws IllegalArgumentException when it is negative or longer than {@link Limits#LONGEST_RETRY_DELAY}
     */
    public Retry initialDelay(Duration delay) {
        requireDelay("initial delay", delay);
        return new Retry(maxAttempts, delay, factor, maxDelay);
    }

    /**
     * What each delay is multiplied with for the next. Default: {@link Limits#DEFAULT_BACKOFF_FACTOR}.
     *
     * @throws IllegalArgumentException when it is not 1 to {@link Limits#MAX_BACKOFF_FACTOR}
     */
    public Retry factor(double factor) {
        require(
                factor >= 1 && factor <= Limits.MAX_BACKOFF_FACTOR,
                "factor must be 1 to " + Limits.MAX_BACKOFF_FACTOR + ", not " + factor);
        return new Retry(maxAttempts, initialDelay, factor, maxDelay);
    }

    /**
     * No delay is longer. Default: {@link Limits#DEFAULT_MAX_RETRY_DELAY}.
     *
     * @throws IllegalArgumentException when it is negative or longer than {@link Limits#LONGEST_RETRY_DELAY}
     */
    public Retry maxDelay(Duration delay) {
        requireDelay("max delay", delay);
        return new Retry(maxAttempts, initialDelay, factor, delay);
    }

    SubmitBody.RetryBody body() {
        return new SubmitBody.RetryBody(
                maxAttempts,
                initialDelay == null ? null : DurationText.format(initialDelay),
                factor,
                maxDelay == null ? null : DurationText.format(maxDelay));
    }

    @Override
    public String toString() {
        return "Retry[" + body() + "]";
    }

    private static void requireDelay(String name, Duration delay) {
        require(
                !delay.isNegative() && delay.compareTo(Limits.LONGEST_RETRY_DELAY) <= 0,
                name + " must be 0 to " + DurationText.format(Limits.LONGEST_RETRY_DELAY) + ", not " + delay);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
