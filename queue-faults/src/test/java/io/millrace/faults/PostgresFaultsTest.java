package io.millrace.faults;

import io.millrace.faults.Experiment.Moments;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL restarts, and ends connections in the middle of statements. */
final class PostgresFaultsTest {

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("full")
    void everything_resumes_after_a_fast_restart() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("PostgreSQL restart, fast", 2, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "postgres");
                        system.postgres().stop();
                        system.postgres().restart();
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "postgres"));
                    });
        }
    }

    @Test
    @Tag("cut")
    void everything_resumes_after_an_immediate_restart() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("PostgreSQL restart, immediate", 2, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "postgres");
                        system.postgres().stopImmediate();
                        Rig.pause(Duration.ofMillis(random.nextInt(2_000)));
                        system.postgres().restart();
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "postgres"));
                    });
        }
    }

    @Test
    @Tag("full")
    void jobs_that_ended_while_postgresql_was_down_longer_than_a_lease_do_not_run_again() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("PostgreSQL down for lease + 5 s", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "postgres");
                        system.postgres().stopImmediate();
                        Rig.pause(settings.lease().plusSeconds(5));
                        system.postgres().restart();
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "postgres"));
                    });
        }
    }

    @Test
    @Tag("full")
    void connections_that_postgresql_ends_are_made_again_and_lost_answers_read_back() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("pg_terminate_backend storm of 5 s", 2, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "postgres");
                        for (int i = 0; i < 25; i++) {
                            system.witness()
                                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                            + " WHERE application_name = 'millrace'"
                                            + " AND (state <> 'idle' OR random() < 0.3)");
                            Rig.pause(Duration.ofMillis(200));
                        }
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "postgres"));
                    });
        }
    }
}
