package io.millrace.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * What the clients of a load get accepted and workers run meanwhile.
 *
 * @param perSecond jobs
 * @param jobs how many were sent to find out, all of which have run
 */
record Capacity(double perSecond, long jobs) {

    private static final int WARM_UP = 4;

    /**
     * Finds out, after a warm-up. What is accepted faster than it is run is a backlog: the time until all has run counts.
     *
     * @param time for how long to send
     * @param awaitRun returns when as many jobs as it is told, or all that there are, have run
     */
    static Capacity measure(HttpLoad load, Duration time, LongConsumer awaitRun) throws IOException {
        long before = load.run(time.multipliedBy(WARM_UP)).latency().getTotalCount();
        awaitRun.accept(before);
        long start = System.nanoTime();
        long jobs = load.run(time).latency().getTotalCount();
        awaitRun.accept(before + jobs);
        return new Capacity(jobs / ((System.nanoTime() - start) / 1e9), before + jobs);
    }
}
