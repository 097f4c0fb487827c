package io.millrace.core.job;

import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator has settled about a queue, but for whether it is paused.
 *
 * @param idempotencyLife how long an idempotency key stands for its job; empty for the default
 * @param backlogLimit with so many jobs waiting, new ones are refused; empty for no limit
 */
public record QueueSettings(Optional<Duration> idempotencyLife, Optional<Integer> backlogLimit) {

    /** What holds until somebody says otherwise. */
    public static final QueueSettings DEFAULT = new QueueSettings(Optional.empty(), Optional.empty());

    /** How long an idempotency key stands for its job. */
    public Duration keyLife() {
        return idempotencyLife.orElse(Limits.DEFAULT_IDEMPOTENCY_LIFE);
    }

    /**
     * A change of some of them. An outer empty leaves a setting as it is, an inner one brings back its default.
     *
     * @param idempotencyLife from {@link Limits#SHORTEST_IDEMPOTENCY_LIFE} to {@link Limits#LONGEST_IDEMPOTENCY_LIFE}
     * @param backlogLimit from 1 to {@link Limits#HIGHEST_BACKLOG_LIMIT}
     */
    public record Change(Optional<Optional<Duration>> idempotencyLife, Optional<Optional<Integer>> backlogLimit) {

        /** @throws IllegalArgumentException when a value is out of its range */
        public Change {
            idempotencyLife.flatMap(life -> life).ifPresent(life -> {
                if (life.compareTo(Limits.SHORTEST_IDEMPOTENCY_LIFE) < 0
                        || life.compareTo(Limits.LONGEST_IDEMPOTENCY_LIFE) > 0) {
                    throw new IllegalArgumentException("idempotency keys cannot stand for " + life);
                }
            });
            backlogLimit.flatMap(limit -> limit).ifPresent(limit -> {
                if (limit < 1 || limit > Limits.HIGHEST_BACKLOG_LIMIT) {
                    throw new IllegalArgumentException("backlog limit " + limit + " is out of range");
                }
            });
        }
    }
}
