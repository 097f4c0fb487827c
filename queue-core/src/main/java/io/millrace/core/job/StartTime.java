package io.millrace.core.job;

import java.time.Duration;
import java.time.Instant;

/** When a new job may start. Delays are counted from acceptance, by PostgreSQL's clock. */
public sealed interface StartTime {

    /** At once. */
    static StartTime now() {
        return new After(Duration.ZERO);
    }

    /**
     * A while after acceptance.
     *
     * @param delay zero for at once
     */
    record After(Duration delay) implements StartTime {}

    /**
     * At a moment; one that has passed means at once.
     *
     * @param moment by PostgreSQL's clock
     */
    record At(Instant moment) implements StartTime {}

    /** The moment this means for a job accepted at {@code acceptedAt}; never before that. */
    default Instant from(Instant acceptedAt) {
        Instant moment = switch (this) {
            case After after -> acceptedAt.plus(after.delay);
            case At at -> at.moment;
        };
        return moment.isBefore(acceptedAt) ? acceptedAt : moment;
    }
}
