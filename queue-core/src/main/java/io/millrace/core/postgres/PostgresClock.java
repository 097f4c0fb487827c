package io.millrace.core.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * PostgreSQL's clock, read once in a while and carried on by this process' monotonic clock. Ids and due times are made
 * from it, so that the clocks of hosts decide nothing. Safe for any number of threads.
 */
public final class PostgresClock implements InstantSource {

    private static final Sql NOW = new Sql("clock", "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8");
    private static final Duration FRESH_FOR = Duration.ofSeconds(10);

    private final Database database;
    private volatile Reading reading;

    private record Reading(long micros, long nanoTime) {}

    /** Reads the clock for the first time. */
    public PostgresClock(Database database) {
        this.database = database;
        this.reading = read(database);
    }

    private static Reading read(Database database) {
        long sent = System.nanoTime();
        long micros =
                database.query(NOW, statement -> {}, row -> row.getLong(1)).getFirst();
        long received = System.nanoTime();
        return new Reading(micros, sent + (received - sent) / 2);
    }

    /** Reads the clock again when the last reading is old; keeps the old one when PostgreSQL is away. */
    public void refresh() {
        if (System.nanoTime() - reading.nanoTime > FRESH_FOR.toNanos()) {
            reading = read(database);
        }
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        Reading last = reading;
        return (last.micros + (System.nanoTime() - last.nanoTime) / 1000) / 1000;
    }
}
