package io.millrace.worker.handler;

import io.millrace.core.job.RetryPolicy;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What becomes of a job whose handler threw. */
public sealed interface Reaction {

    /**
     * The attempt counts, and another follows while there are any left.
     *
     * @param backoff gives the delay in place of the job's own policy; empty for the job's own. How many attempts there
     *     are is the job's in any case
     */
    record Retry(Optional<RetryPolicy> backoff) implements Reaction {}

    /**
     * The attempt counts, and another follows after this time while there are any left.
     *
     * @param delay negative counts as zero, and at most a year passes
     */
    record RetryAfter(Duration delay) implements Reaction {

        /** @throws NullPointerException when there is no delay */
        public RetryAfter {
            Objects.requireNonNull(delay, "a delay");
        }
    }

    /** The attempt counts, and the job is dead: trying again cannot help. */
    record Die() implements Reaction {}

    /**
     * Nothing went wrong with the job: the attempt does not count, and it runs again after this time.
     *
     * @param delay negative counts as zero, and at most a year passes
     */
    record HandBack(Duration delay) implements Reaction {

        /** @throws NullPointerException when there is no delay */
        public HandBack {
            Objects.requireNonNull(delay, "a delay");
        }
    }

    /** The job is pointless by now: it is cancelled. */
    record Discard() implements Reaction {}

    /** The attempt counts; retry as the job's policy says. What no rule matches is treated so. */
    static Reaction retry() {
        return new Retry(Optional.empty());
    }

    /**
     * The attempt counts; retry with this backoff, see {@link HandlerRules#backoff}. How many attempts there are is the
     * job's.
     *
     * @throws IllegalArgumentException when a delay is negative or more than 7 days, or the factor is not 1 to 10
     */
    static Reaction retry(Duration initial, double factor, Duration max) {
        return new Retry(Optional.of(new RetryPolicy(RetryPolicy.DEFAULT.maxAttempts(), initial, factor, max)));
    }

    /** The attempt counts; retry after this time. */
    static Reaction retryAfter(Duration delay) {
        return new RetryAfter(delay);
    }

    /** The attempt counts and is the last: the job is dead. */
    static Reaction die() {
        return new Die();
    }

    /** The attempt does not count; run the job again after this time. */
    static Reaction handBack(Duration delay) {
        return new HandBack(delay);
    }

    /** The job is pointless by now: it is cancelled, which alarms nobody. */
    static Reaction discard() {
        return new Discard();
    }
}
