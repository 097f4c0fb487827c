package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.Millrace;
import io.millrace.faults.Experiment.Moments;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.Stamp;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

/** Redis loses everything, comes back as another one, or goes away for a while. */
final class RedisFaultsTest {

    private static final Duration NEW_JOBS = Duration.ofSeconds(3);

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("cut")
    void nothing_is_lost_when_redis_is_flushed() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("FLUSHALL, no backlog", 1, rig)
                    .newJobsWithin(NEW_JOBS)
                    .backlogWithin(settings.lease().plusSeconds(3))
                    .run((system, random) -> Moments.at(flush(system)));
        }
    }

    @Test
    @Tag("full")
    void nothing_is_lost_when_redis_is_flushed_under_a_backlog() {
        try (Rig rig = Rig.start(settings)) {
            int[] round = {0};
            Experiment.named("FLUSHALL, backlog of 100,000", 1, rig)
                    .atTheBars(3)
                    .withBacklogOf(80_000)
                    .newJobsWithin(NEW_JOBS)
                    .dispatchedAnewWithin(settings.lease().plusSeconds(3))
                    .run((system, random) -> {
                        pauseQueue(system, true);
                        preload(system, 100_000, "backlog" + round[0]++ + "-", 50);
                        pauseQueue(system, false);
                        Rig.pause(Duration.ofSeconds(1));
                        return Moments.at(flush(system));
                    });
        }
    }

    /** Within half a second the rebuilder tells the index. */
    private static void pauseQueue(Rig rig, boolean paused) {
        rig.witness().execute("UPDATE queue SET paused = " + paused + " WHERE name = 'work'");
    }

    /** The sweeper's way into the index stays open, as does every way out of it. */
    @Test
    @Tag("full")
    void a_full_redis_goes_on_draining_and_what_was_accepted_meanwhile_runs() {
        try (Rig rig = Rig.start(settings);
                RedisClient client = RedisClient.create(rig.redis().uri())) {
            int[] round = {0};
            Experiment.named("Redis full for 8 s", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .acceptingAtLeast(0.9)
                    .drainingAtLeast(0.8)
                    .run((system, random) -> {
                        // More than all workers run until Redis has room again, however fast they are.
                        preload(
                                system,
                                50_000,
                                "full" + round[0]++ + "-",
                                settings.flight().workMillis());
                        Rig.pause(Duration.ofSeconds(3));
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "redis");
                        // Less than it takes empty, so that draining makes no room.
                        client.configSet("maxmemory", "100kb");
                        Rig.pause(Duration.ofSeconds(8));
                        assertThatThrownBy(() -> client.set("one", "more")).hasMessageContaining("OOM");
                        client.configSet("maxmemory", "0");
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "redis"));
                    });
        }
    }

    /** A full Redis still takes jobs from the dead and gives them to the living, and lets a worker begin. */
    @Test
    @Tag("full")
    void the_jobs_of_a_worker_that_dies_while_redis_is_full_run_elsewhere() {
        try (Rig rig = Rig.start(settings);
                RedisClient client = RedisClient.create(rig.redis().uri())) {
            Experiment.named("kill -9 of one worker, Redis full", 1, rig).run((system, random) -> {
                Node victim = system.workers().get(random.nextInt(3));
                system.history().fault(FaultKind.STORE_HARMED, "redis");
                client.configSet("maxmemory", "100kb");
                Stamp death = victim.kill();
                victim.start();
                Rig.pause(system.settings().lease().plusSeconds(4));
                assertThatThrownBy(() -> client.set("one", "more")).hasMessageContaining("OOM");
                client.configSet("maxmemory", "0");
                return new Moments(death, system.history().fault(FaultKind.STORE_WHOLE, "redis"));
            });
        }
    }

    @Test
    @Tag("cut")
    void nothing_is_lost_when_redis_comes_back_empty() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("Redis killed, back empty", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "redis");
                        system.redis().kill();
                        system.redis().restartEmpty();
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "redis"));
                    });
        }
    }

    @Test
    @Tag("full")
    void nothing_is_lost_when_redis_comes_back_with_old_data() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("Redis killed, back with old data", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .run((system, random) -> {
                        Path old = system.redis().copyData();
                        Rig.pause(Duration.ofSeconds(3));
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "redis");
                        system.redis().kill();
                        system.redis().restartWith(old);
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "redis"));
                    });
        }
    }

    @Test
    @Tag("full")
    void accepting_goes_on_while_redis_is_frozen() {
        away("Redis frozen", true, Duration.ofSeconds(15));
    }

    @Test
    @Tag("full")
    void accepting_goes_on_while_redis_is_down() {
        away("Redis stopped", false, Duration.ofSeconds(settings.full() ? 30 : 10));
    }

    private void away(String what, boolean frozen, Duration time) {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named(what + " for " + time.toSeconds() + " s", 1, rig)
                    .newJobsWithin(Duration.ofSeconds(5))
                    .backlogWithin(settings.lease().plusSeconds(5))
                    .acceptingAtLeast(0.9)
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "redis");
                        if (frozen) {
                            system.redis().pause();
                        } else {
                            system.redis().stop();
                        }
                        Rig.pause(time);
                        if (frozen) {
                            system.redis().resume();
                        } else {
                            system.redis().restart();
                        }
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "redis"));
                    });
        }
    }

    @Test
    @Tag("full")
    void scripts_that_were_flushed_are_loaded_again() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("SCRIPT FLUSH", 1, rig).newJobsWithin(NEW_JOBS).run((system, random) -> {
                try (RedisClient client = RedisClient.create(system.redis().uri())) {
                    Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "redis");
                    for (int i = 0; i < 20; i++) {
                        client.executeCommand(new CommandArguments(Protocol.Command.SCRIPT).add("FLUSH"));
                        Rig.pause(Duration.ofMillis(50));
                    }
                    return Moments.at(struck);
                }
            });
        }
    }

    @Test
    @Tag("full")
    void connections_that_redis_ends_are_made_again() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("CLIENT KILL storm of 5 s", 1, rig)
                    .newJobsWithin(NEW_JOBS)
                    .run((system, random) -> {
                        Stamp struck = system.history().fault(FaultKind.STORE_HARMED, "redis");
                        for (int i = 0; i < 25; i++) {
                            killClients(system);
                            Rig.pause(Duration.ofMillis(200));
                        }
                        return new Moments(struck, system.history().fault(FaultKind.STORE_WHOLE, "redis"));
                    });
        }
    }

    private static void killClients(Rig rig) {
        try (RedisClient client = RedisClient.create(rig.redis().uri())) {
            client.executeCommand(new CommandArguments(Protocol.Command.CLIENT)
                    .add("KILL")
                    .add("TYPE")
                    .add("normal")
                    .add("SKIPME")
                    .add("yes"));
        }
    }

    private static Stamp flush(Rig rig) {
        Stamp struck = rig.history().fault(FaultKind.STORE_HARMED, "redis");
        rig.redis().flush();
        return struck;
    }

    private static void preload(Rig rig, int count, String keys, int ms) {
        try (Millrace client = rig.client(0)) {
            Load.preload(client, rig.history(), () -> Load.job(FaultyWork.WORK, ms), count, keys);
        }
    }
}
