package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.faults.Experiment.Moments;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL restarts, and ends connections in the middle of statements. */
final class PostgresFaultsTest {

    private static final Duration NOTICED = Duration.ofSeconds(1);

    /** A second, and what a busy machine may add; asked for by the full suite, which has the machine to itself. */
    private static final Duration LONGEST_ANSWER = Duration.ofMillis(1_500);

    /** As for the other bars, the cut runs on any machine. */
    private static final Duration LONGEST_ANSWER_OF_THE_CUT = Duration.ofSeconds(4);

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("full")
    void everything_resumes_after_a_fast_restart() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("PostgreSQL restart, fast", 1, rig)
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
    @Tag("cut")
    void submits_are_refused_within_a_second_while_postgresql_is_silent() {
        try (Rig rig = Rig.start(settings)) {
            int[] round = {0};
            Duration silence = Duration.ofSeconds(8);
            Experiment.named("PostgreSQL frozen for " + silence.toSeconds() + " s", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .run((system, random) -> {
                        try (Door door = new Door(system).keepAsking("asked" + round[0]++ + "-")) {
                            Rig.pause(Duration.ofSeconds(1));
                            Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "postgres");
                            system.postgres().pause();
                            Stamp frozen = Stamp.at(InstantSource.system());
                            Rig.pause(silence);
                            Stamp healed = system.history().fault(FaultKind.STORE_WHOLE, "postgres");
                            system.postgres().resume();
                            assertRefusedInTime(door.answers(), struck, frozen, healed);
                            return new Moments(struck, healed);
                        }
                    });
        }
    }

    /** What was asked in time for an answer while PostgreSQL was silent; some were served while it was being frozen. */
    private void assertRefusedInTime(List<Door.Answer> answers, Stamp struck, Stamp frozen, Stamp healed) {
        Stamp noticed = new Stamp(frozen.nanos() + NOTICED.toNanos(), 0);
        Stamp lastCall =
                new Stamp(healed.nanos() - (settings.full() ? LONGEST_ANSWER : LONGEST_ANSWER_OF_THE_CUT).toNanos(), 0);
        List<Door.Answer> during = answers.stream()
                .filter(each -> struck.isBefore(each.sent()) && each.sent().isBefore(lastCall))
                // What was stored before it froze may be answered afterwards.
                .filter(each -> each.status() != 202 || frozen.isBefore(each.sent()))
                .toList();
        System.out.printf(
                "%d submits while PostgreSQL was silent: the longest was answered after %d ms, after it was noticed %d ms%n",
                during.size(),
                longest(during).toMillis(),
                longest(during.stream()
                                .filter(each -> noticed.isBefore(each.sent()))
                                .toList())
                        .toMillis());
        assertThat(during).hasSizeGreaterThan(50).allSatisfy(each -> {
            assertThat(each.status()).isEqualTo(503);
            assertThat(each.saysWhen()).isTrue();
            assertThat(each.body()).contains("same idempotency key");
            assertThat(each.answered().isBefore(healed)).isTrue();
            if (settings.full()) {
                assertThat(each.took()).isLessThan(LONGEST_ANSWER);
            }
        });
    }

    private static Duration longest(List<Door.Answer> answers) {
        return answers.stream().map(Door.Answer::took).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    @Test
    @Tag("full")
    void connections_that_postgresql_ends_are_made_again_and_lost_answers_read_back() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("pg_terminate_backend storm of 5 s", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "postgres");
                        for (int i = 0; i < 25; i++) {
                            system.witness()
                                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                            + " WHERE application_name LIKE 'millrace %'"
                                            + " AND (state <> 'idle' OR random() < 0.3)");
                            Rig.pause(Duration.ofMillis(200));
                        }
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "postgres"));
                    });
        }
    }
}
