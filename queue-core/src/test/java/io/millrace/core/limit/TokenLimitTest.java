package io.millrace.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.core.redis.TokenBuckets;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.TestRedis;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenLimitTest {

    private static final Quota HUNDRED_AN_HOUR = new Quota("test", 100, Duration.ofHours(1));

    /** What is slow to answer on a busy machine is not away. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final String somebody = UUID.randomUUID().toString();
    private FaultProxy proxy;
    private Redis redis;

    @BeforeEach
    void open() {
        URI server = URI.create(TestRedis.uri());
        proxy = FaultProxy.to(server.getPort());
        String via = TestRedis.uri().replace(":" + server.getPort(), ":" + proxy.port());
        redis = new Redis(
                new RedisConfig(URI.create(via), TestRedis.freshPrefix(), PATIENCE, RedisConfig.DEFAULT_LEASE));
    }

    @AfterEach
    void close() {
        executor.close();
        redis.close();
        proxy.close();
    }

    /** As one process keeps it. */
    private TokenLimit node(Quota quota) {
        return node(quota, 1_000);
    }

    private TokenLimit node(Quota quota, int mostSubjects) {
        return new TokenLimit(quota, new TokenBuckets(redis), executor, mostSubjects, PATIENCE);
    }

    private static long taken(TokenLimit limit, String subject, int asks) {
        return IntStream.range(0, asks)
                .filter(i -> limit.take(subject).isEmpty())
                .count();
    }

    @Test
    void all_processes_together_let_through_no_more_than_the_quota() {
        TokenLimit one = node(HUNDRED_AN_HOUR);
        TokenLimit two = node(HUNDRED_AN_HOUR);
        long taken = taken(one, somebody, 60) + taken(two, somebody, 80);
        // What the one has taken ahead, a chunk and a half at most, the other lacks.
        assertThat(taken).isBetween(92L, 101L);
        assertThat(two.take(somebody).orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
        assertThat(two.spent(somebody)).isPresent();
        assertThat(taken(two, "somebody else", 5)).isEqualTo(5);
    }

    @Test
    void what_is_held_is_spent_without_a_question_and_fetched_ahead() {
        TokenLimit limit = node(new Quota("test", 1_000, Duration.ofHours(1)));
        assertThat(limit.tryTake(somebody)).as("nothing was fetched yet").isFalse();
        assertThat(limit.take(somebody)).isEmpty();
        int spent = 1;
        while (spent < 50 && limit.tryTake(somebody)) {
            spent++;
        }
        assertThat(spent).isEqualTo(50);
        // Since half a chunk of 50 was left the next one is under way; an empty account alone would not fetch any.
        await().until(() -> limit.tryTake(somebody));
    }

    @Test
    void a_token_that_was_given_back_is_there_again() {
        TokenLimit limit = node(new Quota("test", 1, Duration.ofHours(1)));
        assertThat(limit.take(somebody)).isEmpty();
        assertThat(limit.take(somebody)).isPresent();
        limit.giveBack(somebody);
        assertThat(limit.take(somebody)).isEmpty();
    }

    @Test
    void tokens_come_back_with_time() {
        TokenLimit limit = node(new Quota("test", 20, Duration.ofSeconds(1)));
        long begun = System.nanoTime();
        long taken = 0;
        while (taken < 40 && System.nanoTime() - begun < Duration.ofSeconds(30).toNanos()) {
            taken += taken(limit, somebody, 5);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(taken).isBetween(40L, (long) (20 + 20 * 1.05 * seconds + 2));
    }

    @Test
    void while_redis_is_away_a_process_has_a_quota_of_its_own_and_later_the_common_one_again() {
        TokenLimit limit = node(HUNDRED_AN_HOUR);
        assertThat(taken(limit, somebody, 10)).isEqualTo(10);
        proxy.cut();
        assertThat(taken(limit, somebody, 300)).isBetween(100L, 111L);
        assertThat(taken(limit, "another", 300)).isBetween(99L, 101L);
        proxy.heal();
        await().until(() -> taken(limit, "third-" + UUID.randomUUID(), 1) == 1
                && new TokenBuckets(redis)
                                .take("test", "probe", 1, Duration.ofHours(1), 0)
                                .tokens()
                        == 0);
    }

    @Test
    void those_for_whom_there_is_no_room_share_what_one_may_have() {
        TokenLimit small = node(HUNDRED_AN_HOUR, 2);
        assertThat(taken(small, "a", 100)).isEqualTo(100);
        assertThat(taken(small, "b", 1)).isEqualTo(1);
        assertThat(taken(small, "c", 80) + taken(small, "d", 80)).isBetween(99L, 101L);
        assertThat(taken(small, "b", 50)).isEqualTo(50);
    }
}
