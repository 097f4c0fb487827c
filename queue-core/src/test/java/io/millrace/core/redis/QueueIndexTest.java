package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Hold;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.core.redis.QueueIndex.Reaped;
import io.millrace.core.redis.QueueIndex.Renewal;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.core.redis.QueueIndex.Withdrawal;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.TestRedis;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** What each script promises. Every test has a queue of its own, opened as number 1 and rebuilt. */
class QueueIndexTest {

    private static final long EPOCH = 1;
    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    private static Redis redis;
    private static Epochs epochs;
    private static QueueIndex index;

    private final QueueName queue = new QueueName("q" + RANDOM.nextLong(Long.MAX_VALUE));

    @BeforeAll
    static void connect() {
        redis = new Redis(RedisConfig.at(URI.create(TestRedis.uri()), TestRedis.freshPrefix())
                .withLease(Duration.ofMillis(400)));
        epochs = new Epochs(redis);
        index = new QueueIndex(redis);
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @BeforeEach
    void openQueue() {
        epochs.open(queue, EPOCH);
        epochs.markRebuilt(queue, EPOCH);
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private static Entry entry(int priority) {
        return Entry.first(JobId.of(now(), RANDOM.nextInt(4096), RANDOM.nextLong()), priority);
    }

    private IndexedJob at(Entry entry, long time) {
        return new IndexedJob(queue, entry, time, time > System.currentTimeMillis());
    }

    private int push(IndexedJob... jobs) {
        return index.push(queue, EPOCH, Origin.ACCEPT, List.of(jobs)).result().orElseThrow();
    }

    private Entry pushed() {
        Entry entry = entry(0);
        assertThat(push(at(entry, now() - 1))).isEqualTo(1);
        return entry;
    }

    private List<Entry> claim(String holder, int most) {
        return index.claim(queue, EPOCH, holder, most).result().orElseThrow().entries();
    }

    private int settle(Entry entry, String holder, @Nullable IndexedJob follower) {
        return index.settle(queue, EPOCH, List.of(new Settlement(entry, holder, follower)), 0, 0)
                .result()
                .orElseThrow();
    }

    private List<Reaped> reap() {
        return index.reap(queue, EPOCH, 100).result().orElseThrow();
    }

    private Renewal renew(Entry entry, String holder) {
        return index.renew(queue, EPOCH, List.of(new Held(entry, holder)))
                .result()
                .orElseThrow()
                .getFirst();
    }

    @Test
    void entries_are_claimed_in_the_order_of_their_times() {
        List<IndexedJob> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            jobs.add(at(entry(0), now() - 1_000 + i));
        }
        index.push(queue, EPOCH, Origin.ACCEPT, jobs.reversed());

        assertThat(claim("w/1", 12)).containsExactlyElementsOf(entries(jobs.subList(0, 12)));
        assertThat(claim("w/2", 12)).containsExactlyElementsOf(entries(jobs.subList(12, 20)));
        assertThat(claim("w/3", 12)).isEmpty();
    }

    private static List<Entry> entries(List<IndexedJob> jobs) {
        return jobs.stream().map(IndexedJob::entry).toList();
    }

    @Test
    void a_higher_priority_goes_first_but_not_before_what_waits_for_longer_than_its_head_start() {
        long now = now();
        long headStart = QueueIndex.HEAD_START.toMillis();
        Entry plain = entry(0);
        Entry urgent = entry(9);
        Entry starving = entry(0);
        push(at(plain, now - 1_000), at(urgent, now - 10), at(starving, now - 9 * headStart - 1_000));

        assertThat(claim("w/1", 3)).containsExactly(starving, urgent, plain);
    }

    @Test
    void a_delayed_entry_waits_for_its_time() {
        Entry later = entry(0);
        push(at(later, now() + 300));

        var early = index.claim(queue, EPOCH, "w/1", 1).result().orElseThrow();
        assertThat(early.entries()).isEmpty();
        assertThat(early.untilNextDue()).isBetween(Duration.ZERO, Duration.ofMillis(300));
        await().until(() -> claim("w/1", 1).equals(List.of(later)));
    }

    @Test
    void a_push_skips_what_is_ready_due_or_leased_as_that_entry() {
        Entry ready = pushed();
        Entry due = entry(0);
        push(at(due, now() + 60_000));
        assertThat(push(at(ready, now()), at(due, now()))).isZero();

        assertThat(claim("w/1", 5)).containsExactly(ready);
        assertThat(push(at(ready, now()))).isZero();
        assertThat(claim("w/2", 5)).isEmpty();
        assertThat(push(at(ready.withFence(1), now()))).isEqualTo(1);
    }

    @Test
    void a_push_sets_one_wake_up_mark_and_a_claim_that_leaves_work_passes_it_on() {
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isFalse();
        pushed();
        pushed();
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isFalse();
        claim("w/1", 1);
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
        claim("w/2", 1);
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isFalse();
    }

    @Test
    void nothing_is_claimed_from_a_paused_queue_and_resuming_wakes_a_worker() {
        Entry entry = pushed();
        index.writeSettings(queue, true);
        assertThat(claim("w/1", 1)).isEmpty();

        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
        index.writeSettings(queue, false);
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
        assertThat(claim("w/1", 1)).containsExactly(entry);
    }

    @Test
    void settling_ends_the_lease_and_indexes_the_follower_however_often_it_is_repeated() {
        Entry entry = pushed();
        claim("w/1", 1);
        IndexedJob follower = at(entry.withFence(1), now());

        assertThat(settle(entry, "w/1", follower)).isEqualTo(1);
        assertThat(settle(entry, "w/1", follower)).isZero();
        assertThat(claim("w/2", 5)).containsExactly(follower.entry());
        assertThat(settle(entry, "w/1", follower)).isZero();
        assertThat(claim("w/3", 5)).isEmpty();
        assertThat(index.depth(queue).leased()).isEqualTo(1);
    }

    @Test
    void handing_back_twice_does_not_move_a_later_claim() {
        Entry entry = pushed();
        claim("w/1", 1);
        settle(entry, "w/1", at(entry, now()));
        assertThat(claim("w/2", 1)).containsExactly(entry);

        assertThat(settle(entry, "w/1", at(entry, now()))).isZero();
        assertThat(claim("w/3", 1)).isEmpty();
        assertThat(renew(entry, "w/2")).isEqualTo(Renewal.RENEWED);
    }

    @Test
    void a_late_hand_back_does_not_bring_back_what_was_settled() {
        Entry entry = pushed();
        claim("w/1", 1);
        settle(entry, "w/1", at(entry, now()));
        claim("w/2", 1);
        settle(entry, "w/2", null);

        settle(entry, "w/1", at(entry, now()));
        assertThat(claim("w/3", 1)).isEmpty();
    }

    @Test
    void a_lease_is_renewed_by_its_holder_only() {
        Entry entry = pushed();
        claim("w/1", 1);
        assertThat(renew(entry, "w/1")).isEqualTo(Renewal.RENEWED);
        assertThat(renew(entry, "w/2")).isEqualTo(Renewal.LOST);
        assertThat(renew(entry(0), "w/1")).isEqualTo(Renewal.LOST);
        assertThat(index.holder(queue, entry)).isEqualTo("w/1");
    }

    @Test
    void the_reaper_takes_leases_that_ran_out_and_tells_their_holders() {
        Entry entry = pushed();
        assertThat(reap()).isEmpty();
        claim("w/1", 1);

        List<Reaped> reaped = new ArrayList<>();
        await().until(() -> reaped.addAll(reap()));
        assertThat(reaped).containsExactly(new Reaped(entry, true, "w/1", "-w/1"));
        assertThat(renew(entry, "w/1")).isEqualTo(Renewal.LOST);
        assertThat(index.holder(queue, entry)).isEmpty();
        assertThat(settle(entry, "w/1", null)).isZero();
        assertThat(settle(entry, "-w/1", at(entry.withFence(1), now()))).isEqualTo(1);
        assertThat(claim("w/2", 1)).containsExactly(entry.withFence(1));
    }

    @Test
    void what_a_reaper_took_and_left_is_taken_again_a_lease_later() {
        Entry entry = pushed();
        reap();
        claim("w/1", 1);
        await().until(() -> !reap().isEmpty());
        assertThat(reap()).isEmpty();

        List<Reaped> again = new ArrayList<>();
        await().until(() -> again.addAll(reap()));
        assertThat(again).containsExactly(new Reaped(entry, true, "w/1", "-w/1"));
    }

    @Test
    void what_was_held_for_a_change_and_taken_by_the_reaper_does_not_go_back() {
        Entry entry = pushed();
        reap();
        assertThat(index.hold(queue, EPOCH, entry).result()).contains(Hold.HELD);
        assertThat(index.holder(queue, entry)).isEmpty();
        List<Reaped> reaped = new ArrayList<>();
        await().until(() -> reaped.addAll(reap()));
        assertThat(reaped).containsExactly(new Reaped(entry, false, "", "-"));

        assertThat(settle(entry, "-held", at(entry, now()))).isZero();
        assertThat(claim("w/1", 1)).isEmpty();
        assertThat(settle(entry, "-", at(entry.withFence(1), now()))).isEqualTo(1);
    }

    @Test
    void a_renewed_lease_is_never_reaped() {
        Entry entry = pushed();
        reap();
        claim("w/1", 1);
        long end = System.nanoTime() + Duration.ofMillis(900).toNanos();
        while (System.nanoTime() - end < 0) {
            assertThat(renew(entry, "w/1")).isEqualTo(Renewal.RENEWED);
            assertThat(reap()).isEmpty();
        }
    }

    @Test
    void after_a_gap_between_its_passes_the_reaper_judges_nobody_but_takes_what_is_nobodys() {
        Entry held = pushed();
        claim("w/1", 1);
        Entry absent = entry(0);
        index.adopt(queue, EPOCH, false, List.of(absent));
        await().until(() -> leaseRanOut(held));

        assertThat(reap()).extracting(Reaped::entry).containsExactly(absent);
        assertThat(reap()).isEmpty();
        assertThat(renew(held, "w/1")).isEqualTo(Renewal.RENEWED);
    }

    private boolean leaseRanOut(Entry entry) {
        Double expiry = redis.call(
                "expiry",
                jedis -> jedis.zscore(
                        redis.keys().of(LuaScript.named("renew"), queue).get(1), entry.bytes()));
        return expiry != null && expiry < now();
    }

    @Test
    void only_absent_entries_are_adopted_and_the_reaper_gets_them_as_nobodys() {
        Entry ready = pushed();
        Entry due = entry(0);
        push(at(due, now() + 60_000));
        Entry leased = pushed();
        claim("w/1", 1);
        Entry absent = entry(3);

        assertThat(index.adopt(queue, EPOCH, false, List.of(ready, due, leased, absent))
                        .result())
                .contains(1);
        assertThat(index.adopt(queue, EPOCH, false, List.of(absent)).result()).contains(0);
        assertThat(reap()).containsExactly(new Reaped(absent, false, "", "-"));
    }

    @Test
    void a_waiting_entry_is_withdrawn_and_a_leased_one_is_marked() {
        Entry ready = pushed();
        Entry due = entry(0);
        push(at(due, now() + 60_000));
        assertThat(withdraw(ready)).isEqualTo(Withdrawal.WITHDRAWN);
        assertThat(withdraw(due)).isEqualTo(Withdrawal.WITHDRAWN);
        assertThat(withdraw(entry(0))).isEqualTo(Withdrawal.WITHDRAWN);
        assertThat(claim("w/1", 5)).isEmpty();

        Entry leased = pushed();
        claim("w/1", 1);
        assertThat(withdraw(leased)).isEqualTo(Withdrawal.LEASED);
        assertThat(renew(leased, "w/1")).isEqualTo(Renewal.CANCEL_REQUESTED);
    }

    private Withdrawal withdraw(Entry entry) {
        return index.withdraw(queue, EPOCH, entry).result().orElseThrow();
    }

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
                        index.withdraw(queue, number, entry)))
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

    @Test
    void the_depth_counts_what_is_ready_due_and_leased() {
        pushed();
        pushed();
        push(at(entry(0), now() - 5_000), at(entry(0), now() + 60_000));
        Entry oldest = claim("w/1", 1).getFirst();

        QueueIndex.Depth depth = index.depth(queue);
        assertThat(depth.indexed()).isTrue();
        assertThat(depth.ready()).isEqualTo(2);
        assertThat(depth.leased()).isEqualTo(1);
        assertThat(depth.accepted()).isEqualTo(4);
        index.settle(queue, EPOCH, List.of(new Settlement(oldest, "w/1", null)), 1, 1);
        assertThat(index.depth(queue).finished()).isEqualTo(1);
        assertThat(index.depth(queue).failed()).isEqualTo(1);
    }

    @Test
    void more_than_a_page_is_pushed_and_claimed() {
        List<IndexedJob> jobs = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            jobs.add(at(entry(i % 10), now() - 1));
        }
        assertThat(index.push(queue, EPOCH, Origin.ACCEPT, jobs).result()).contains(2_500);
        assertThat(claim("w/1", 2_500)).containsExactlyInAnyOrderElementsOf(entries(jobs));
    }

    @Test
    void a_queue_is_announced_once() {
        index.announce(queue);
        index.announce(queue);
        assertThat(index.announced()).containsOnlyOnce(queue);
    }
}
