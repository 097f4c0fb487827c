package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.faults.Experiment.Moments;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers die, freeze and are replaced. */
final class WorkerFaultsTest {

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("cut")
    void the_jobs_of_a_killed_worker_run_elsewhere() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("kill -9 of one worker", 3, rig).atTheBars(50).run((system, random) -> {
                Node victim = system.workers().get(random.nextInt(3));
                Stamp death = victim.kill();
                victim.start();
                return Moments.at(death);
            });
        }
    }

    @Test
    @Tag("full")
    void the_jobs_of_all_killed_workers_run_when_workers_are_back() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("kill -9 of all workers", 1, rig).atTheBars(50).run((system, random) -> {
                List<Stamp> deaths = system.workers().stream().map(Node::kill).toList();
                system.workers().forEach(Node::start);
                return Moments.at(deaths.getFirst());
            });
        }
    }

    @Test
    @Tag("full")
    void a_worker_that_was_frozen_past_its_lease_records_nothing_late() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("SIGSTOP of a worker past its lease", 1, rig).run((system, random) -> {
                Node victim = system.workers().get(random.nextInt(3));
                Stamp frozen = victim.freeze();
                Rig.pause(system.settings().lease().plusSeconds(5));
                return new Moments(frozen, victim.thaw());
            });
        }
    }

    @Test
    @Tag("full")
    void a_rolling_restart_costs_nothing() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("rolling restart by SIGTERM", 1, rig).run((system, random) -> {
                @Nullable Stamp first = null;
                @Nullable Stamp last = null;
                for (Node node : List.of(
                        system.workers().get(0),
                        system.apis().get(0),
                        system.workers().get(1),
                        system.apis().get(1),
                        system.workers().get(2))) {
                    last = node.tellToStop();
                    first = first == null ? last : first;
                    node.awaitEnd(Duration.ofSeconds(30));
                    node.start().awaitReady();
                }
                return new Moments(Objects.requireNonNull(first), Objects.requireNonNull(last));
            });
            assertThat(rig.rows().jobs()).as("jobs").allSatisfy(job -> {
                assertThat(job.attempts()).isEqualTo(1);
                assertThat(job.crashes() + job.records()).isZero();
            });
        }
    }
}
