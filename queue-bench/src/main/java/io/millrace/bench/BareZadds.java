package io.millrace.bench;

import io.millrace.core.job.Entry;
import io.millrace.protocol.JobId;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** The floor of indexing: entries of new jobs, a command each, 1,000 of them on their way at a time, and nothing else. */
final class BareZadds {

    private static final byte[] KEY = {'b', 'a', 'r', 'e'};

    private BareZadds() {}

    /** Adds so many entries to a set that was absent, and answers entries per second. */
    static double run(String redisUri, int entries) {
        try (Jedis redis = new Jedis(URI.create(redisUri))) {
            redis.unlink(KEY);
            long start = System.nanoTime();
            for (int added = 0; added < entries; added += Jobs.BATCH) {
                add(redis, Math.min(Jobs.BATCH, entries - added));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (redis.zcard(KEY) != entries) {
                throw new BenchException("Redis holds " + redis.zcard(KEY) + " of " + entries + " entries");
            }
            redis.unlink(KEY);
            return (double) entries / seconds;
        }
    }

    private static void add(Jedis redis, int entries) {
        long now = System.currentTimeMillis();
        try (Pipeline pipeline = redis.pipelined()) {
            for (int i = 0; i < entries; i++) {
                JobId id = JobId.of(now, i, ThreadLocalRandom.current().nextLong());
                pipeline.zadd(KEY, (double) now, Entry.first(id, 0).bytes());
            }
            pipeline.sync();
        }
    }
}
