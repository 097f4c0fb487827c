package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.job.Actor;
import io.millrace.core.job.Entry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StartDeadline;
import io.millrace.core.job.StartTime;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.testkit.Patience;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** A job that no handler has begun by its start deadline is cancelled; one that has begun runs on. */
class ExpiryTest extends TwoEngines {

    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration PATIENCE = Patience.LONGEST;

    /** Long enough to begin in time on a machine that pauses for seconds. */
    private static final Duration TIME_TO_BEGIN = Duration.ofSeconds(6);

    private JobId submit(Duration expiresIn) {
        return engine.submit(jobIn(queue).expiringIn(expiresIn));
    }

    private void awaitExpired(JobId id) {
        await().atMost(PATIENCE).until(() -> engine.find(id).state() == JobState.CANCELLED);
        JobDetails job = engine.find(id);
        assertThat(job.failure().map(JobDetails.Failure::reason)).contains(FailureReason.EXPIRED.wireName());
        assertThat(job.attempt()).isZero();
        assertThat(job.attempts()).isEmpty();
        assertThat(job.startedAt()).isEmpty();
        assertThat(job.expiresAt()).isEmpty();
        assertThat(job.finishedAt()).isPresent();
    }

    private void expireNow(JobId id) {
        sql("UPDATE job SET expires_at = now() - interval '1 second' WHERE id = '" + id + "'::uuid");
    }

    private void sql(String sql) {
        try (Connection connection = stores.database().connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_waiting_job_expires_and_leaves_the_index() {
        JobId id = submit(Duration.ofHours(1));
        assertThat(engine.find(id).expiresAt()).contains(id.createdAt().plus(Duration.ofHours(1)));
        await().until(() -> engine.worker().index().depth(queue).ready() == 1);
        expireNow(id);
        awaitExpired(id);
        await().until(() -> engine.worker().index().depth(queue).ready() == 0);
    }

    @Test
    void jobs_that_are_delayed_or_of_a_paused_queue_expire() {
        JobId near = engine.submit(jobIn(queue)
                .startingAt(new StartTime.After(Duration.ofSeconds(60)))
                .expiringIn(Duration.ofSeconds(90)));
        JobId far = engine.submit(
                jobIn(queue).startingAt(new StartTime.After(Duration.ofDays(2))).expiringIn(Duration.ofDays(3)));
        engine.engine().queueOperator().setPaused(queue, true, Actor.SETTINGS);
        JobId paused = submit(SOON);
        expireNow(near);
        expireNow(far);
        awaitExpired(near);
        awaitExpired(far);
        awaitExpired(paused);
    }

    @Test
    void a_job_whose_entry_is_lost_expires() {
        JobId id = submit(Duration.ofHours(1));
        await().until(() -> engine.worker().index().depth(queue).ready() == 1);
        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            redis.del(stores.keyPrefix() + ":{" + queue + "}:ready");
        }
        expireNow(id);
        awaitExpired(id);
    }

    @Test
    void the_claim_ends_a_job_whose_deadline_has_passed() {
        JobId id = submit(Duration.ofHours(1));
        await().until(() -> engine.worker().index().depth(queue).ready() == 1);
        // Leased before it expires, so that the caretaker leaves it to its holder; read afterwards.
        var claim = engine.worker().dispatcher().claim(queue, 1);
        assertThat(claim.leases()).hasSize(1);
        expireNow(id);
        assertThat(engine.worker().dispatcher().read(claim, Long.MAX_VALUE)).isEmpty();
        awaitExpired(id);
        await().until(() -> engine.worker().index().depth(queue).leased() == 0);
    }

    @Test
    void a_job_that_nobody_handles_expires_while_it_rests() {
        JobId id = submit(Duration.ofHours(1));
        ClaimedJob job = engine.claimOne(queue);
        assertThat(job.row().deadline()).isEqualTo(StartDeadline.AHEAD);
        engine.worker().dispatcher().putBack(List.of(job), Duration.ofMinutes(10));
        expireNow(id);
        awaitExpired(id);
        await().until(() -> engine.worker().index().depth(queue).parked() == 0);
    }

    @Test
    void what_has_begun_expires_no_more_whatever_becomes_of_it() {
        JobId running = submit(TIME_TO_BEGIN);
        ClaimedJob job = engine.claimOne(queue);
        assertThat(job.mustNoteBegin()).isTrue();
        assertThat(engine.worker().dispatcher().noteBegun(job)).isTrue();
        assertThat(engine.find(running).expiresAt()).isEmpty();

        assertThat(engine.finish(job, new Verdict.HandedBack(Duration.ofSeconds(2))))
                .isTrue();
        await().during(TIME_TO_BEGIN.plusSeconds(2))
                .atMost(PATIENCE)
                .until(() -> !engine.find(running).state().isFinal());
        ClaimedJob again = engine.claimOne(queue);
        assertThat(again.row().deadline()).isEqualTo(StartDeadline.NONE);
        assertThat(again.mustNoteBegin()).isFalse();
        assertThat(engine.succeed(again)).isTrue();
    }

    @Test
    void a_job_whose_worker_died_before_it_began_still_expires() {
        JobId id = submit(Duration.ofHours(1));
        ClaimedJob job = engine.claimOne(queue);
        engine.worker().leases().release(job.lease());
        await().atMost(PATIENCE)
                .until(() -> engine.worker().index().depth(queue).ready() == 1);
        assertThat(engine.find(id).expiresAt()).isPresent();
        expireNow(id);
        await().atMost(PATIENCE).until(() -> engine.find(id).state() == JobState.CANCELLED);
        assertThat(engine.worker().dispatcher().noteBegun(job)).isFalse();
    }

    /** The expirer reads rows, asks the index, and only then ends them: meanwhile a handler may have begun. */
    @Test
    void a_row_that_was_begun_or_raised_since_it_was_read_is_left_alone() {
        JobId begun = submit(Duration.ofHours(1));
        ClaimedJob job = engine.claimOne(queue);
        JobId early = submit(Duration.ofHours(1));
        JobId raised = submit(Duration.ofHours(1));
        assertThat(engine.worker().dispatcher().noteBegun(job)).isTrue();
        try (Database database = Database.open(PostgresConfig.at(stores.jdbcUrl(), stores.user(), stores.password()))) {
            List<Entry> read = List.of(
                    job.entry(), Entry.first(early, 0), Entry.first(raised, 0).withFence(7));
            assertThat(new UpkeepRows(database).expire(read)).isEmpty();
        }
        assertThat(engine.find(early).expiresAt()).isPresent();
        assertThat(engine.succeed(job)).isTrue();
        assertThat(engine.find(begun).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void a_redriven_job_has_no_deadline() {
        JobId id = submit(SOON);
        awaitExpired(id);
        engine.engine().operator().redrive(id, Actor.SETTINGS);
        assertThat(engine.find(id).expiresAt()).isEmpty();
        assertThat(engine.succeed(engine.claimOne(queue))).isTrue();
    }

    @Test
    void a_job_with_an_hour_left_is_not_touched() {
        JobId id = submit(Duration.ofHours(1));
        submit(SOON);
        await().during(Duration.ofSeconds(3))
                .atMost(PATIENCE)
                .until(() -> !engine.find(id).state().isFinal());
    }

    /** Two workers claim while two caretakers without a lock between them expire. */
    @Test
    void each_job_is_begun_or_expires_and_never_both() throws Exception {
        int jobs = 1_000;
        List<NewJob> all = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            // Some in any case expire and some in any case are begun; who wins of the others is open.
            long millis = i % 10 == 0 ? 1 : i % 10 == 1 ? Duration.ofHours(1).toMillis() : 300 + 2 * i;
            all.add(jobIn(queue).expiringIn(Duration.ofMillis(millis)));
        }
        engine.engine().acceptor().acceptAll(all).forEach(CompletableFuture::join);
        Set<JobId> begun = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        RedisConfig redis = TestEngine.patientRedis(stores);
        try (Database database = Database.open(PostgresConfig.at(stores.jdbcUrl(), stores.user(), stores.password()));
                Redis index = new Redis(redis);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> running = new ArrayList<>();
            for (TestEngine worker : List.of(engine, other)) {
                Expirer expirer = new Expirer(new QueueIndex(index), new Epochs(index), new UpkeepRows(database));
                running.add(threads.submit(() -> until(over, () -> expirer.expire(Duration.ofSeconds(1)))));
                running.add(threads.submit(() -> until(over, () -> work(worker, begun))));
            }
            try {
                await().until(() -> count("state = 0") == 0 || running.stream().anyMatch(Future::isDone));
            } finally {
                over.set(true);
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertThat(count("state = 0")).isZero();
        assertThat(begun).isNotEmpty().hasSizeLessThan(jobs);
        assertThat(count("state = 1")).isEqualTo(begun.size());
        assertThat(count("state = 3 AND failure_reason = 'expired' AND started_at IS NULL"))
                .isEqualTo(jobs - begun.size());
        assertThat(count("expires_at IS NOT NULL")).isZero();
        begun.forEach(id -> assertThat(engine.find(id).state()).isEqualTo(JobState.SUCCEEDED));
    }

    private void until(AtomicBoolean over, Runnable step) {
        while (!over.get()) {
            step.run();
        }
    }

    private void work(TestEngine worker, Set<JobId> begun) {
        for (ClaimedJob job : worker.claimNow(queue, 3)) {
            if (worker.worker().dispatcher().noteBegun(job)) {
                assertThat(begun.add(job.row().id())).isTrue();
                assertThat(worker.succeed(job)).isTrue();
            } else {
                worker.worker().leases().release(job.lease());
            }
        }
    }

    private long count(String condition) {
        try (Connection connection = stores.database().connect();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM job WHERE queue = ? AND " + condition)) {
            statement.setString(1, queue.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
