package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.JobHandle;
import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import io.millrace.client.Retry;
import io.millrace.faults.Experiment.Moments;
import io.millrace.protocol.JobView;
import io.millrace.testkit.history.Rows;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that kill or hold the worker that runs them. */
final class PoisonTest {

    /** Enough for a job that loops to take every carrier of all workers, if it could. */
    private static final int ATTEMPTS = 7;

    private static final int AT_THE_BARS = 20;

    /** A run takes minutes. */
    private static final int A_THOUSAND_AT_THE_BARS = 5;

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("full")
    void a_job_that_halts_its_worker_is_the_only_one_that_dies() {
        poison("poison pill: Runtime.halt", Load.job(FaultyWork.HALT, 200), "poison");
    }

    @Test
    @Tag("full")
    void a_job_that_eats_the_memory_is_the_only_one_that_dies() {
        poison("poison pill: out of memory", Load.job(FaultyWork.MEMORY, 0), "poison");
    }

    @Test
    @Tag("full")
    void a_job_that_overflows_its_stack_fails_alone() {
        poison(
                "poison pill: stack overflow",
                Load.job(FaultyWork.OVERFLOW, 0)
                        .retry(Retry.attempts(ATTEMPTS)
                                .initialDelay(Duration.ofMillis(50))
                                .factor(1)),
                "error");
    }

    @Test
    @Tag("full")
    void a_job_that_loops_for_ever_is_timed_out_and_gives_its_slot_back() {
        poison(
                "poison pill: endless loop",
                Load.job(FaultyWork.LOOP, 0)
                        .timeout(Duration.ofSeconds(2))
                        .retry(Retry.attempts(ATTEMPTS)
                                .initialDelay(Duration.ofMillis(50))
                                .factor(1)),
                "timeout");
    }

    @Test
    @Tag("full")
    void a_job_that_halts_its_worker_is_the_only_one_that_dies_of_a_thousand_in_flight() {
        poison(
                settings.withThousandInFlight(),
                A_THOUSAND_AT_THE_BARS,
                "poison pill: Runtime.halt, 1,000 in flight",
                Load.job(FaultyWork.HALT, 200),
                "poison");
    }

    private void poison(String what, JobRequest pill, String reason) {
        poison(settings, AT_THE_BARS, what, pill, reason);
    }

    /** Among many good jobs one bad: it ends dead for the given reason, and nothing else does. */
    private static void poison(FaultSettings settings, int times, String what, JobRequest pill, String reason) {
        try (Rig rig = Rig.start(settings)) {
            AtomicInteger pills = new AtomicInteger();
            AtomicBoolean watching = new AtomicBoolean(true);
            Thread keeper = Thread.ofPlatform().daemon().name("keeper").start(() -> keepAlive(rig, watching));
            try {
                Experiment.named(what, 1, rig)
                        .atTheBars(times)
                        .loadGoesOnFor(Duration.ofSeconds(1))
                        .withSuspects()
                        .failingAfter(ATTEMPTS)
                        .run((system, random) -> endDead(system, what, pill, "pill" + pills.incrementAndGet()));
            } finally {
                watching.set(false);
                join(keeper);
            }
            assertThat(rig.rows().jobs())
                    .filteredOn(job -> job.state() == Rows.State.DEAD)
                    .as("jobs that ended dead")
                    .hasSize(pills.get())
                    .allSatisfy(job -> assertThat(job.reason()).isEqualTo(reason));
        }
    }

    private static Moments endDead(Rig rig, String what, JobRequest pill, String key) {
        Stamp begin = Stamp.at(InstantSource.system());
        try (Millrace client = rig.client(0)) {
            JobHandle handle = client.enqueue(pill.idempotencyKey(key));
            rig.history().accepted(handle.id().toString(), key);
            JobView end = handle.await(patience(rig.settings()));
            System.out.println(what + " ended as " + end.state() + " after "
                    + Stamp.at(InstantSource.system()).millisSince(begin) + " ms");
            assertThat(end.state()).as(what).isEqualTo("dead");
        }
        return Moments.at(begin);
    }

    /** All that died with the pill may run before it, one at a time. */
    private static Duration patience(FaultSettings settings) {
        FaultSettings.Flight flight = settings.flight();
        Duration oneByOne = Duration.ofMillis(flight.workMillis()).multipliedBy(flight.least());
        return settings.lease().multipliedBy(6).plusSeconds(90).plus(oneByOne);
    }

    /** What a supervisor does: a worker that died is started again. */
    private static void keepAlive(Rig rig, AtomicBoolean watching) {
        while (watching.get()) {
            for (Node worker : rig.workers()) {
                if (!worker.isAlive() && watching.get()) {
                    worker.noteDeath();
                    worker.start();
                }
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
