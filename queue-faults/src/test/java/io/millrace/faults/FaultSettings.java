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
 * @param flight how many jobs are in flight as a rule
 */
record FaultSettings(boolean full, int scale, boolean bars, long seed, Flight flight) {

    /**
     * What keeps jobs in flight.
     *
     * @param rate jobs a second
     * @param workMillis how long a handler works: as many jobs are in flight as come in this time
     * @param least a run with fewer of them at the fault does not count
     */
    record Flight(int rate, int workMillis, int least) {}

    private static final Flight OF_THE_CUT = new Flight(200, 400, 20);
    private static final Flight USUAL = new Flight(500, 500, 100);
    private static final Flight THOUSAND = new Flight(600, 2_000, 1_000);

    static FaultSettings ofTheCut(int scale, long seed) {
        return new FaultSettings(false, scale, false, seed, OF_THE_CUT);
    }

    static FaultSettings fromProperties() {
        long seed = Long.getLong("millrace.faults.seed", 0);
        boolean full = Boolean.getBoolean("millrace.faults.full");
        return new FaultSettings(
                full,
                Math.max(1, Integer.getInteger("millrace.faults.scale", 1)),
                Boolean.getBoolean("millrace.faults.bars"),
                seed != 0 ? seed : System.nanoTime() & 0xFFFFFF,
                full ? USUAL : OF_THE_CUT);
    }

    FaultSettings withThousandInFlight() {
        return new FaultSettings(full, scale, bars, seed, THOUSAND);
    }

    Duration lease() {
        return Duration.ofSeconds(full ? 10 : 4);
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
