package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.faults.Experiment.Moments;
import io.millrace.faults.Leadership.Caught;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The node whose caretaker is in the middle of its step dies, or freezes with the lock in its hand. */
final class LeaderFaultsTest {

    private static final Duration TAKEOVER = Duration.ofSeconds(5);

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("full")
    void another_node_takes_over_from_a_leader_that_was_killed() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("kill -9 of the leader", 1, rig).atTheBars(50).run((system, random) -> {
                Leadership leadership = new Leadership(system);
                Caught leader = leadership.freezeLeader();
                Stamp death = leader.node().kill();
                Duration takeover = leadership.takeover(death);
                leader.node().start();
                assertSoon(leader, takeover);
                return Moments.at(death);
            });
        }
    }

    @Test
    @Tag("full")
    void another_node_takes_over_from_a_leader_that_is_frozen() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("SIGSTOP of the leader", 1, rig).run((system, random) -> {
                Leadership leadership = new Leadership(system);
                Caught leader = leadership.freezeLeader();
                Duration takeover = leadership.takeover(leader.at());
                Rig.pause(settings.lease().plusSeconds(2));
                Stamp thawed = leader.node().thaw();
                assertSoon(leader, takeover);
                return new Moments(leader.at(), thawed);
            });
        }
    }

    /** Asked when the node is there again: the clients that use it would wait for their answers in vain. */
    private static void assertSoon(Caught leader, Duration takeover) {
        System.out.println(
                "the reaper of " + leader.node().name() + " was replaced after " + takeover.toMillis() + " ms");
        assertThat(takeover).as("another node reaps after").isLessThan(TAKEOVER);
    }
}
