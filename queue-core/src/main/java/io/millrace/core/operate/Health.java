package io.millrace.core.operate;

import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.postgres.Partitions;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.redis.Redis;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Tells whether this node can do its work. Safe for any number of threads. */
public final class Health {

    private final Partitions partitions;
    private final PostgresClock clock;
    private final Redis redis;

    /**
     * What was found.
     *
     * @param postgres whether PostgreSQL answers
     * @param redis whether Redis answers
     * @param partitionDaysAhead for how many days after today there is a partition; 0 when PostgreSQL is away
     */
    public record HealthReport(boolean postgres, boolean redis, int partitionDaysAhead) {}

    /** Asks both stores. */
    public Health(Partitions partitions, PostgresClock clock, Redis redis) {
        this.partitions = partitions;
        this.clock = clock;
        this.redis = redis;
    }

    /** Asks both stores now; takes a second or two when one is away. */
    public HealthReport check() {
        boolean redisUp = redis.isUp();
        try {
            LocalDate last = partitions.days().getLast();
            LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
            return new HealthReport(true, redisUp, (int) ChronoUnit.DAYS.between(today, last));
        } catch (StoreUnavailableException e) {
            return new HealthReport(false, redisUp, 0);
        }
    }
}
