package io.millrace.core;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.Entry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A step that comes late, or is cut off in the middle, changes nothing that was settled. */
class LateStepsTest {

    /** Of the index of a queue that no Redis has lost. */
    private static final long FIRST_EPOCH = 1;

    private static Stores stores;
    private static TestEngine engine;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        stores = Stores.fresh();
        PostgresConfig postgres =
                new PostgresConfig(stores.jdbcUrl(), stores.user(), stores.password(), 12, Duration.ofSeconds(60));
        engine = TestEngine.open(postgres, TestEngine.patientRedis(stores), "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    /** As a node does whose push hung since before everything else. */
    private void pushLate(Entry entry) {
        assertThat(engine.worker()
                        .index()
                        .push(
                                queue,
                                FIRST_EPOCH,
                                Origin.ACCEPT,
                                List.of(IndexedJob.runnable(
                                        queue, entry, entry.id().unixMillis())))
                        .result())
                .contains(1);
    }

    @Test
    void an_entry_whose_fence_was_raised_does_not_run() {
        engine.submit(jobIn(queue));
        ClaimedJob first = engine.claimOne(queue);
        engine.finish(first, new Verdict.Retried(FailureReason.ERROR, "broken", Duration.ZERO));
        ClaimedJob current = engine.claimOne(queue);

        pushLate(first.entry());
        assertThat(engine.claimNow(queue, 10)).isEmpty();
        assertThat(engine.succeed(current)).isTrue();
    }

    @Test
    void a_stale_entry_that_is_claimed_beside_its_successor_does_not_keep_that_from_running() {
        engine.submit(jobIn(queue));
        ClaimedJob first = engine.claimOne(queue);
        engine.finish(first, new Verdict.HandedBack(Duration.ZERO));
        await().until(() -> engine.worker().index().depth(queue).ready() == 1);

        pushLate(first.entry());
        assertThat(engine.claimNow(queue, 10))
                .singleElement()
                .satisfies(current -> assertThat(current.entry().fence()).isEqualTo(1));
    }

    @Test
    void an_entry_whose_job_has_ended_does_not_run() {
        engine.submit(jobIn(queue));
        ClaimedJob ended = engine.claimOne(queue);
        engine.succeed(ended);
        await().until(() -> engine.worker().index().depth(queue).leased() == 0);

        pushLate(ended.entry());
        assertThat(engine.claimNow(queue, 10)).isEmpty();
    }

    @Test
    void a_failure_that_comes_after_the_success_of_its_run_is_refused() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob job = engine.claimOne(queue);
        assertThat(engine.succeed(job)).isTrue();

        assertThat(engine.finish(job, new Verdict.Died(FailureReason.ERROR, "late")))
                .isFalse();
        assertThat(engine.finish(job, new Verdict.HandedBack(Duration.ZERO))).isFalse();
        assertThat(engine.find(id).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void a_lease_stands_until_the_outcome_is_recorded() throws SQLException {
        engine.submit(jobIn(queue));
        ClaimedJob job = engine.claimOne(queue);
        CompletableFuture<Boolean> recorded;
        try (Connection other = stores.database().connect()) {
            lockRow(other, job.row().id());
            recorded = engine.worker().finisher().finish(job, new Verdict.Succeeded(new byte[0]), System.nanoTime());
            LockWaits.awaitOne(stores.database());

            assertThat(engine.worker().index().holder(queue, job.entry()))
                    .isEqualTo(job.lease().holder());
            other.rollback();
        }
        assertThat(recorded.join()).isTrue();
        await().until(() -> engine.worker().index().depth(queue).leased() == 0);
    }

    private static void lockRow(Connection connection, JobId id) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement lock = connection.prepareStatement("SELECT 1 FROM job WHERE id = ? FOR UPDATE")) {
            lock.setObject(1, id.value());
            lock.execute();
        }
    }
}
