package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.job.StartTime;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.OwnRedis;
import io.millrace.testkit.Patience;
import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.TestPostgres;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Redis burns: nothing accepted is lost, nothing finished runs again, what runs goes on. */
class LostIndexTest {

    private static final Duration PATIENCE = Patience.LONGEST;

    private static OwnRedis redis;
    private static TestEngine engine;
    private static TestEngine other;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        redis = OwnRedis.start();
        TestDatabase database = TestPostgres.freshDatabase();
        PostgresConfig postgres = PostgresConfig.at(database.jdbcUrl(), database.user(), database.password());
        RedisConfig index =
                new RedisConfig(URI.create(redis.uri()), "burns", Duration.ofSeconds(10), TestEngine.SHORT_LEASE);
        engine = TestEngine.open(postgres, index, "worker-1");
        other = TestEngine.open(postgres, index, "worker-2");
    }

    @AfterAll
    static void close() {
        engine.close();
        other.close();
        redis.close();
    }

    /** Jobs in every state, a loss, and then the end of each. */
    private void survives(Runnable loss, List<JobId> delayed) {
        List<JobId> finished = submit(20);
        engine.claim(queue, 20).forEach(engine::succeed);
        List<JobId> running = submit(5);
        List<ClaimedJob> held = engine.claim(queue, 5);
        held.forEach(job -> assertThat(job.lease().begin(event -> {})).isTrue());
        List<JobId> waiting = submit(30);
        await().ignoreExceptions()
                .until(() -> engine.worker().index().depth(queue).ready() == 30);

        loss.run();
        JobId fresh = engine.submit(jobIn(queue));

        Set<JobId> ran = new HashSet<>();
        await().atMost(PATIENCE).until(() -> {
            for (ClaimedJob job : claimSafely()) {
                assertThat(ran.add(job.row().id())).isTrue();
                assertThat(other.succeed(job)).isTrue();
            }
            return ran.size() >= 31 + delayed.size();
        });
        assertThat(ran)
                .containsAll(waiting)
                .containsAll(delayed)
                .contains(fresh)
                .doesNotContainAnyElementsOf(finished);
        assertThat(ran).doesNotContainAnyElementsOf(running);

        held.forEach(job -> {
            assertThat(job.lease().isLost()).isFalse();
            assertThat(engine.succeed(job)).isTrue();
        });
        running.forEach(id -> {
            assertThat(engine.find(id).state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(engine.find(id).attempts()).isEmpty();
        });
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            var depth = engine.worker().index().depth(queue);
            return depth.indexed() && depth.leased() == 0 && depth.ready() == 0;
        });
    }

    private List<ClaimedJob> claimSafely() {
        try {
            return other.claimNow(queue, 10);
        } catch (IndexUnavailableException e) {
            return List.of();
        }
    }

    private List<JobId> submit(int count) {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(engine.submit(jobIn(queue)));
        }
        return ids;
    }

    @Test
    void a_flushed_redis_is_filled_again_and_running_jobs_finish() {
        JobId delayed = engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofSeconds(20))));
        survives(redis::flush, List.of(delayed));
    }

    @Test
    void a_redis_that_restarted_with_its_data_is_not_believed() {
        survives(redis::restart, List.of());
    }

    @Test
    void a_redis_that_came_back_with_old_data_is_not_believed() {
        survives(
                () -> {
                    try (RedisClient client = RedisClient.create(redis.uri())) {
                        client.configSet("appendonly", "no");
                        client.del("burns:{" + queue + "}:ready");
                    }
                    redis.kill();
                    redis.restart();
                },
                List.of());
    }
}
