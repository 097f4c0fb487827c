package io.millrace.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses between repeats: full jitter, so that many clients that failed together do not come back together. */
final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** What the service asked for, or else a random time below a bound that doubles with each failure. */
    Duration after(Failure failure, int failures) {
        if (failure.retryAfter() != null) {
            return failure.retryAfter();
        }
        long bound = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 10));
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
