package io.millrace.core.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.TwoEngines;
import io.millrace.core.job.Actor;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.Operation;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Changes of many jobs while nodes come, go, and are several. */
class OperationsOverNodesTest extends TwoEngines {

    private static final Duration PATIENCE = Patience.LONGEST;
    private static final int JOBS = 30;

    /** So slow that a process which pauses for seconds still stops in its middle. */
    private static final int RATE = 3;

    @Test
    void an_operation_whose_node_stops_is_finished_by_another_that_redrives_each_job_once() {
        Stores own = Stores.fresh();
        QueueName redriven = TestEngine.freshQueue();
        List<JobId> jobs;
        UUID id;
        try (TestEngine first = TestEngine.on(own, "worker-1")) {
            jobs = dead(first, redriven, JOBS);
            id = begin(first, Operation.Kind.REDRIVE, redriven, RATE).id();
            // What is back dies again at once, so that it would be redriven twice by who begins anew.
            await().atMost(PATIENCE).until(() -> die(first, redriven) > 0);
        }
        try (TestEngine second = TestEngine.on(own, "worker-2")) {
            Operation left = operation(second, id);
            assertThat(left.state()).isEqualTo(Operation.State.RUNNING);
            assertThat(left.changed()).isBetween(1L, JOBS - 1L);
            await().atMost(PATIENCE).until(() -> {
                die(second, redriven);
                return operation(second, id).state() == Operation.State.DONE;
            });

            assertThat(operation(second, id).changed()).isEqualTo(JOBS);
            await().atMost(PATIENCE).untilAsserted(() -> {
                die(second, redriven);
                assertThat(jobs)
                        .allSatisfy(job -> assertThat(second.find(job).attempts())
                                .as("deaths")
                                .hasSize(2))
                        .allSatisfy(job -> assertThat(second.find(job).state()).isEqualTo(JobState.DEAD));
            });
        }
    }

    @Test
    void an_operation_whose_node_stops_is_finished_by_another_that_discards_the_rest() {
        Stores own = Stores.fresh();
        QueueName discarded = TestEngine.freshQueue();
        List<JobId> jobs;
        UUID id;
        try (TestEngine first = TestEngine.on(own, "worker-1")) {
            jobs = dead(first, discarded, JOBS);
            id = begin(first, Operation.Kind.DISCARD, discarded, RATE).id();
            await().atMost(PATIENCE).until(() -> operation(first, id).changed() > 0);
        }
        try (TestEngine second = TestEngine.on(own, "worker-2")) {
            assertThat(operation(second, id).state()).isEqualTo(Operation.State.RUNNING);
            await().atMost(PATIENCE).until(() -> operation(second, id).state() == Operation.State.DONE);

            assertThat(operation(second, id).changed()).isEqualTo(JOBS);
            assertThat(jobs).allMatch(job -> second.engine().reader().find(job).isEmpty());
        }
    }

    /** It may take longer than its rate says, however long; never less. */
    @Test
    void a_rate_is_kept_by_all_nodes_together() {
        dead(engine, queue, 16);
        UUID id = begin(engine, Operation.Kind.DISCARD, queue, 4).id();
        await().atMost(PATIENCE).until(() -> operation(other, id).state() == Operation.State.DONE);

        Operation done = operation(engine, id);
        assertThat(done.changed()).isEqualTo(16);
        assertThat(Duration.between(done.createdAt(), done.finishedAt().orElseThrow()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void what_a_caretaker_cancels_meanwhile_is_told_as_cancelled_by_who_asked_for_it() throws InterruptedException {
        JobOperator operator = engine.engine().operator();
        JobOperator caretaker = other.engine().operator();
        // The index of a new queue is only known to be whole a moment later.
        await().until(() -> operator.cancelAll(queue, List.of(engine.submit(TestEngine.jobIn(queue)))) == 1);
        var over = new AtomicBoolean();
        Thread canceller = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                caretaker.cancelNoted(1_000);
            }
        });
        try {
            for (int round = 0; round < 30; round++) {
                List<JobId> waiting = List.of(
                        engine.submit(TestEngine.jobIn(queue)),
                        engine.submit(TestEngine.jobIn(queue)),
                        engine.submit(TestEngine.jobIn(queue)));
                assertThat(operator.cancelAll(queue, waiting.subList(0, 2))).isEqualTo(2);
                assertThat(operator.cancel(waiting.getLast(), Actor.SETTINGS)).isEqualTo(new OperationResult.Done());
            }
        } finally {
            over.set(true);
            canceller.join();
        }
    }

    private static List<JobId> dead(TestEngine engine, QueueName queue, int count) {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(engine.submit(TestEngine.jobIn(queue)));
        }
        engine.claim(queue, count).forEach(job -> die(engine, job));
        return ids;
    }

    /** Ends in death what waits now; how many these are. */
    private static int die(TestEngine engine, QueueName queue) {
        List<ClaimedJob> claimed = engine.claimNow(queue, 10);
        claimed.forEach(job -> die(engine, job));
        return claimed.size();
    }

    private static void die(TestEngine engine, ClaimedJob job) {
        assertThat(engine.finish(job, new Verdict.Died(FailureReason.PERMANENT, "no such address")))
                .isTrue();
    }

    private static Operation begin(TestEngine engine, Operation.Kind kind, QueueName queue, int rate) {
        return engine.engine()
                .operations()
                .start(kind, JobFilter.ANY.ofQueue(queue), Optional.empty(), Optional.of(rate), Actor.SETTINGS);
    }

    private static Operation operation(TestEngine engine, UUID id) {
        // A node that has just begun has few connections yet, and on a busy machine it may take a while.
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                .until(() -> engine.engine().operations().find(id), Optional::isPresent)
                .orElseThrow();
    }
}
