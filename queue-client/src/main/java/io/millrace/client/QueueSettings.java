package io.millrace.client;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a queue's settings: {@code QueueSettings.unchanged().backlogLimit(100_000)}. Immutable; each method
 * returns a new one. What is not said stays as it is.
 */
public final class QueueSettings {

    private static final String IDEMPOTENCY_LIFE = "idempotency_life";
    private static final String BACKLOG_LIMIT = "backlog_limit";
    private static final String CONCURRENCY_LIMIT = "concurrency_limit";
    private static final String RATE_LIMIT = "rate_limit";
    private static final QueueSettings UNCHANGED = new QueueSettings(new TreeMap<>());

    /** As on the wire; null goes back to the default. */
    private final Map<String, @Nullable Object> fields;

    private QueueSettings(Map<String, @Nullable Object> fields) {
        this.fields = Collections.unmodifiableMap(fields);
    }

    /** Where a change starts. */
    public static QueueSettings unchanged() {
        return UNCHANGED;
    }

    /**
     * How long an idempotency key of this queue's jobs stands, to the millisecond. Keys that were told another end keep it.
     *
     * @throws IllegalArgumentException when it is not {@link Limits#SHORTEST_IDEMPOTENCY_LIFE} to
     *     {@link Limits#LONGEST_IDEMPOTENCY_LIFE}
     */
    public QueueSettings idempotencyLife(Duration life) {
        if (life.compareTo(Limits.SHORTEST_IDEMPOTENCY_LIFE) < 0
                || life.compareTo(Limits.LONGEST_IDEMPOTENCY_LIFE) > 0) {
            throw new IllegalArgumentException("idempotencyLife must be "
                    + DurationText.format(Limits.SHORTEST_IDEMPOTENCY_LIFE) + " to "
                    + DurationText.format(Limits.LONGEST_IDEMPOTENCY_LIFE) + ", not " + life);
        }
        return with(IDEMPOTENCY_LIFE, DurationText.format(life));
    }

    /** Back to {@link Limits#DEFAULT_IDEMPOTENCY_LIFE}. */
    public QueueSettings usualIdempotencyLife() {
        return with(IDEMPOTENCY_LIFE, null);
    }

    /**
     * With so many jobs waiting, new ones are refused for a while.
     *
     * @throws IllegalArgumentException when it is not 1 to {@link Limits#HIGHEST_BACKLOG_LIMIT}
     */
    public QueueSettings backlogLimit(int jobs) {
        if (jobs < 1 || jobs > Limits.HIGHEST_BACKLOG_LIMIT) {
            throw new IllegalArgumentException(
                    "backlogLimit must be 1 to " + Limits.HIGHEST_BACKLOG_LIMIT + ", not " + jobs);
        }
        return with(BACKLOG_LIMIT, jobs);
    }

    /** Back to no limit. */
    public QueueSettings noBacklogLimit() {
        return with(BACKLOG_LIMIT, null);
    }

    /**
     * So many of its jobs run at once in all workers together. More run on, where more run already.
     *
     * @throws IllegalArgumentException when it is not 1 to {@link Limits#HIGHEST_CONCURRENCY_LIMIT}
     */
    public QueueSettings concurrencyLimit(int jobs) {
        if (jobs < 1 || jobs > Limits.HIGHEST_CONCURRENCY_LIMIT) {
            throw new IllegalArgumentException(
                    "concurrencyLimit must be 1 to " + Limits.HIGHEST_CONCURRENCY_LIMIT + ", not " + jobs);
        }
        return with(CONCURRENCY_LIMIT, jobs);
    }

    /** Back to as many as there are free workers. */
    public QueueSettings noConcurrencyLimit() {
        return with(CONCURRENCY_LIMIT, null);
    }

    /**
     * So many of its jobs are started a second in all workers together, with bursts of what a second brings.
     *
     * @param jobsPerSecond may be a fraction: 0.5 is one every two seconds
     * @throws IllegalArgumentException when it is not {@link Limits#LOWEST_RATE_LIMIT} to {@link Limits#HIGHEST_RATE_LIMIT}
     */
    public QueueSettings rateLimit(double jobsPerSecond) {
        if (!(jobsPerSecond >= Limits.LOWEST_RATE_LIMIT && jobsPerSecond <= Limits.HIGHEST_RATE_LIMIT)) {
            throw new IllegalArgumentException("rateLimit must be " + Limits.LOWEST_RATE_LIMIT + " to "
                    + Limits.HIGHEST_RATE_LIMIT + " jobs a second, not " + jobsPerSecond);
        }
        return with(RATE_LIMIT, jobsPerSecond);
    }

    /** Back to as fast as the workers are. */
    public QueueSettings noRateLimit() {
        return with(RATE_LIMIT, null);
    }

    Map<String, @Nullable Object> fields() {
        return fields;
    }

    @Override
    public String toString() {
        return "QueueSettings" + fields;
    }

    private QueueSettings with(String name, @Nullable Object value) {
        var changed = new TreeMap<String, @Nullable Object>(fields);
        changed.put(name, value);
        return new QueueSettings(changed);
    }
}
