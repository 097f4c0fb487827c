package io.millrace.core.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.config.ConfigException;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.OwnRedis;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** How calls end when Redis does not answer as it should. */
class RedisOutageTest {

    private static final QueueName QUEUE = new QueueName("outage");
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static OwnRedis server;

    @BeforeAll
    static void start() {
        server = OwnRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Redis connect(String uri) {
        return new Redis(new RedisConfig(URI.create(uri), "outage", TIMEOUT, Duration.ofSeconds(2)));
    }

    private static void assertFailsWithin(Duration limit, Redis redis) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> new Epochs(redis).read(QUEUE)).isInstanceOf(IndexUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    }

    @Test
    void a_script_that_the_server_forgot_is_loaded_again() {
        try (Redis redis = connect(server.uri());
                RedisClient other = RedisClient.create(server.uri())) {
            Epochs epochs = new Epochs(redis);
            epochs.open(QUEUE, 1);
            assertThat(epochs.read(QUEUE).number()).isEqualTo(1);
            other.scriptFlush();
            assertThat(epochs.read(QUEUE).number()).isEqualTo(1);
        }
    }

    /** The time-out is so short that a busy machine may miss it; what is answered at all must be the answer. */
    private static long answered(Callable<Long> question) {
        return await().ignoreExceptionsInstanceOf(IndexUnavailableException.class)
                .until(question, answer -> true);
    }

    @Test
    void every_call_to_a_stalled_server_fails_in_time_and_no_late_answer_reaches_a_later_call() throws Exception {
        QueueName queue = new QueueName("stalled");
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Redis redis = connect(server.uriVia(proxy.port()));
                ExecutorService threads = Executors.newFixedThreadPool(20)) {
            Epochs epochs = new Epochs(redis);
            QueueIndex index = new QueueIndex(redis);
            epochs.open(queue, 7);
            for (int i = 0; i < 50; i++) {
                Entry entry = Entry.first(JobId.of(i, i, i), 0);
                index.push(queue, 7, QueueIndex.Origin.ACCEPT, List.of(IndexedJob.waiting(queue, entry, i)));
            }

            proxy.stall();
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(threads.submit(() -> assertFailsWithin(TIMEOUT.multipliedBy(5), redis)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
            proxy.heal();

            for (int i = 0; i < 40; i++) {
                assertThat(answered(() -> epochs.read(queue).number())).isEqualTo(7);
                assertThat(answered(() -> index.depth(queue).ready())).isEqualTo(50);
            }
        }
    }

    @Test
    void a_server_that_refuses_connections_fails_at_once_and_is_found_again() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Redis redis = connect(server.uriVia(proxy.port()))) {
            assertThat(redis.isUp()).isTrue();
            proxy.cut();
            assertThat(redis.isUp()).isFalse();
            assertFailsWithin(TIMEOUT.multipliedBy(3), redis);
            proxy.heal();
            new Epochs(redis).open(new QueueName("back"), 1);
            assertThat(redis.isUp()).isTrue();
        }
    }

    @Test
    void connections_that_a_restart_of_the_server_broke_fail_no_call_that_may_be_repeated() throws Exception {
        try (OwnRedis restarted = OwnRedis.start();
                Redis redis = connect(restarted.uri());
                ExecutorService threads = Executors.newFixedThreadPool(20)) {
            QueueIndex index = new QueueIndex(redis);
            List<Future<?>> waits = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waits.add(threads.submit(() -> index.awaitWork(QUEUE, Duration.ofMillis(200))));
            }
            for (Future<?> wait : waits) {
                wait.get();
            }
            restarted.restart();
            for (int i = 0; i < 20; i++) {
                assertThat(new Epochs(redis).read(QUEUE).holds()).isFalse();
            }
        }
    }

    @Test
    void a_wait_for_work_may_be_longer_than_a_command() {
        try (Redis redis = connect(server.uri())) {
            QueueIndex index = new QueueIndex(redis);
            assertThat(index.awaitWork(new QueueName("idle"), TIMEOUT.multipliedBy(2)))
                    .isFalse();
        }
    }

    @Test
    void a_full_server_still_serves_claims_and_settlements() {
        QueueName queue = new QueueName("full");
        try (OwnRedis small = OwnRedis.start();
                Redis redis = connect(small.uri());
                RedisClient other = RedisClient.create(small.uri())) {
            Epochs epochs = new Epochs(redis);
            QueueIndex index = new QueueIndex(redis);
            epochs.open(queue, 1);
            Entry entry = Entry.first(JobId.of(1, 1, 1), 0);
            index.push(queue, 1, QueueIndex.Origin.ACCEPT, List.of(IndexedJob.waiting(queue, entry, 1)));
            other.configSet("maxmemory", "1000000");

            assertThatThrownBy(() -> index.push(
                            queue,
                            1,
                            QueueIndex.Origin.ACCEPT,
                            List.of(IndexedJob.waiting(queue, entry.withFence(1), 1))))
                    .isInstanceOf(IndexUnavailableException.class);
            assertThat(index.claim(queue, 1, "w/1", 1).result().orElseThrow().entries())
                    .containsExactly(entry);
            assertThat(index.renew(queue, 1, List.of(new QueueIndex.Held(entry, "w/1")))
                            .result())
                    .contains(List.of(QueueIndex.Renewal.RENEWED));
            assertThat(index.settle(queue, 1, List.of(new QueueIndex.Settlement(entry, "w/1", null)), 1, 0)
                            .result())
                    .contains(1);
        }
    }

    @Test
    void a_server_that_drops_keys_by_itself_is_refused() {
        try (OwnRedis evicting = OwnRedis.start();
                Redis redis = connect(evicting.uri());
                RedisClient other = RedisClient.create(evicting.uri())) {
            redis.refuseEvictingServer();
            other.configSet("maxmemory-policy", "allkeys-lru");
            assertThatThrownBy(redis::refuseEvictingServer).isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void a_frozen_server_is_waited_for_no_longer_than_the_timeout() {
        try (OwnRedis frozen = OwnRedis.start();
                Redis redis = connect(frozen.uri())) {
            assertThat(redis.isUp()).isTrue();
            frozen.pause();
            assertFailsWithin(TIMEOUT.multipliedBy(4), redis);
            assertFailsWithin(TIMEOUT.multipliedBy(4), redis);
            frozen.resume();
            assertThat(redis.isUp()).isTrue();
        }
    }
}
