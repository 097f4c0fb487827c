package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.millrace.core.EngineConfig;
import io.millrace.core.Inspection;
import io.millrace.core.TestEngine;
import io.millrace.core.job.Entry;
import io.millrace.core.job.StartTime;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.queue.BacklogConfig;
import io.millrace.core.redis.RedisConfig;
import io.millrace.core.upkeep.FsckReport.Difference;
import io.millrace.core.upkeep.FsckReport.Kind;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Differences of each kind are made by hand, found, mended, and gone. */
class FsckTest {

    private static final Duration PATIENCE = Patience.LONGEST;
    private static final Fsck.Options LOOK = options(false);
    private static final Fsck.Options REPAIR = options(true);

    private final Stores stores = Stores.fresh();
    private final QueueName queue = freshQueue();

    private static Fsck.Options options(boolean repair) {
        return new Fsck.Options(Optional.empty(), repair, Optional.of(Duration.ofMillis(200)));
    }

    private FsckReport fsck(Fsck.Options options) {
        RedisConfig redis = new RedisConfig(
                URI.create(stores.redisUri()), stores.keyPrefix(), Duration.ofSeconds(10), TestEngine.SHORT_LEASE);
        PostgresConfig postgres = PostgresConfig.at(stores.jdbcUrl(), stores.user(), stores.password());
        try (Inspection inspection =
                Inspection.open(new EngineConfig(postgres, redis, UpkeepConfig.DEFAULT, BacklogConfig.DEFAULT))) {
            return inspection.fsck().check(options);
        }
    }

    private List<JobId> submit(TestEngine engine, int count) {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(engine.submit(jobIn(queue)));
        }
        await().atMost(PATIENCE).until(() -> {
            var depth = engine.worker().index().depth(queue);
            return depth.indexed() && depth.ready() == count;
        });
        return ids;
    }

    private void sql(String text, JobId id) {
        try (var connection = stores.database().connect();
                var statement = connection.prepareStatement(text)) {
            statement.setObject(1, id.value());
            assertThat(statement.executeUpdate()).isEqualTo(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String key(String name) {
        return stores.keyPrefix() + ":{" + queue + "}:" + name;
    }

    /** Takes the entry of a job out of the index, as nothing in the system does. */
    private void lose(JobId id) {
        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            byte[] entry = Entry.first(id, 0).bytes();
            byte[] ready = key("ready").getBytes(UTF_8);
            byte[] due = key("due").getBytes(UTF_8);
            assertThat(redis.zrem(ready, entry) + redis.zrem(due, entry)).isEqualTo(1);
        }
    }

    private static Set<JobId> jobs(FsckReport report, Kind kind) {
        Set<JobId> jobs = new HashSet<>();
        report.of(kind).stream()
                .map(Difference::entry)
                .forEach(entry -> jobs.add(entry.orElseThrow().id()));
        return jobs;
    }

    private Set<JobId> runAll(int count) {
        Set<JobId> ran = new HashSet<>();
        try (TestEngine engine = TestEngine.on(stores, "worker-2", TestEngine.SHORT_LEASE)) {
            engine.claim(queue, count).forEach(job -> {
                ran.add(job.row().id());
                assertThat(engine.succeed(job)).isTrue();
            });
        }
        return ran;
    }

    @Test
    void stores_that_go_together_differ_in_nothing_and_what_is_far_ahead_is_fine() {
        try (TestEngine engine = TestEngine.on(stores, "worker-1", TestEngine.SHORT_LEASE)) {
            submit(engine, 3);
            engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofHours(1))));
            engine.claimOne(queue);
            FsckReport report = fsck(LOOK);
            assertThat(report.differences()).isEmpty();
            assertThat(report.queues()).isEqualTo(1);
            assertThat(report.rows()).isEqualTo(3);
            assertThat(report.entries()).isEqualTo(3);
        }
    }

    @Test
    void while_nothing_else_runs_each_kind_of_difference_is_found_mended_and_gone() {
        List<JobId> ids;
        JobId leased;
        try (TestEngine engine = TestEngine.on(stores, "worker-1", TestEngine.SHORT_LEASE)) {
            ids = submit(engine, 5);
            ClaimedJob held = engine.claimOne(queue);
            leased = held.row().id();
            engine.worker().leases().release(held.lease());
        }
        List<JobId> others = new ArrayList<>(ids);
        others.remove(leased);
        lose(others.get(0));
        sql("UPDATE job SET state = 1 WHERE id = ?", others.get(1));
        sql("DELETE FROM job WHERE id = ?", others.get(2));
        sql("UPDATE job SET fence = 7 WHERE id = ?", others.get(3));
        await().atMost(PATIENCE).until(() -> !fsck(LOOK).of(Kind.OVERDUE).isEmpty());

        FsckReport found = fsck(REPAIR);
        assertThat(jobs(found, Kind.ABSENT)).containsExactlyInAnyOrder(others.get(0), others.get(3));
        assertThat(jobs(found, Kind.STALE)).containsExactlyInAnyOrder(others.get(1), others.get(2), others.get(3));
        assertThat(jobs(found, Kind.OVERDUE)).containsExactly(leased);
        assertThat(found.of(Kind.STALE))
                .extracting(Difference::detail)
                .containsExactlyInAnyOrder("the job is succeeded", "there is no such job", "the job has fence 7");
        assertThat(found.of(Kind.OVERDUE).getFirst().detail()).contains("worker-1 gives no sign of life");

        assertThat(fsck(LOOK).differences()).isEmpty();
        assertThat(runAll(3)).containsExactlyInAnyOrder(others.get(0), others.get(3), leased);
    }

    @Test
    void an_index_that_is_gone_is_found_and_filled_again() {
        List<JobId> ids;
        try (TestEngine engine = TestEngine.on(stores, "worker-1", TestEngine.SHORT_LEASE)) {
            ids = submit(engine, 20);
        }
        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            redis.del(key("epoch"), key("ready"), key("due"));
        }
        FsckReport found = fsck(LOOK);
        assertThat(found.differences())
                .extracting(Difference::kind, Difference::detail)
                .containsExactly(tuple(Kind.INDEX, "Redis has no index of it"));

        assertThat(fsck(REPAIR).of(Kind.INDEX)).hasSize(1);
        assertThat(fsck(LOOK).differences()).isEmpty();
        assertThat(runAll(20)).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void beside_a_system_at_work_nothing_is_taken_for_a_difference_that_is_only_on_its_way() {
        AtomicBoolean stop = new AtomicBoolean();
        try (TestEngine engine = TestEngine.on(stores, "worker-1", TestEngine.SHORT_LEASE)) {
            engine.submit(jobIn(queue));
            CompletableFuture<Void> load = CompletableFuture.runAsync(
                    () -> {
                        while (!stop.get()) {
                            engine.engine().acceptor().acceptAll(List.of(jobIn(queue), jobIn(queue), jobIn(queue)));
                            engine.claimNow(queue, 50).forEach(engine::succeed);
                        }
                    },
                    Thread::startVirtualThread);
            try {
                // On a busy machine an outcome may wait for its settlement for long, so this watches as long as a
                // person does.
                FsckReport report = fsck(new Fsck.Options(Optional.of(queue), true, Optional.empty()));
                assertThat(report.differences()).isEmpty();
            } finally {
                stop.set(true);
                load.join();
            }
        }
    }

    @Test
    void beside_a_system_at_work_an_absent_job_is_mended_and_runs_once() {
        try (TestEngine engine = TestEngine.on(stores, "worker-1", TestEngine.SHORT_LEASE)) {
            JobId id = submit(engine, 1).getFirst();
            lose(id);
            assertThat(jobs(fsck(REPAIR), Kind.ABSENT)).containsExactly(id);
            ClaimedJob again = engine.claimOne(queue);
            assertThat(again.row().id()).isEqualTo(id);
            assertThat(again.entry().fence()).isEqualTo(1);
            assertThat(engine.succeed(again)).isTrue();
            assertThat(engine.claimNow(queue, 1)).isEmpty();
        }
    }
}
