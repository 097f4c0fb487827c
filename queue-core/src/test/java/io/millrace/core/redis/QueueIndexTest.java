package io.millrace.core.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.DispatchSettings;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.redis.QueueIndex.Hold;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.core.redis.QueueIndex.Reaped;
import io.millrace.core.redis.QueueIndex.Renewal;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.core.redis.QueueIndex.Withdrawal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each script promises while the index holds. */
class QueueIndexTest extends QueueIndexCase {

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
        push(at(later, now() + 5_000));

        var early = index.claim(queue, EPOCH, "w/1", 1).result().orElseThrow();
        assertThat(early.entries()).isEmpty();
        assertThat(early.untilNext()).isBetween(Duration.ZERO, Duration.ofSeconds(5));
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
        index.writeSettings(queue, DispatchSettings.PAUSED);
        assertThat(claim("w/1", 1)).isEmpty();

        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
        index.writeSettings(queue, DispatchSettings.FREE);
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
        long end = System.nanoTime() + LEASE.plusSeconds(2).toNanos();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(renew(entry, "w/1")).isEqualTo(Renewal.RENEWED);
            assertThat(reap()).isEmpty();
            return System.nanoTime() - end > 0;
        });
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
