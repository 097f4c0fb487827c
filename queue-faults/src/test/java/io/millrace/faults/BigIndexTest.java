package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** A million waiting jobs, and Redis loses its index of them. */
final class BigIndexTest {

    private static final int JOBS = 1_000_000;

    /** When the index has every job, and says so by its mark. */
    private static final Duration COMPLETE = Duration.ofSeconds(60);

    /** When the reaper has raised every fence as well; what is ready already is handed out meanwhile. */
    private static final Duration READY = Duration.ofMinutes(3);

    private final FaultSettings settings = FaultSettings.fromProperties();

    /** Nobody serves the queue, so what is in the index stays there to be counted. */
    @Test
    @Tag("full")
    void the_index_of_a_million_jobs_is_complete_within_a_minute_of_its_loss() {
        try (Rig rig = Rig.start(settings);
                RedisClient redis = RedisClient.create(rig.redis().uri())) {
            makeQueue(rig);
            rig.witness().execute("ALTER TABLE job DISABLE TRIGGER witness");
            rig.witness().execute(ROWS);
            rig.redis().flush();
            long begin = System.nanoTime();
            Rig.await("the index to be rebuilt", COMPLETE.multipliedBy(3), () -> isRebuilt(redis));
            Duration known = Duration.ofNanos(System.nanoTime() - begin);
            Rig.await("a million jobs to be ready", READY, () -> ready(redis) > JOBS);
            Duration complete = Duration.ofNanos(System.nanoTime() - begin);
            System.out.println("the index of " + JOBS + " jobs knew them all after " + known.toMillis()
                    + " ms, and had them all ready after " + complete.toMillis() + " ms");
            assertThat(ready(redis)).isEqualTo(JOBS + 1L);
            assertThat(known).as("the index of a million jobs is complete").isLessThanOrEqualTo(COMPLETE);
            assertThat(complete).as("a million jobs are ready").isLessThanOrEqualTo(READY);
        }
    }

    /** Ids of the last minute, which the sweeper has passed: nothing but the rebuilding brings them into the index. */
    private static final String ROWS = """
            INSERT INTO job (id, queue, type, priority, payload)
            SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::int8 - 60000 + n / 20000), 12, '0')
                    || '7' || lpad(to_hex(n %% 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid,
                   'big', 'faults.work', 0, '{}'
              FROM generate_series(1, %d) n
            """.formatted(JOBS);

    private static void makeQueue(Rig rig) {
        try (Millrace client = rig.client(0)) {
            JobRequest request = Load.job(FaultyWork.WORK, 1).queue("big");
            client.enqueue(request);
        }
    }

    private static boolean isRebuilt(RedisClient redis) {
        return "1".equals(redis.hget("millrace:{big}:epoch", "rebuilt"));
    }

    private static long ready(RedisClient redis) {
        return redis.zcard("millrace:{big}:ready");
    }
}
