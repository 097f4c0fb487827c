package io.millrace.faults;

import io.millrace.faults.Experiment.Moments;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The way to a store is slow, half open, or loses answers. */
final class NetworkFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(4);

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("full")
    void redis_that_is_slow_to_answer_steals_nothing() {
        breaking("Redis 50 ms away for 4 s", rig -> rig.network().redis(), proxy -> proxy.delay(Duration.ofMillis(25)));
    }

    @Test
    @Tag("full")
    void postgresql_that_is_slow_to_answer_loses_nothing() {
        breaking(
                "PostgreSQL 50 ms away for 4 s",
                rig -> rig.network().postgres(),
                proxy -> proxy.delay(Duration.ofMillis(25)));
    }

    @Test
    @Tag("full")
    void half_open_connections_to_redis_are_given_up() {
        breaking("half-open connections to Redis for 4 s", rig -> rig.network().redis(), FaultProxy::stall);
    }

    @Test
    @Tag("full")
    void answers_of_redis_that_are_lost_do_no_harm() {
        breaking("lost answers of Redis for 4 s", rig -> rig.network().redis(), FaultProxy::loseReplies);
    }

    @Test
    @Tag("full")
    void half_open_connections_to_postgresql_are_given_up() {
        breaking(
                "half-open connections to PostgreSQL for 4 s",
                rig -> rig.network().postgres(),
                FaultProxy::stall);
    }

    @Test
    @Tag("full")
    void commits_whose_answers_are_lost_are_read_back() {
        breaking("lost answers of PostgreSQL for 4 s", rig -> rig.network().postgres(), FaultProxy::loseReplies);
    }

    private void breaking(String what, Function<Rig, FaultProxy> way, Consumer<FaultProxy> fault) {
        try (Rig rig = Rig.start(settings, true)) {
            Experiment.named(what, 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .loadGoesOnFor(Duration.ofSeconds(6))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, what);
                        fault.accept(way.apply(system));
                        Rig.pause(LONG);
                        way.apply(system).heal();
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, what));
                    });
        }
    }

    @Test
    @Tag("full")
    void a_worker_that_is_cut_off_from_redis_past_its_lease_records_nothing_late() {
        try (Rig rig = Rig.start(settings, true)) {
            Experiment.named("one worker cut off from Redis past its lease", 1, rig)
                    .run((system, random) -> {
                        Node victim = system.workers().getFirst();
                        Stamp struck = system.history().fault(FaultKind.CUT_OFF, victim.name());
                        system.network().redisOfFirstWorker().stall();
                        Rig.pause(settings.lease().plusSeconds(5));
                        system.network().redisOfFirstWorker().heal();
                        return new Moments(struck, system.history().fault(FaultKind.CONNECTED, victim.name()));
                    });
        }
    }
}
