package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.job.Actor;
import io.millrace.core.job.DispatchSettings;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.operate.QueueOperator.Outcome;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueStats;
import io.millrace.testkit.OwnRedis;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import io.millrace.testkit.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limits of a queue's dispatch, when workers die and Redis is lost. */
class QueueLimitsCareTest {

    private static final Duration PATIENCE = Patience.LONGEST;

    private final QueueName queue = TestEngine.freshQueue();
    private OwnRedis server;
    private Redis direct;
    private TestEngine engine;
    private TestEngine other;

    @BeforeEach
    void open() {
        TestDatabase database = Stores.fresh().database();
        server = OwnRedis.start();
        RedisConfig redis =
                new RedisConfig(URI.create(server.uri()), "limits", Duration.ofSeconds(10), TestEngine.SHORT_LEASE);
        direct = new Redis(redis);
        PostgresConfig postgres = PostgresConfig.at(database.jdbcUrl(), database.user(), database.password());
        engine = TestEngine.open(postgres, redis, "worker-1");
        other = TestEngine.open(postgres, redis, "worker-2");
    }

    @AfterEach
    void close() {
        engine.close();
        other.close();
        direct.close();
        server.close();
    }

    private void submit(int jobs) {
        for (int i = 0; i < jobs; i++) {
            engine.submit(jobIn(queue));
        }
        await().atMost(PATIENCE)
                .until(() -> state().rebuilt()
                        && engine.worker().index().depth(queue).ready() == jobs);
    }

    private Epochs.State state() {
        return new Epochs(direct).read(queue);
    }

    private void limit(Optional<Integer> concurrency, Optional<Double> rate) {
        var change = QueueSettings.Change.NONE.withConcurrencyLimit(concurrency).withRateLimit(rate);
        assertThat(engine.engine().queueOperator().change(queue, change, Actor.SETTINGS))
                .isEqualTo(Outcome.DONE);
    }

    /** What an ordinary worker gets that asks again and again for so long. */
    private List<ClaimedJob> claimFor(Duration time) {
        List<ClaimedJob> claimed = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                claimed.addAll(other.claimNow(queue, 20));
                other.worker().index().awaitWork(queue, Duration.ofMillis(50));
            } catch (IndexUnavailableException e) {
                // As a worker does: it asks again.
            }
        }
        return claimed;
    }

    @Test
    void the_place_of_a_dead_workers_job_is_free_again_once_its_lease_was_reaped() {
        submit(5);
        limit(Optional.of(2), Optional.empty());
        List<ClaimedJob> lost = engine.claim(queue, 2);
        assertThat(other.claimNow(queue, 5)).isEmpty();
        // As a dead process does: it renews no more.
        lost.forEach(job -> engine.worker().leases().release(job.lease()));

        List<ClaimedJob> next = other.claim(queue, 2);
        assertThat(other.claimNow(queue, 5)).isEmpty();
        next.forEach(other::succeed);
        assertThat(other.claim(queue, 2)).hasSize(2);
    }

    @Test
    void an_emptied_redis_gets_the_limits_back_and_starts_nothing_beside_what_still_runs() {
        submit(8);
        limit(Optional.of(3), Optional.of(500.0));
        List<ClaimedJob> running = engine.claim(queue, 3);
        running.forEach(job -> job.lease().begin(event -> {}));
        server.flush();

        assertThat(claimFor(TestEngine.SHORT_LEASE.plusSeconds(4))).isEmpty();
        await().atMost(PATIENCE).until(() -> state().rebuilt());
        assertThat(state().dispatch()).isEqualTo(new DispatchSettings(false, Optional.of(3), Optional.of(500.0)));
        assertThat(claimFor(Duration.ofSeconds(2))).isEmpty();
        running.forEach(job -> assertThat(engine.succeed(job)).isTrue());
        assertThat(other.claim(queue, 3)).hasSize(3);
        assertThat(other.claimNow(queue, 5)).isEmpty();
    }

    @Test
    void a_copy_of_the_limits_that_was_written_out_of_order_is_corrected() {
        submit(1);
        limit(Optional.of(7), Optional.of(0.25));
        new QueueIndex(direct).writeSettings(queue, DispatchSettings.FREE);
        await().atMost(PATIENCE)
                .until(
                        () -> state().dispatch(),
                        settings -> settings.rateLimit().equals(Optional.of(0.25)));
        assertThat(state().dispatch().concurrencyLimit()).contains(7);
        assertThat(engine.engine().queueOperator().setPaused(queue, true, Actor.SETTINGS))
                .isEqualTo(Outcome.DONE);
        assertThat(state().dispatch()).isEqualTo(new DispatchSettings(true, Optional.of(7), Optional.of(0.25)));
    }

    @Test
    void what_more_workers_could_do_is_told_without_what_the_limit_forbids() {
        submit(9);
        assertThat(stats().runnableBacklog()).isEqualTo(9);
        limit(Optional.of(4), Optional.empty());
        assertThat(stats().runnableBacklog()).isEqualTo(4);
        List<ClaimedJob> running = engine.claim(queue, 3);
        assertThat(stats().runnableBacklog()).isEqualTo(4);
        assertThat(stats().running()).isEqualTo(3);
        assertThat(stats().ready()).isEqualTo(6);
        engine.engine().queueOperator().setPaused(queue, true, Actor.SETTINGS);
        assertThat(stats().runnableBacklog()).isEqualTo(3);
        running.forEach(engine::succeed);

        // The first look left a mark, from which the rates are measured.
        await().atMost(PATIENCE).until(() -> stats().finishedPerSecond() > 0);
        server.kill();
        assertThat(engine.engine().depths().stats(queue)).isEmpty();
        assertThat(engine.engine().depths().exists(queue)).isTrue();
    }

    private QueueStats stats() {
        return engine.engine().depths().stats(queue).orElseThrow();
    }
}
