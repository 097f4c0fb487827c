package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.job.Actor;
import io.millrace.core.job.JobDetails;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.operate.OperationResult;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.testkit.Patience;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a job when its worker dies, and when it only takes long. */
class DeadWorkerTest extends TwoEngines {

    private static final Duration PATIENCE = Patience.LONGEST;

    @Override
    protected TestEngine open(String workerId) {
        return TestEngine.on(stores, workerId, TestEngine.SHORT_LEASE);
    }

    /** As a dead process does: it renews no more. */
    private void die(ClaimedJob job) {
        engine.worker().leases().release(job.lease());
    }

    @Test
    void the_job_of_a_dead_worker_runs_again_after_its_lease_and_its_crash_is_recorded() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob lost = engine.claimOne(queue);
        assertThat(lost.lease().begin(event -> {})).isTrue();
        long died = System.nanoTime();
        die(lost);

        ClaimedJob again = other.claimOne(queue);
        assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(TestEngine.SHORT_LEASE.plusSeconds(20));
        assertThat(again.row().id()).isEqualTo(id);
        assertThat(again.entry().fence()).isEqualTo(1);
        assertThat(again.row().crashes()).isEqualTo(1);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(engine.succeed(lost)).isFalse();
        assertThat(other.succeed(again)).isTrue();

        assertThat(engine.find(id).attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.failure().reason()).isEqualTo("crash");
            assertThat(attempt.worker()).contains("worker-1");
        });
    }

    @Test
    void a_job_whose_worker_died_three_times_is_dead_as_poison() {
        JobId id = engine.submit(jobIn(queue));
        for (int crash = 0; crash < 3; crash++) {
            ClaimedJob lost = engine.claimOne(queue);
            assertThat(lost.row().crashes()).isEqualTo(crash);
            assertThat(engine.worker().dispatcher().noteBegun(lost)).isTrue();
            die(lost);
        }
        await().atMost(PATIENCE).until(() -> engine.find(id).state() == JobState.DEAD);

        JobDetails dead = engine.find(id);
        assertThat(dead.failure())
                .hasValueSatisfying(failure -> assertThat(failure.reason()).isEqualTo("poison"));
        assertThat(dead.attempts())
                .extracting(attempt -> attempt.failure().reason())
                .containsExactly("crash", "crash", "poison");
        assertThat(engine.engine().operator().redrive(id, Actor.SETTINGS)).isInstanceOf(OperationResult.Done.class);
        ClaimedJob redriven = engine.claimOne(queue);
        assertThat(redriven.row().crashes()).isZero();
        engine.succeed(redriven);
    }

    @Test
    void a_suspect_that_had_not_begun_is_not_blamed_for_the_third_crash() {
        JobId id = engine.submit(jobIn(queue));
        for (int crash = 0; crash < 3; crash++) {
            die(engine.claimOne(queue));
        }
        ClaimedJob alive = engine.claimOne(queue);
        assertThat(alive.row().id()).isEqualTo(id);
        assertThat(alive.row().crashes()).isEqualTo(2);
        assertThat(engine.succeed(alive)).isTrue();
    }

    @Test
    void a_live_job_is_never_taken_from_its_worker_however_long_it_runs() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob running = engine.claimOne(queue);
        running.lease().begin(event -> {});
        long end = System.nanoTime() + TestEngine.SHORT_LEASE.multipliedBy(3).toNanos();
        await().atMost(PATIENCE).until(() -> {
            assertThat(other.claimNow(queue, 1)).isEmpty();
            assertThat(engine.find(id).version()).isZero();
            return System.nanoTime() - end > 0;
        });
        assertThat(running.lease().isLost()).isFalse();
        assertThat(engine.succeed(running)).isTrue();
    }

    @Test
    void a_row_that_cannot_be_raised_does_not_hold_its_neighbours_up() throws SQLException {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ids.add(engine.submit(jobIn(queue)));
        }
        List<ClaimedJob> lost = engine.claim(queue, 9);
        JobId bad = ids.get(4);
        refuseToRaise(bad);
        lost.forEach(this::die);

        List<ClaimedJob> again = other.claim(queue, 8);
        assertThat(again).extracting(job -> job.row().id()).doesNotContain(bad).allMatch(ids::contains);
        again.forEach(other::succeed);
        assertThat(engine.find(bad).state()).isNotEqualTo(JobState.SUCCEEDED);
    }

    /** As a value would that the row does not take. */
    private void refuseToRaise(JobId id) throws SQLException {
        try (var connection = stores.database().connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '22003'; END $$");
            statement.execute("CREATE TRIGGER refuse BEFORE UPDATE ON job FOR EACH ROW WHEN (old.id = '" + id
                    + "') EXECUTE FUNCTION refuse()");
        }
    }
}
