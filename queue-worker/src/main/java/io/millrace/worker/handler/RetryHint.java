package io.millrace.worker.handler;

import java.time.Duration;
import java.util.Optional;

/**
 * What an exception implements that knows when another try makes sense, such as one made from an answer with
 * {@code Retry-After}. Where the job is to be retried, the hint takes the place of the backoff.
 */
public interface RetryHint {

    /** How long to wait before the next attempt; empty when this failure does not say. */
    Optional<Duration> retryAfter();
}
