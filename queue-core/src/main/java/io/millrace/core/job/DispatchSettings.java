package io.millrace.core.job;

import java.util.Optional;

/**
 * What every claim must know of a queue. Its row is the truth; the index has a copy where the claim reads it.
 *
 * @param paused whether nothing is handed out
 * @param concurrencyLimit so many of its jobs run at once in all workers together; empty for no limit
 * @param rateLimit so many of its jobs are started a second in all workers together; empty for no limit
 */
public record DispatchSettings(boolean paused, Optional<Integer> concurrencyLimit, Optional<Double> rateLimit) {

    /** What holds of a queue about which nothing was settled. */
    public static final DispatchSettings FREE = new DispatchSettings(false, Optional.empty(), Optional.empty());

    /** What holds of a queue that is paused and about which nothing else was settled. */
    public static final DispatchSettings PAUSED = new DispatchSettings(true, Optional.empty(), Optional.empty());
}
