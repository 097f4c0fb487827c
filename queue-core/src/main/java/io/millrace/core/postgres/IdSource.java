package io.millrace.core.postgres;

import io.millrace.protocol.JobId;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Makes ids of version 7 that grow: within one millisecond by the 12 bits that RFC 9562 section 6.2 gives to a counter,
 * so that the jobs of one batch keep their order. Safe for any number of threads.
 */
public final class IdSource {

    private static final int COUNTER_SIZE = 1 << 12;

    private final InstantSource clock;
    private final RandomGenerator random;
    private long lastMillis;
    private int counter;

    /**
     * @param clock PostgreSQL's clock
     * @param random for the bits that make ids of different nodes differ
     */
    public IdSource(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The next id, greater than every one before. */
    public synchronized JobId next() {
        long now = clock.millis();
        counter++;
        if (now > lastMillis) {
            lastMillis = now;
            counter = 0;
        } else if (counter == COUNTER_SIZE) {
            lastMillis++;
            counter = 0;
        }
        return JobId.of(lastMillis, counter, random.nextLong());
    }
}
