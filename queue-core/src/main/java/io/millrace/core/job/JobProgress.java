package io.millrace.core.job;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a running attempt is, by its handler's own word.
 *
 * @param fraction 0 to 1
 * @param message what it is at
 * @param at when it said so
 */
public record JobProgress(double fraction, Optional<String> message, Instant at) {

    /** @throws IllegalArgumentException when the fraction is not 0 to 1 */
    public JobProgress {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("progress " + fraction + " is not 0 to 1");
        }
    }
}
