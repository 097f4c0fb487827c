package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StartTime;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.testkit.Patience;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Two engines, so two of every caretaker, over one database and one index. */
class CaretakersTest extends TwoEngines {

    private static final Duration PATIENCE = Patience.LONGEST;

    /** What was lost is healed by walks that lag behind the longest statement. */
    @Override
    protected TestEngine open(String workerId) {
        return TestEngine.on(stores, workerId, RedisConfig.DEFAULT_LEASE, PostgresConfig.DEFAULT_STATEMENT_TIMEOUT);
    }

    private void awaitIndexed(long ready) {
        await().atMost(PATIENCE)
                .until(() -> engine.worker().index().depth(queue).ready() == ready);
    }

    private String key(String name) {
        return stores.keyPrefix() + ":{" + queue + "}:" + name;
    }

    @Test
    void a_push_that_was_lost_is_healed() {
        JobId first = engine.submit(jobIn(queue));
        awaitIndexed(1);
        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            // A job whose time was a millisecond ahead of Redis's clock is ready in due.
            redis.del(key("ready"), key("due"));
        }
        ClaimedJob healed = engine.claimOne(queue);

        assertThat(healed.row().id()).isEqualTo(first);
        assertThat(healed.entry().fence()).isPositive();
        assertThat(healed.attempt()).isEqualTo(1);
        engine.succeed(healed);
    }

    @Test
    void a_job_of_the_far_future_is_no_burden_on_the_index_until_its_time_comes_near() {
        engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofHours(1))));
        JobId near = engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofMinutes(30))));
        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            assertThat(redis.exists(key("due"))).isFalse();
            moveDueTime(near, Duration.ofSeconds(62));
            await().atMost(PATIENCE).until(() -> redis.zcard(key("due")) == 1);
        }
        assertThat(engine.claimNow(queue, 1)).isEmpty();
    }

    @Test
    void a_promoted_job_that_the_index_lost_before_its_time_is_healed() {
        JobId id = engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofSeconds(2))));
        await().atMost(PATIENCE).until(() -> {
            try (RedisClient redis = RedisClient.create(stores.redisUri())) {
                return redis.del(key("due")) == 1;
            }
        });

        ClaimedJob late = engine.claimOne(queue);
        assertThat(late.row().id()).isEqualTo(id);
        engine.succeed(late);
    }

    private void moveDueTime(JobId id, Duration fromNow) {
        try (var connection = stores.database().connect();
                var move = connection.prepareStatement(
                        "UPDATE job SET due_at = now() + ? * interval '1 ms' WHERE id = ?")) {
            move.setLong(1, fromNow.toMillis());
            move.setObject(2, id.value());
            move.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A process took the first number and was stopped before it opened the index, and others have come and gone since. */
    @Test
    void an_index_that_is_opened_late_under_the_first_number_waits_for_a_lease_like_any_other() throws SQLException {
        engine.submit(jobIn(queue));
        awaitIndexed(1);
        try (var connection = stores.database().connect();
                var raise = connection.prepareStatement("UPDATE queue SET epoch = 2 WHERE name = ?")) {
            raise.setString(1, queue.value());
            raise.executeUpdate();
        }
        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            String now = Long.toString(System.currentTimeMillis());
            redis.hset(key("epoch"), Map.of("number", "1", "opened_at", now, "rebuilt", "0"));
        }
        try (Redis redis = new Redis(RedisConfig.at(URI.create(stores.redisUri()), stores.keyPrefix()))) {
            Epochs epochs = new Epochs(redis);
            assertThat(epochs.read(queue).number()).isOne();
            await().atMost(PATIENCE).until(() -> epochs.read(queue).rebuilt());
            assertThat(epochs.read(queue).age()).isGreaterThanOrEqualTo(RedisConfig.DEFAULT_LEASE);
        }
    }

    @Test
    void ten_thousand_jobs_of_two_workers_end_once_each() {
        int jobs = 10_000;
        List<NewJob> batch = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            batch.add(jobIn(queue));
        }
        engine.engine().acceptor().acceptAll(batch);
        Set<JobId> done = ConcurrentHashMap.newKeySet();
        List<Thread> workers = new ArrayList<>();
        for (TestEngine node : List.of(engine, other)) {
            workers.add(Thread.ofPlatform().start(() -> {
                while (done.size() < jobs) {
                    List<ClaimedJob> claimed = node.claimNow(queue, 200);
                    var answers = claimed.stream()
                            .map(job -> node.worker()
                                    .finisher()
                                    .finish(job, new Verdict.Succeeded(new byte[0]), System.nanoTime()))
                            .toList();
                    for (int i = 0; i < answers.size(); i++) {
                        assertThat(answers.get(i).join()).isTrue();
                        assertThat(done.add(claimed.get(i).row().id())).isTrue();
                    }
                }
            }));
        }
        await().atMost(PATIENCE).until(() -> done.size() == jobs);
        await().atMost(PATIENCE).until(() -> workers.stream().noneMatch(Thread::isAlive));
        await().until(() -> engine.worker().index().depth(queue).leased() == 0);
        assertThat(engine.worker().index().depth(queue).finished()).isEqualTo(jobs);
    }
}
