package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.DispatchSettings;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.core.redis.QueueIndex.Renewal;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.core.redis.QueueIndex.Withdrawal;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** What each script refuses when the index does not hold, and how an index is opened and filled again. */
class QueueIndexEpochTest extends QueueIndexCase {

    @Test
    void another_number_is_fenced_by_every_script() {
        Entry entry = pushed();
        claim("w/1", 1);
        for (long number : new long[] {0, 2}) {
            assertAllFenced(number, entry);
        }
    }

    @Test
    void an_index_that_was_flushed_is_fenced_by_every_script() {
        Entry entry = pushed();
        removeEpoch();
        assertThat(epochs.read(queue).holds()).isFalse();
        assertAllFenced(EPOCH, entry);
    }

    @Test
    void an_index_of_another_server_is_fenced_by_every_script() {
        Entry entry = pushed();
        redis.call(
                "epoch", jedis -> jedis.hset(epochKey(), "run_id".getBytes(UTF_8), "0123456789abcdef".getBytes(UTF_8)));
        assertThat(epochs.read(queue).holds()).isFalse();
        assertAllFenced(EPOCH, entry);
        assertThat(index.depth(queue).indexed()).isFalse();
    }

    @Test
    void many_indexes_are_read_at_once_each_with_its_own_number_and_settings() {
        QueueName unknown = new QueueName(queue.value() + "-unknown");
        QueueName paused = new QueueName(queue.value() + "-paused");
        epochs.open(paused, 7);
        index.writeSettings(paused, new DispatchSettings(true, Optional.of(3), Optional.empty()));

        List<Epochs.State> states = epochs.read(List.of(queue, unknown, paused));

        assertThat(states).extracting(Epochs.State::number).containsExactly(EPOCH, -1L, 7L);
        assertThat(states).extracting(Epochs.State::rebuilt).containsExactly(true, false, false);
        assertThat(states).extracting(state -> state.dispatch().paused()).containsExactly(false, false, true);
        assertThat(epochs.seen(queue)).hasValue(EPOCH);
        assertThat(epochs.seen(unknown)).isEmpty();
        assertThat(epochs.seen(paused)).hasValue(7);
    }

    @Test
    void a_node_is_told_which_queues_were_reaped_just_now() {
        QueueName other = new QueueName(queue.value() + "-other");
        assertThat(index.sinceReaped(List.of(other, queue))).allMatch(Duration::isNegative);
        reap();
        List<Duration> since = index.sinceReaped(List.of(other, queue));
        assertThat(since.getFirst()).isNegative();
        assertThat(since.getLast()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
    }

    private byte[] epochKey() {
        return redis.keys().of(LuaScript.named("epoch_read"), queue).getFirst();
    }

    private void removeEpoch() {
        redis.call("epoch", jedis -> jedis.del(epochKey()));
    }

    private void assertAllFenced(long number, Entry entry) {
        List<Held> held = List.of(new Held(entry, "w/1"));
        assertThat(List.of(
                        index.push(queue, number, Origin.ACCEPT, List.of(at(entry(0), now()))),
                        index.claim(queue, number, "w/2", 1),
                        index.settle(queue, number, List.of(new Settlement(entry, "w/1", null)), 1, 0),
                        index.renew(queue, number, held),
                        index.register(queue, number, held),
                        index.reap(queue, number, 10),
                        index.adopt(queue, number, true, List.of(entry(0))),
                        index.withdraw(queue, number, entry),
                        index.retract(queue, number, false, List.of(entry)),
                        index.hold(queue, number, entry)))
                .allMatch(IndexAnswer.Fenced.class::isInstance);
    }

    private void loseEpoch() {
        try (RedisClient client = RedisClient.create(TestRedis.uri())) {
            client.del(redis.config().prefix() + ":{" + queue + "}:epoch");
        }
    }

    @Test
    void caretakers_rest_until_the_index_is_rebuilt_and_accepting_and_claiming_go_on() {
        loseEpoch();
        epochs.open(queue, 2);
        assertThat(epochs.read(queue).rebuilt()).isFalse();
        Entry fresh = entry(0);
        IndexedJob job = at(fresh, now() - 1);

        assertThat(index.push(queue, 2, Origin.CARETAKER, List.of(job))).isInstanceOf(IndexAnswer.Resting.class);
        assertThat(index.reap(queue, 2, 10)).isInstanceOf(IndexAnswer.Resting.class);
        assertThat(index.adopt(queue, 2, false, List.of(fresh))).isInstanceOf(IndexAnswer.Resting.class);
        assertThat(index.withdraw(queue, 2, fresh).result()).contains(Withdrawal.UNKNOWN);
        assertThat(index.push(queue, 2, Origin.ACCEPT, List.of(job)).result()).contains(1);
        assertThat(index.claim(queue, 2, "w/1", 1).result().orElseThrow().entries())
                .containsExactly(fresh);
        assertThat(index.withdraw(queue, 2, fresh).result()).contains(Withdrawal.LEASED);

        epochs.markRebuilt(queue, 1);
        assertThat(epochs.read(queue).rebuilt()).isFalse();
        epochs.markRebuilt(queue, 2);
        assertThat(epochs.read(queue).rebuilt()).isTrue();
        assertThat(index.reap(queue, 2, 10)).isInstanceOf(IndexAnswer.Done.class);
    }

    @Test
    void opening_empties_a_lost_index_and_leaves_one_that_holds_alone() {
        pushed();
        pushed();
        claim("w/1", 1);
        epochs.open(queue, 3);
        assertThat(epochs.read(queue).number()).isEqualTo(EPOCH);
        assertThat(index.depth(queue).leased()).isEqualTo(1);

        loseEpoch();
        epochs.open(queue, 3);
        assertThat(epochs.read(queue).number()).isEqualTo(3);
        assertThat(index.depth(queue).ready()).isZero();
        assertThat(index.depth(queue).leased()).isZero();

        epochs.open(queue, 2);
        epochs.open(queue, 3);
        assertThat(epochs.read(queue).number()).isEqualTo(3);
    }

    @Test
    void the_first_registration_of_an_entry_wins() {
        Entry running = entry(0);
        assertThat(register(running, "w/1")).isTrue();
        assertThat(register(running, "w/2")).isFalse();
        assertThat(register(running, "w/1")).isTrue();
        assertThat(index.holder(queue, running)).isEqualTo("w/1");
    }

    @Test
    void a_registration_takes_the_entry_out_of_what_can_be_claimed_and_keeps_a_cancel_mark() {
        Entry running = pushed();
        assertThat(register(running, "w/1")).isTrue();
        assertThat(claim("w/2", 1)).isEmpty();

        withdraw(running);
        assertThat(register(running, "w/1")).isTrue();
        assertThat(renew(running, "w/1")).isEqualTo(Renewal.CANCEL_REQUESTED);
    }

    private boolean register(Entry entry, String holder) {
        return index.register(queue, EPOCH, List.of(new Held(entry, holder)))
                .result()
                .orElseThrow()
                .getFirst();
    }
}
