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
}
