package io.millrace.core;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.OwnPostgres;
import io.millrace.testkit.OwnRedis;
import io.millrace.testkit.Patience;
import io.millrace.testkit.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One of the stores goes away and comes back. */
class OutageTest {

    private static final Duration PATIENCE = Patience.LONGEST;

    /** Longer than a busy machine takes to notice a silence, and shorter than what would end a statement. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static OwnPostgres postgres;
    private static OwnRedis redis;
    private static FaultProxy toPostgres;
    private static FaultProxy toRedis;
    private static TestEngine engine;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        postgres = OwnPostgres.start();
        redis = OwnRedis.start();
        toPostgres = FaultProxy.to(postgres.port());
        toRedis = FaultProxy.to(redis.port());
        TestDatabase database = postgres.databaseVia(toPostgres.port());
        engine = TestEngine.open(
                new PostgresConfig(database.jdbcUrl(), database.user(), database.password(), 12, SOON.plusSeconds(5)),
                new RedisConfig(
                        URI.create(redis.uriVia(toRedis.port())),
                        "outage",
                        Duration.ofSeconds(10),
                        RedisConfig.DEFAULT_LEASE),
                "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
        toPostgres.close();
        toRedis.close();
        redis.close();
        postgres.close();
    }

    private Duration timeOfRefusal() {
        long start = System.nanoTime();
        assertThatThrownBy(() -> engine.accept(jobIn(queue))).isInstanceOf(StoreUnavailableException.class);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private CompletableFuture<Boolean> finish(ClaimedJob job, Verdict verdict) {
        return engine.worker().finisher().finish(job, verdict, System.nanoTime());
    }

    private static Verdict success() {
        return new Verdict.Succeeded("{}".getBytes(UTF_8));
    }

    /** Accepting works again by itself, soon after a store is back. */
    private JobId acceptWhenBack() {
        List<JobId> ids = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            try {
                return ids.add(engine.submit(jobIn(queue)));
            } catch (StoreUnavailableException e) {
                return false;
            }
        });
        return ids.getFirst();
    }

    @Test
    void while_postgresql_is_stopped_submits_are_refused_soon_and_outcomes_are_held() {
        for (int i = 0; i < 3; i++) {
            engine.submit(jobIn(queue));
        }
        List<ClaimedJob> jobs = engine.claim(queue, 3);
        assertThat(jobs.getLast().lease().begin(event -> {})).isTrue();
        postgres.stop();

        CompletableFuture<Boolean> first = finish(jobs.get(0), success());
        assertThat(timeOfRefusal()).isLessThan(SOON);
        CompletableFuture<Boolean> second =
                finish(jobs.get(1), new Verdict.Died(FailureReason.PERMANENT, "no such address"));
        assertThat(timeOfRefusal()).isLessThan(SOON);
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        assertThat(engine.engine().health().check().postgres()).isFalse();
        assertThat(engine.engine().health().check().redis()).isTrue();

        postgres.restart();
        JobId after = acceptWhenBack();
        assertThat(first.orTimeout(Patience.LONGEST.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isTrue();
        assertThat(second.orTimeout(Patience.LONGEST.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isTrue();
        assertThat(engine.find(jobs.get(0).row().id()).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(engine.find(jobs.get(1).row().id()).state()).isEqualTo(JobState.DEAD);
        assertThat(jobs.get(2).lease().isLost()).isFalse();
        assertThat(engine.succeed(jobs.get(2))).isTrue();
        ClaimedJob next = engine.claimOne(queue);
        assertThat(next.row().id()).isEqualTo(after);
        engine.succeed(next);
    }

    @Test
    void a_silent_postgresql_refuses_submits_and_takes_them_soon_after_it_answers() {
        engine.submit(jobIn(queue));
        toPostgres.stall();
        // Sooner than any time-out of a statement or a connection, and from then on without a wait.
        assertThat(timeOfRefusal()).isLessThan(SOON);
        await().atMost(PATIENCE).until(() -> timeOfRefusal().compareTo(Duration.ofMillis(200)) < 0);
        toPostgres.heal();
        long healed = System.nanoTime();
        acceptWhenBack();
        assertThat(Duration.ofNanos(System.nanoTime() - healed)).isLessThan(SOON);
        engine.claim(queue, 2).forEach(engine::succeed);
    }

    @Test
    void a_claim_that_postgresql_does_not_answer_goes_back_untouched() {
        JobId id = engine.submit(jobIn(queue));
        await().until(() -> engine.worker().index().depth(queue).ready() == 1);
        var claim = engine.worker().dispatcher().claim(queue, 1);
        toPostgres.cut();
        assertThatThrownBy(() -> engine.worker().dispatcher().read(claim, Long.MAX_VALUE))
                .isInstanceOf(StoreUnavailableException.class);
        toPostgres.heal();

        assertThat(engine.worker().index().depth(queue).ready()).isEqualTo(1);
        acceptWhenBack();
        List<ClaimedJob> both = engine.claim(queue, 2);
        assertThat(both.getFirst().row().id()).isEqualTo(id);
        assertThat(both.getFirst().entry().fence()).isZero();
        both.forEach(engine::succeed);
    }

    @Test
    void while_redis_is_away_accepting_goes_on_and_everything_runs_after_its_return() {
        engine.submit(jobIn(queue));
        ClaimedJob running = engine.claimOne(queue);
        assertThat(running.lease().begin(event -> {})).isTrue();
        Set<JobId> accepted = new HashSet<>();
        QueueName unopened = freshQueue();
        toRedis.cut();
        for (int i = 0; i < 50; i++) {
            accepted.add(engine.submit(jobIn(queue)));
        }
        JobId first = engine.submit(jobIn(unopened));
        assertThat(engine.find(first).state()).isEqualTo(JobState.READY);
        assertThat(engine.succeed(running)).isTrue();
        assertThat(engine.engine().health().check().redis()).isFalse();
        toRedis.heal();

        Set<JobId> ran = new HashSet<>();
        engine.claim(queue, 50).forEach(job -> {
            assertThat(engine.succeed(job)).isTrue();
            ran.add(job.row().id());
        });
        assertThat(ran).isEqualTo(accepted);
        assertThat(engine.claimOne(unopened).row().id()).isEqualTo(first);
    }

    @Test
    void a_stalled_redis_does_not_slow_accepting_down() {
        engine.submit(jobIn(queue));
        toRedis.stall();
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(engine.accept(jobIn(queue))).isInstanceOf(Acceptance.Accepted.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        toRedis.heal();
        engine.claim(queue, 21).forEach(engine::succeed);
    }
}
