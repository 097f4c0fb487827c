package io.millrace.core.job;

import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator has settled about a queue, but for whether it is paused.
 *
 * @param idempotencyLife how long an idempotency key stands for its job; empty for the default
 * @param backlogLimit with so many jobs waiting, new ones are refused; empty for no limit
 * @param concurrencyLimit so many of its jobs run at once in all workers together; empty for no limit
 * @param rateLimit so many of its jobs are started a second in all workers together; empty for no limit
 */
public record QueueSettings(
        Optional<Duration> idempotencyLife,
        Optional<Integer> backlogLimit,
        Optional<Integer> concurrencyLimit,
        Optional<Double> rateLimit) {

    /** What holds until somebody says otherwise. */
    public static final QueueSettings DEFAULT =
            new QueueSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** How long an idempotency key stands for its job. */
    public Duration keyLife() {
        return idempotencyLife.orElse(Limits.DEFAULT_IDEMPOTENCY_LIFE);
    }

    /**
     * A change of some of them. An outer empty leaves a setting as it is, an inner one brings back its default.
     *
     * @param idempotencyLife from {@link Limits#SHORTEST_IDEMPOTENCY_LIFE} to {@link Limits#LONGEST_IDEMPOTENCY_LIFE}
     * @param backlogLimit from 1 to {@link Limits#HIGHEST_BACKLOG_LIMIT}
     * @param concurrencyLimit from 1 to {@link Limits#HIGHEST_CONCURRENCY_LIMIT}
     * @param rateLimit from {@link Limits#LOWEST_RATE_LIMIT} to {@link Limits#HIGHEST_RATE_LIMIT}
     */
    public record Change(
            Optional<Optional<Duration>> idempotencyLife,
            Optional<Optional<Integer>> backlogLimit,
            Optional<Optional<Integer>> concurrencyLimit,
            Optional<Optional<Double>> rateLimit) {

        /** Changes nothing. */
        public static final Change NONE =
                new Change(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        /** @throws IllegalArgumentException when a value is out of its range */
        public Change {
            require(
                    "idempotency life",
                    idempotencyLife,
                    Limits.SHORTEST_IDEMPOTENCY_LIFE,
                    Limits.LONGEST_IDEMPOTENCY_LIFE);
            require("backlog limit", backlogLimit, 1, Limits.HIGHEST_BACKLOG_LIMIT);
            require("concurrency limit", concurrencyLimit, 1, Limits.HIGHEST_CONCURRENCY_LIMIT);
            require("rate limit", rateLimit, Limits.LOWEST_RATE_LIMIT, Limits.HIGHEST_RATE_LIMIT);
        }

        private static <T extends Comparable<T>> void require(
                String name, Optional<Optional<T>> given, T least, T most) {
            given.flatMap(value -> value).ifPresent(value -> {
                if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                    throw new IllegalArgumentException(name + " " + value + " is out of range");
                }
            });
        }

        /** The same with another life of keys. */
        public Change withIdempotencyLife(Optional<Duration> life) {
            return new Change(Optional.of(life), backlogLimit, concurrencyLimit, rateLimit);
        }

        /** The same with another backlog limit. */
        public Change withBacklogLimit(Optional<Integer> limit) {
            return new Change(idempotencyLife, Optional.of(limit), concurrencyLimit, rateLimit);
        }

        /** The same with another concurrency limit. */
        public Change withConcurrencyLimit(Optional<Integer> limit) {
            return new Change(idempotencyLife, backlogLimit, Optional.of(limit), rateLimit);
        }

        /** The same with another rate limit. */
        public Change withRateLimit(Optional<Double> limit) {
            return new Change(idempotencyLife, backlogLimit, concurrencyLimit, Optional.of(limit));
        }
    }
}
