package io.millrace.bench;

import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import redis.clients.jedis.Jedis;

/**
 * What the parts of an idle system take alone, each after as long a rest as the jobs of the idle latency have: no job can
 * begin before it was written to disk, told to Redis, claimed there and read.
 */
final class IdleFloors {

    private static final int COUNT = 300;

    private final Run run;
    private final String scenario;
    private final Duration pause;

    IdleFloors(Run run, String scenario, Duration pause) {
        this.run = run;
        this.scenario = scenario;
        this.pause = pause;
    }

    /** One step, of which the processes that take part rest before. */
    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    void measure(Installation installation) throws Exception {
        try (Connection rows = installation.connect()) {
            Query.execute(rows, "CREATE TABLE bare (n integer)");
            measure("a row of four bytes, on disk", () -> Query.execute(rows, "INSERT INTO bare VALUES (1)"));
            measure("a row read from PostgreSQL", () -> Query.number(rows, "SELECT 1"));
        }
        try (Jedis redis = new Jedis(URI.create(run.stores().redisUri()))) {
            measure("a ping to Redis", redis::ping);
        }
    }

    private void measure(String what, Step step) throws Exception {
        List<Double> medians = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            Histogram times = new Histogram(3);
            for (int taken = 0; taken < COUNT; taken++) {
                LockSupport.parkNanos(pause.toNanos());
                long start = System.nanoTime();
                step.take();
                times.recordValue(Math.max(1, (System.nanoTime() - start) / 1_000));
            }
            medians.add(times.getValueAtPercentile(50) / 1e3);
        }
        run.measured(scenario, "floor: " + what + ", p50", "ms", medians);
    }
}
