package io.millrace.core.accept;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.accept.Acceptance.BacklogFull;
import io.millrace.core.job.Actor;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.job.StartTime;
import io.millrace.core.operate.QueueOperator.Outcome;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.queue.BacklogConfig;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How long keys stand and how much may wait, by the settings of a queue and of the process. */
class QueueSettingsTest extends TwoEngines {

    private static final Duration FOLLOWED = Patience.LONGEST;

    /** The other node watches its queues from its first submit on. */
    @BeforeAll
    void submitElsewhere() {
        other.submit(jobIn(freshQueue()));
    }

    private NewJob keyed(QueueName queue, String key) {
        return jobIn(queue).withKey(new IdempotencyKey("ann", key, "request".getBytes(UTF_8)));
    }

    private String fresh() {
        return UUID.randomUUID().toString();
    }

    /** The queue must exist before anything can be settled about it. */
    private void settle(Optional<Duration> life, Optional<Integer> limit) {
        engine.submit(jobIn(queue));
        assertThat(engine.succeed(engine.claimOne(queue))).isTrue();
        change(Optional.of(life), Optional.of(limit));
    }

    private void change(Optional<Optional<Duration>> life, Optional<Optional<Integer>> limit) {
        var change = new QueueSettings.Change(life, limit, Optional.empty(), Optional.empty());
        assertThat(engine.engine().queueOperator().change(queue, change, Actor.SETTINGS))
                .isEqualTo(Outcome.DONE);
    }

    private Duration life(Acceptance answer) {
        var accepted = (Acceptance.Accepted) answer;
        return Duration.between(accepted.id().createdAt(), accepted.keyEnds().orElseThrow());
    }

    private void awaitFull(TestEngine node) {
        await().atMost(FOLLOWED).until(() -> node.accept(jobIn(queue)) instanceof BacklogFull);
    }

    @Test
    void every_node_follows_a_change_of_the_life_of_keys_and_told_lives_stay() {
        settle(Optional.of(Duration.ofMinutes(1)), Optional.empty());
        for (TestEngine node : List.of(engine, other)) {
            await().atMost(FOLLOWED)
                    .until(() -> life(node.accept(keyed(queue, fresh()))).equals(Duration.ofMinutes(1)));
        }
        String key = fresh();
        var accepted = (Acceptance.Accepted) engine.accept(keyed(queue, key));

        change(Optional.of(Optional.of(Duration.ofDays(90))), Optional.empty());
        await().atMost(FOLLOWED)
                .until(() -> life(other.accept(keyed(queue, fresh()))).equals(Duration.ofDays(90)));
        assertThat(other.accept(keyed(queue, key)))
                .isEqualTo(new Acceptance.Replayed(
                        accepted.id(),
                        accepted.runAt(),
                        accepted.id().createdAt().plus(Duration.ofMinutes(1))));

        change(Optional.of(Optional.empty()), Optional.empty());
        await().atMost(FOLLOWED)
                .until(() -> life(other.accept(keyed(queue, fresh()))).equals(Limits.DEFAULT_IDEMPOTENCY_LIFE));
    }

    @Test
    void settings_out_of_range_and_queues_that_do_not_exist_are_refused() {
        for (Duration life : List.of(Duration.ofSeconds(59), Duration.ofDays(91))) {
            assertThatThrownBy(() -> QueueSettings.Change.NONE.withIdempotencyLife(Optional.of(life)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int limit : List.of(0, Limits.HIGHEST_BACKLOG_LIMIT + 1)) {
            assertThatThrownBy(() -> QueueSettings.Change.NONE.withBacklogLimit(Optional.of(limit)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(engine.engine().queueOperator().change(freshQueue(), QueueSettings.Change.NONE, Actor.SETTINGS))
                .isEqualTo(Outcome.NO_SUCH_QUEUE);
    }

    @Test
    void a_full_queue_refuses_on_every_node_until_jobs_have_run_or_the_limit_is_lifted() {
        settle(Optional.empty(), Optional.of(3));
        awaitFull(engine);
        awaitFull(other);
        assertThat(engine.accept(jobIn(queue))).isEqualTo(new BacklogFull(BacklogFull.Scope.QUEUE, 3));
        assertThat(engine.accept(jobIn(freshQueue()))).isInstanceOf(Acceptance.Accepted.class);

        long waiting = engine.worker().index().depth(queue).ready();
        engine.claim(queue, (int) waiting).forEach(engine::succeed);
        await().until(() -> engine.accept(jobIn(queue)) instanceof Acceptance.Accepted);

        awaitFull(engine);
        change(Optional.empty(), Optional.of(Optional.empty()));
        await().atMost(FOLLOWED).until(() -> engine.accept(jobIn(queue)) instanceof Acceptance.Accepted);
    }

    @Test
    void one_batch_does_not_go_over_the_limit_and_jobs_that_are_due_soon_count() {
        settle(Optional.empty(), Optional.of(100));
        NewJob soon = jobIn(queue).startingAt(new StartTime.After(Duration.ofMinutes(1)));
        awaitFollowed(100);
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            jobs.add(soon);
        }
        long taken = accepted(jobs);
        assertThat(taken).isBetween(1L, 100L);
        // A reading from before all was taken away leaves less room, until the next one.
        AtomicLong all = new AtomicLong(taken);
        await().until(() -> all.get() >= 90 || all.addAndGet(accepted(jobs)) >= 90);
        assertThat(all.get() + accepted(jobs)).isBetween(90L, 110L);
    }

    /** Fills the queue, so that the limit is seen to hold, and empties it again. */
    private void awaitFollowed(int limit) {
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            jobs.add(jobIn(queue));
        }
        await().atMost(FOLLOWED).until(() -> accepted(jobs) < limit);
        await().pollInSameThread().until(() -> {
            engine.claimNow(queue, 1_000).forEach(engine::succeed);
            return engine.worker().index().depth(queue).waiting() == 0;
        });
        await().until(() -> engine.accept(jobIn(queue)) instanceof Acceptance.Accepted);
        assertThat(engine.succeed(engine.claimOne(queue))).isTrue();
    }

    private long accepted(List<NewJob> jobs) {
        return engine.engine().acceptor().acceptAll(jobs).stream()
                .map(CompletableFuture::join)
                .filter(Acceptance.Accepted.class::isInstance)
                .count();
    }

    @Test
    void repeats_are_answered_with_their_job_however_much_waits() {
        settle(Optional.empty(), Optional.of(2));
        String key = fresh();
        JobId id = engine.submit(keyed(queue, key));
        awaitFull(engine);
        awaitFull(other);

        for (TestEngine node : List.of(engine, other)) {
            assertThat(node.accept(keyed(queue, key)))
                    .isInstanceOfSatisfying(
                            Acceptance.Replayed.class,
                            replayed -> assertThat(replayed.id()).isEqualTo(id));
            assertThat(node.accept(jobIn(queue).withKey(new IdempotencyKey("ann", key, "another".getBytes(UTF_8)))))
                    .isEqualTo(new Acceptance.KeyReused(id));
        }
        String unused = fresh();
        assertThat(engine.accept(keyed(queue, unused))).isInstanceOf(BacklogFull.class);
        change(Optional.empty(), Optional.of(Optional.empty()));
        await().atMost(FOLLOWED).until(() -> engine.accept(keyed(queue, unused)) instanceof Acceptance.Accepted);

        List<Acceptance> mixed =
                engine
                        .engine()
                        .acceptor()
                        .acceptAll(List.of(keyed(queue, key), jobIn(queue), keyed(queue, unused)))
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();
        assertThat(mixed.get(0)).isInstanceOf(Acceptance.Replayed.class);
        assertThat(mixed.get(1)).isInstanceOf(Acceptance.Accepted.class);
        assertThat(mixed.get(2)).isInstanceOf(Acceptance.Replayed.class);
    }

    @Test
    void the_limit_of_all_queues_holds_beside_those_of_single_ones() {
        Stores own = Stores.fresh();
        try (TestEngine small = TestEngine.open(
                PostgresConfig.at(own.jdbcUrl(), own.user(), own.password()),
                RedisConfig.at(URI.create(own.redisUri()), own.keyPrefix()),
                new BacklogConfig(Optional.of(10)),
                "worker-3")) {
            int taken = 0;
            while (small.accept(jobIn(freshQueue())) instanceof Acceptance.Accepted) {
                taken++;
            }
            // A reading in the middle of a job's way from the commit to the index counts one too few, for a moment.
            assertThat(taken).isBetween(10, 12);
            assertThat(small.accept(jobIn(freshQueue()))).isEqualTo(new BacklogFull(BacklogFull.Scope.TOTAL, 10));
        }
    }

    @Test
    void without_redis_a_node_counts_what_it_accepts_itself() {
        Stores own = Stores.fresh();
        URI server = URI.create(own.redisUri());
        try (FaultProxy redis = FaultProxy.to(server.getPort())) {
            String via = own.redisUri().replace(":" + server.getPort(), ":" + redis.port());
            try (TestEngine node = TestEngine.open(
                    PostgresConfig.at(own.jdbcUrl(), own.user(), own.password()),
                    RedisConfig.at(URI.create(via), own.keyPrefix()),
                    new BacklogConfig(Optional.of(20)),
                    "worker-4")) {
                node.submit(jobIn(queue));
                await().until(() -> node.worker().index().depth(queue).ready() == 1);
                redis.cut();
                int taken = 0;
                while (node.accept(jobIn(queue)) instanceof Acceptance.Accepted) {
                    taken++;
                }
                assertThat(taken).isBetween(18, 20);
                await().during(Duration.ofSeconds(2)).until(() -> node.accept(jobIn(queue)) instanceof BacklogFull);
                redis.heal();
                await().atMost(FOLLOWED.multipliedBy(2))
                        .ignoreExceptionsInstanceOf(IndexUnavailableException.class)
                        .until(() -> {
                            node.claimNow(queue, 5).forEach(node::succeed);
                            return node.accept(jobIn(queue)) instanceof Acceptance.Accepted;
                        });
            }
        }
    }
}
