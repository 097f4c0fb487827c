package io.millrace.faults;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * How large the experiments are.
 *
 * @param full false for the cut that runs with every build
 * @param scale multiplies the runs
 * @param bars whether each experiment is run as often as the bars ask for
 * @param seed decides the random choices
 */
record FaultSettings(boolean full, int scale, boolean bars, long seed) {

    static FaultSettings fromProperties() {
        long seed = Long.getLong("millrace.faults.seed", 0);
        return new FaultSettings(
                Boolean.getBoolean("millrace.faults.full"),
                Math.max(1, Integer.getInteger("millrace.faults.scale", 1)),
                Boolean.getBoolean("millrace.faults.bars"),
                seed != 0 ? seed : System.nanoTime() & 0xFFFFFF);
    }

    Duration lease() {
        return Duration.ofSeconds(full ? 10 : 4);
    }

    /** Jobs a second. */
    int rate() {
        return full ? 500 : 200;
    }

    /** How long a handler works: as many jobs are in flight as come in this time. */
    int workMillis() {
        return full ? 500 : 400;
    }

    /** A run with fewer jobs in flight at the fault does not count. */
    int leastInFlight() {
        return full ? 100 : 20;
    }

    /**
     * How often an experiment is run.
     *
     * @param base at scale 1
     * @param atTheBars when the bars' full counts are asked for
     */
    int runs(int base, int atTheBars) {
        return bars ? atTheBars : full ? base * scale : scale;
    }

    RandomGenerator random() {
        return new Random(seed);
    }
}
