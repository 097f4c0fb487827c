package io.millrace.core.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.DispatchSettings;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.redis.QueueIndex.Claimed;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.testkit.Patience;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the scripts make of a queue's concurrency limit and rate limit. */
class QueueLimitsTest extends QueueIndexCase {

    private static final Duration NOW = Duration.ofMillis(5);

    private void limit(Optional<Integer> concurrency, Optional<Double> rate) {
        index.writeSettings(queue, new DispatchSettings(false, concurrency, rate));
        assertThat(index.awaitWork(queue, NOW)).isTrue();
    }

    private List<Entry> pushed(int jobs) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            entries.add(pushed());
        }
        return entries;
    }

    private Claimed claimed(String holder, int most) {
        return index.claim(queue, EPOCH, holder, most).result().orElseThrow();
    }

    private boolean isMarked() {
        return index.awaitWork(queue, NOW);
    }

    /** The fields of the queue's epoch. */
    private Map<String, String> epochFields() {
        byte[] key = redis.keys().of(LuaScript.named("epoch_rebuilt"), queue).getFirst();
        return redis.call("look", jedis -> jedis.hgetAll(key)).entrySet().stream()
                .collect(Collectors.toMap(
                        each -> new String(each.getKey(), StandardCharsets.UTF_8),
                        each -> new String(each.getValue(), StandardCharsets.UTF_8)));
    }

    @Test
    void no_more_are_leased_than_the_concurrency_limit_allows_and_who_is_refused_wakes_nobody() {
        limit(Optional.of(3), Optional.empty());
        pushed(10);
        assertThat(isMarked()).isTrue();
        assertThat(claim("w/1", 2)).hasSize(2);
        assertThat(isMarked()).as("one more may start").isTrue();
        assertThat(claim("w/2", 5)).hasSize(1);
        assertThat(claim("w/3", 5)).isEmpty();
        assertThat(isMarked()).isFalse();
    }

    @Test
    void the_end_of_a_job_under_a_reached_limit_wakes_one_worker() {
        limit(Optional.of(2), Optional.empty());
        pushed(5);
        List<Entry> running = claim("w/1", 5);
        assertThat(running).hasSize(2);
        assertThat(isMarked()).as("by the push").isTrue();
        assertThat(isMarked()).isFalse();

        assertThat(settle(running.getFirst(), "w/1", null)).isEqualTo(1);
        assertThat(isMarked()).isTrue();
        assertThat(claim("w/2", 5)).hasSize(1);
        assertThat(settle(running.getFirst(), "w/1", null)).isZero();
        assertThat(isMarked()).as("nothing was ended").isFalse();
    }

    @Test
    void a_raised_limit_holds_at_once_and_a_lowered_one_takes_nothing_away() {
        limit(Optional.of(1), Optional.empty());
        pushed(6);
        assertThat(claim("w/1", 9)).hasSize(1);
        limit(Optional.of(4), Optional.empty());
        assertThat(claim("w/2", 9)).hasSize(3);
        limit(Optional.of(2), Optional.empty());
        assertThat(claim("w/3", 9)).isEmpty();
        limit(Optional.empty(), Optional.empty());
        assertThat(claim("w/4", 9)).hasSize(2);
    }

    @Test
    void what_caretakers_put_among_the_leases_does_not_count_as_running() {
        limit(Optional.of(1), Optional.empty());
        index.adopt(queue, EPOCH, false, List.of(entry(0), entry(0)));
        Entry entry = pushed();
        assertThat(claim("w/1", 9)).containsExactly(entry);
    }

    @Test
    void a_queue_with_a_concurrency_limit_rests_until_it_is_known_what_runs() {
        limit(Optional.of(5), Optional.of(1000.0));
        byte[] key = redis.keys().of(LuaScript.named("epoch_rebuilt"), queue).getFirst();
        redis.call(
                "forget",
                jedis -> jedis.hset(key, Map.of("rebuilt".getBytes(StandardCharsets.UTF_8), new byte[] {'0'})));
        pushed(2);
        claim("w/1", 9);
        await().pollDelay(Duration.ofMillis(50)).until(() -> true);
        assertThat(claim("w/1", 9)).isEmpty();

        epochs.markRebuilt(queue, EPOCH);
        await().until(() -> claim("w/1", 9).size() == 2);
    }

    @Test
    void a_rate_begins_with_an_empty_bucket_and_tells_when_the_next_one_may_start() {
        limit(Optional.empty(), Optional.of(0.02));
        pushed(3);
        assertThat(isMarked()).isTrue();
        Claimed refused = claimed("w/1", 9);
        assertThat(refused.entries()).isEmpty();
        assertThat(refused.untilNext()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(50));
        assertThat(isMarked()).isFalse();
        assertThat(claimed("w/2", 9).untilNext()).isLessThanOrEqualTo(refused.untilNext());
    }

    @Test
    void a_rate_lets_as_many_start_as_time_has_brought_and_never_more_than_a_second_brings() {
        long begun = System.nanoTime();
        limit(Optional.empty(), Optional.of(40.0));
        pushed(200);
        int started = claim("w/1", 200).size();
        while (System.nanoTime() - begun < Duration.ofMillis(700).toNanos()) {
            started += claim("w/1", 200).size();
        }
        assertThat(started).isLessThanOrEqualTo((int) ((System.nanoTime() - begun) / 1e9 * 40) + 1);
        await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
        assertThat(claim("w/1", 200)).hasSizeBetween(1, 40);
    }

    @Test
    void a_token_of_what_never_began_comes_back_and_one_of_what_failed_does_not() {
        limit(Optional.empty(), Optional.of(0.5));
        pushed(2);
        claim("w/1", 1);
        List<Entry> first = await().atMost(Patience.LONGEST).until(() -> claim("w/1", 1), list -> !list.isEmpty());
        Entry entry = first.getFirst();
        IndexedJob same = IndexedJob.runnable(queue, entry, entry.id().unixMillis());
        index.settle(queue, EPOCH, List.of(new Settlement(entry, "w/1", same)), 0, 0);
        List<Entry> again = claim("w/2", 1);
        assertThat(again).hasSize(1);

        settle(again.getFirst(), "w/2", at(again.getFirst().withFence(1), now() - 1));
        assertThat(Double.parseDouble(epochFields().get("tokens"))).isLessThan(1);
    }

    @Test
    void queues_without_limits_have_nothing_noted_for_them() {
        pushed(3);
        Entry entry = claim("w/1", 1).getFirst();
        settle(entry, "w/1", null);
        assertThat(epochFields()).containsOnlyKeys("number", "run_id", "opened_at", "rebuilt");

        limit(Optional.of(1), Optional.of(5.0));
        claim("w/1", 1);
        assertThat(epochFields()).containsKeys("limited", "tokens", "tokens_at");
        limit(Optional.empty(), Optional.empty());
        claim("w/1", 1);
        assertThat(epochFields()).containsOnlyKeys("number", "run_id", "opened_at", "rebuilt");
    }
}
