package io.millrace.core;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.job.Actor;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.StartTime;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.lease.Lease;
import io.millrace.core.operate.OperationResult;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a job, from acceptance to each of its ends. */
class JobLifeTest {

    private static final Stores STORES = Stores.fresh();

    private static TestEngine engine;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        engine = TestEngine.on(STORES, "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void a_job_is_accepted_claimed_and_finished() {
        JobId id = engine.submit(jobIn(queue));
        assertThat(engine.find(id).state()).isEqualTo(JobState.READY);

        ClaimedJob claimed = engine.claimOne(queue);
        assertThat(claimed.row().id()).isEqualTo(id);
        assertThat(claimed.attempt()).isEqualTo(1);
        assertThat(new String(claimed.payload(), UTF_8)).isEqualTo("{\"n\":1}");
        assertThat(engine.find(id).state()).isEqualTo(JobState.RUNNING);
        assertThat(engine.find(id).worker()).contains("worker-1");

        assertThat(engine.finish(claimed, new Verdict.Succeeded("{\"sum\":3}".getBytes(UTF_8))))
                .isTrue();
        JobDetails done = engine.find(id);
        assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(done.result())
                .hasValueSatisfying(
                        result -> assertThat(new String(result, UTF_8)).isEqualTo("{\"sum\":3}"));
        assertThat(done.attempts()).isEmpty();
        assertThat(done.finishedAt()).isPresent();
    }

    @Test
    void a_finished_job_leaves_no_lease_behind() {
        engine.submit(jobIn(queue));
        engine.succeed(engine.claimOne(queue));

        await().until(() -> engine.worker().index().depth(queue).leased() == 0);
        assertThat(engine.worker().leases().held()).isZero();
        assertThat(engine.worker().index().depth(queue).finished()).isEqualTo(1);
    }

    @Test
    void a_failed_attempt_is_recorded_and_the_job_runs_again_at_its_time_under_a_new_fence() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob first = engine.claimOne(queue);
        assertThat(engine.finish(
                        first, new Verdict.Retried(FailureReason.ERROR, "no route to host", Duration.ofSeconds(5))))
                .isTrue();

        JobDetails waiting = engine.find(id);
        assertThat(waiting.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(waiting.attempt()).isEqualTo(1);
        assertThat(waiting.version()).isEqualTo(1);
        assertThat(waiting.attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.attempt()).isEqualTo(1);
            assertThat(attempt.failure()).isEqualTo(new JobDetails.Failure("error", "no route to host"));
            assertThat(attempt.worker()).contains("worker-1");
        });

        ClaimedJob second = engine.claimOne(queue);
        assertThat(second.row().id()).isEqualTo(id);
        assertThat(second.entry().fence()).isEqualTo(1);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(engine.succeed(second)).isTrue();
        assertThat(engine.find(id).failure()).isEmpty();
        assertThat(engine.find(id).attempts()).hasSize(1);
    }

    @Test
    void an_outcome_under_an_old_fence_is_refused_and_changes_nothing() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob zombie = engine.claimOne(queue);
        engine.finish(zombie, new Verdict.Retried(FailureReason.TIMEOUT, "too slow", Duration.ZERO));
        ClaimedJob current = engine.claimOne(queue);

        assertThat(engine.succeed(zombie)).isFalse();
        assertThat(engine.finish(zombie, new Verdict.Died(FailureReason.ERROR, "late")))
                .isFalse();

        assertThat(engine.find(id).state()).isEqualTo(JobState.RUNNING);
        assertThat(engine.succeed(current)).isTrue();
    }

    @Test
    void an_outcome_that_is_sent_twice_counts_once_and_is_told_so_both_times() {
        JobId succeeded = engine.submit(jobIn(queue));
        ClaimedJob one = engine.claimOne(queue);
        assertThat(engine.succeed(one)).isTrue();
        assertThat(engine.succeed(one)).isTrue();
        assertThat(engine.find(succeeded).attempt()).isEqualTo(1);

        JobId failed = engine.submit(jobIn(queue));
        ClaimedJob two = engine.claimOne(queue);
        Verdict retry = new Verdict.Retried(FailureReason.ERROR, "broken", Duration.ofHours(1));
        assertThat(engine.finish(two, retry)).isTrue();
        assertThat(engine.finish(two, retry)).isTrue();
        assertThat(engine.find(failed).attempts()).hasSize(1);
        assertThat(engine.find(failed).version()).isEqualTo(two.entry().fence() + 1);
    }

    @Test
    void a_job_that_failed_for_good_is_dead_and_is_not_claimed_any_more() {
        JobId id = engine.submit(jobIn(queue));
        engine.finish(engine.claimOne(queue), new Verdict.Died(FailureReason.PERMANENT, "no such address"));

        JobDetails dead = engine.find(id);
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.failure()).contains(new JobDetails.Failure("permanent", "no such address"));
        assertThat(dead.attempts()).hasSize(1);
        assertThat(engine.claimNow(queue, 10)).isEmpty();
    }

    @Test
    void a_dead_job_that_is_redriven_runs_with_its_budgets_renewed() {
        JobId id = engine.submit(jobIn(queue));
        engine.finish(engine.claimOne(queue), new Verdict.Died(FailureReason.PERMANENT, "no such address"));

        assertThat(engine.engine().operator().redrive(id, Actor.SETTINGS)).isInstanceOf(OperationResult.Done.class);
        ClaimedJob again = engine.claimOne(queue);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.entry().fence()).isEqualTo(2);
        assertThat(engine.succeed(again)).isTrue();
        assertThat(engine.find(id).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(engine.engine().operator().redrive(id, Actor.SETTINGS))
                .isEqualTo(new OperationResult.WrongState(JobState.SUCCEEDED));
    }

    @Test
    void a_begun_job_that_is_handed_back_keeps_its_attempts() {
        JobId id = engine.submit(jobIn(queue));
        assertThat(engine.finish(engine.claimOne(queue), new Verdict.HandedBack(Duration.ZERO)))
                .isTrue();

        ClaimedJob again = engine.claimOne(queue);
        assertThat(again.row().id()).isEqualTo(id);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.entry().fence()).isEqualTo(1);
        assertThat(engine.find(id).attempts()).isEmpty();
        engine.succeed(again);
    }

    @Test
    void a_job_that_never_began_goes_back_as_the_same_entry() {
        engine.submit(jobIn(queue));
        ClaimedJob first = engine.claimOne(queue);
        engine.worker().dispatcher().putBack(List.of(first), Duration.ZERO);

        ClaimedJob again = engine.claimOne(queue);
        assertThat(again.entry()).isEqualTo(first.entry());
        assertThat(again.lease().holder()).isNotEqualTo(first.lease().holder());
        engine.succeed(again);
    }

    @Test
    void a_waiting_job_that_is_cancelled_ends_at_once() {
        JobId id = engine.submit(jobIn(queue));
        await().until(() -> engine.worker().index().depth(queue).indexed()
                && engine.worker().index().depth(queue).ready() == 1);

        assertThat(engine.engine().operator().cancel(id, Actor.SETTINGS)).isInstanceOf(OperationResult.Done.class);
        assertThat(engine.find(id).state()).isEqualTo(JobState.CANCELLED);
        assertThat(engine.claimNow(queue, 10)).isEmpty();
        assertThat(engine.engine().operator().cancel(id, Actor.SETTINGS))
                .isEqualTo(new OperationResult.WrongState(JobState.CANCELLED));
    }

    @Test
    void the_worker_of_a_running_job_hears_that_it_is_cancelled() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob running = engine.claimOne(queue);
        ConcurrentLinkedQueue<Lease.Event> events = new ConcurrentLinkedQueue<>();
        assertThat(running.lease().begin(events::add)).isTrue();

        assertThat(engine.engine().operator().cancel(id, Actor.SETTINGS)).isInstanceOf(OperationResult.Requested.class);
        await().untilAsserted(() -> assertThat(events).containsExactly(Lease.Event.CANCEL_REQUESTED));
        assertThat(engine.finish(running, new Verdict.Cancelled("interrupted"))).isTrue();

        JobDetails cancelled = engine.find(id);
        assertThat(cancelled.state()).isEqualTo(JobState.CANCELLED);
        assertThat(cancelled.failure()).contains(new JobDetails.Failure("cancelled", "interrupted"));
    }

    @Test
    void a_noted_cancel_is_carried_out_by_the_next_claim() {
        JobId id = engine.submit(jobIn(queue));
        ClaimedJob running = engine.claimOne(queue);
        engine.engine().operator().cancel(id, Actor.SETTINGS);
        engine.finish(running, new Verdict.Retried(FailureReason.ERROR, "broken", Duration.ZERO));

        await().until(() -> {
            assertThat(engine.claimNow(queue, 10)).isEmpty();
            return engine.find(id).state() == JobState.CANCELLED;
        });
    }

    @Test
    void a_cancel_that_could_only_be_noted_is_carried_out_long_before_the_job_is_due() throws SQLException {
        JobId id = engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofHours(1))));
        try (var connection = STORES.database().connect();
                var note = connection.prepareStatement("UPDATE job SET cancel_requested = true WHERE id = ?")) {
            note.setObject(1, id.value());
            note.executeUpdate();
        }
        await().atMost(Patience.LONGEST).until(() -> engine.find(id).state() == JobState.CANCELLED);
    }

    @Test
    void a_delayed_job_starts_at_its_time_and_not_before() {
        long before = System.nanoTime();
        JobId id = engine.submit(jobIn(queue).startingAt(new StartTime.After(Duration.ofSeconds(5))));
        assertThat(engine.find(id).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(engine.claimNow(queue, 10)).isEmpty();

        engine.succeed(engine.claimOne(queue));
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(4_990), Duration.ofSeconds(30));
    }

    @Test
    void jobs_of_one_queue_start_in_the_order_of_their_acceptance() {
        List<JobId> ids = engine.engine().acceptor().acceptAll(Collections.nCopies(200, jobIn(queue))).stream()
                .map(answer -> ((Acceptance.Accepted) answer.join()).id())
                .toList();
        assertThat(ids).isSorted();
        await().until(() -> engine.worker().index().depth(queue).ready() == 200);

        List<ClaimedJob> claimed = engine.claim(queue, 200);
        assertThat(claimed.stream().map(job -> job.entry().id())).containsExactlyElementsOf(ids);
        claimed.forEach(engine::succeed);
    }

    @Test
    void nobody_knows_a_job_that_was_never_accepted() {
        JobId unknown = new JobId(UUID.randomUUID());
        assertThat(engine.engine().reader().find(unknown)).isEmpty();
        assertThat(engine.engine().operator().cancel(unknown, Actor.SETTINGS))
                .isInstanceOf(OperationResult.NotFound.class);
        assertThat(engine.engine().operator().redrive(unknown, Actor.SETTINGS))
                .isInstanceOf(OperationResult.NotFound.class);
    }
}
