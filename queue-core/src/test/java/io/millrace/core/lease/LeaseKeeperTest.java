package io.millrace.core.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.TestRedis;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** One worker's leases over the life of an index. The keeper's own loop is not started: each renewal is called. */
class LeaseKeeperTest {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    private static Redis redis;
    private static Epochs epochs;
    private static QueueIndex index;

    private final QueueName queue = new QueueName("q" + RANDOM.nextLong(Long.MAX_VALUE));
    private LeaseKeeper keeper;
    private final ConcurrentLinkedQueue<Lease.Event> events = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void connect() {
        redis = new Redis(
                new RedisConfig(URI.create(TestRedis.uri()), TestRedis.freshPrefix(), Duration.ofSeconds(10), LEASE));
        epochs = new Epochs(redis);
        index = new QueueIndex(redis);
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @BeforeEach
    void openQueue() {
        keeper = new LeaseKeeper(redis, index, epochs);
        open(1);
    }

    private void open(long epoch) {
        try (RedisClient client = RedisClient.create(TestRedis.uri())) {
            client.del(redis.config().prefix() + ":{" + queue + "}:epoch");
        }
        epochs.open(queue, epoch);
        epochs.markRebuilt(queue, epoch);
        assertThat(new Epochs(redis).read(queue).number()).isEqualTo(epoch);
    }

    private Lease claim(long epoch, String holder) {
        Entry entry = Entry.first(JobId.of(System.currentTimeMillis(), 0, RANDOM.nextLong()), 0);
        index.push(queue, epoch, Origin.ACCEPT, List.of(IndexedJob.waiting(queue, entry, 1)));
        long sent = System.nanoTime();
        assertThat(index.claim(queue, epoch, holder, 1).result().orElseThrow().entries())
                .containsExactly(entry);
        epochs.read(queue);
        return keeper.hold(queue, new Held(entry, holder), epoch, sent);
    }

    private boolean isHeld(Lease lease) {
        return index.holder(queue, lease.entry()).equals(lease.holder());
    }

    @Test
    void a_lease_may_begin_while_it_surely_holds_and_not_after() {
        Lease prompt = claim(1, "w/1");
        Lease late = claim(1, "w/2");
        assertThat(prompt.begin(events::add)).isTrue();
        await().until(() -> !late.begin(events::add));
        assertThat(events).isEmpty();
    }

    @Test
    void a_renewal_lets_a_lease_begin_later() {
        Lease lease = claim(1, "w/1");
        long end = System.nanoTime() + LEASE.toNanos();
        await().until(() -> {
            keeper.renewAll();
            return System.nanoTime() - end > 0;
        });
        assertThat(lease.begin(events::add)).isTrue();
    }

    @Test
    void a_lease_that_another_holds_is_lost_and_its_work_is_told() {
        Lease begun = claim(1, "w/1");
        begun.begin(events::add);
        Lease unbegun = claim(1, "w/2");
        for (Lease lease : List.of(begun, unbegun)) {
            index.settle(queue, 1, List.of(new QueueIndex.Settlement(lease.entry(), lease.holder(), null)), 0, 0);
        }
        keeper.renewAll();

        assertThat(events).containsExactly(Lease.Event.LOST);
        assertThat(begun.isLost()).isTrue();
        assertThat(unbegun.begin(events::add)).isFalse();
        assertThat(keeper.held()).isZero();
    }

    @Test
    void what_runs_is_registered_under_a_new_number() {
        Lease lease = claim(1, "w/1");
        lease.begin(events::add);
        open(2);
        assertThat(isHeld(lease)).isFalse();

        keeper.renewAll();
        assertThat(isHeld(lease)).isTrue();
        keeper.renewAll();
        assertThat(isHeld(lease)).isTrue();
        assertThat(events).isEmpty();
        assertThat(keeper.held()).isEqualTo(1);
    }

    @Test
    void leases_of_an_old_and_a_new_number_are_kept_side_by_side() {
        Lease old = claim(1, "w/1");
        old.begin(events::add);
        open(2);
        epochs.read(queue);
        Lease fresh = claim(2, "w/2");

        keeper.renewAll();
        keeper.renewAll();
        assertThat(isHeld(old)).isTrue();
        assertThat(isHeld(fresh)).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void what_had_not_begun_is_dropped_when_the_index_was_opened_anew() {
        Lease begun = claim(1, "w/1");
        Lease unbegun = claim(1, "w/2");
        begun.begin(events::add);
        open(2);
        keeper.renewAll();

        assertThat(isHeld(begun)).isTrue();
        assertThat(isHeld(unbegun)).isFalse();
        assertThat(keeper.held()).isEqualTo(1);
        assertThat(unbegun.begin(events::add)).isFalse();
        assertThat(events).isEmpty();
    }

    @Test
    void what_had_not_begun_stays_while_a_number_is_refused() {
        Lease lease = claim(1, "w/1");
        Epochs stale = new Epochs(redis);
        open(2);
        stale.read(queue);
        open(3);
        Lease fresh = claim(3, "w/2");
        LeaseKeeper late = new LeaseKeeper(redis, index, stale);
        Lease same = late.hold(queue, new Held(fresh.entry(), fresh.holder()), 3, System.nanoTime());
        late.renewAll();

        assertThat(same.begin(events::add)).isTrue();
        assertThat(lease.isLost()).isFalse();
    }

    @Test
    void while_no_index_holds_a_running_job_goes_on() {
        Lease lease = claim(1, "w/1");
        lease.begin(events::add);
        redis.close();
        try {
            keeper.renewAll();
            assertThat(lease.isLost()).isFalse();
            assertThat(keeper.held()).isEqualTo(1);
        } finally {
            connect();
        }
    }

    @Test
    void a_cancel_is_told_once_and_also_to_what_begins_later() {
        Lease begun = claim(1, "w/1");
        begun.begin(events::add);
        Lease unbegun = claim(1, "w/2");
        index.withdraw(queue, 1, begun.entry());
        index.withdraw(queue, 1, unbegun.entry());
        keeper.renewAll();
        keeper.renewAll();
        assertThat(events).containsExactly(Lease.Event.CANCEL_REQUESTED);

        assertThat(unbegun.begin(events::add)).isTrue();
        assertThat(events).containsExactly(Lease.Event.CANCEL_REQUESTED, Lease.Event.CANCEL_REQUESTED);
    }
}
