package io.millrace.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.redis.QueueIndex.Held;
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
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A queue of its own for every test, opened as number 1 and rebuilt, and the few calls that most tests make. */
abstract class QueueIndexCase {

    static final long EPOCH = 1;
    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    /** Longer than a process or a server pauses on a busy machine. */
    static final Duration LEASE = Duration.ofSeconds(3);

    final Redis redis = new Redis(
            new RedisConfig(URI.create(TestRedis.uri()), TestRedis.freshPrefix(), Duration.ofSeconds(10), LEASE));
    final Epochs epochs = new Epochs(redis);
    final QueueIndex index = new QueueIndex(redis);
    final QueueName queue = new QueueName("q" + RANDOM.nextLong(Long.MAX_VALUE));

    @BeforeEach
    void openQueue() {
        epochs.open(queue, EPOCH);
        epochs.markRebuilt(queue, EPOCH);
        assertThat(index.awaitWork(queue, Duration.ofMillis(5))).isTrue();
    }

    @AfterEach
    void disconnect() {
        redis.close();
    }

    static long now() {
        return System.currentTimeMillis();
    }

    static Entry entry(int priority) {
        return Entry.first(JobId.of(now(), RANDOM.nextInt(4096), RANDOM.nextLong()), priority);
    }

    IndexedJob at(Entry entry, long time) {
        return new IndexedJob(queue, entry, time, time > System.currentTimeMillis());
    }

    int push(IndexedJob... jobs) {
        return index.push(queue, EPOCH, Origin.ACCEPT, List.of(jobs)).result().orElseThrow();
    }

    Entry pushed() {
        Entry entry = entry(0);
        assertThat(push(at(entry, now() - 1))).isEqualTo(1);
        return entry;
    }

    List<Entry> claim(String holder, int most) {
        return index.claim(queue, EPOCH, holder, most).result().orElseThrow().entries();
    }

    int settle(Entry entry, String holder, @Nullable IndexedJob follower) {
        return index.settle(queue, EPOCH, List.of(new Settlement(entry, holder, follower)), 0, 0)
                .result()
                .orElseThrow();
    }

    List<Reaped> reap() {
        return index.reap(queue, EPOCH, 100).result().orElseThrow();
    }

    Renewal renew(Entry entry, String holder) {
        return index.renew(queue, EPOCH, List.of(new Held(entry, holder)))
                .result()
                .orElseThrow()
                .getFirst();
    }

    Withdrawal withdraw(Entry entry) {
        return index.withdraw(queue, EPOCH, entry).result().orElseThrow();
    }
}
