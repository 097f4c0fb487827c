package io.millrace.core.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.job.Actor;
import io.millrace.core.job.DispatchSettings;
import io.millrace.core.operate.QueueOperator.Outcome;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.OwnRedis;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import io.millrace.testkit.TestDatabase;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The row says whether a queue is paused, and the index follows it whatever happened in between. */
class PausedQueueTest {

    private static final Duration HEALED = Patience.LONGEST;

    private final QueueName queue = TestEngine.freshQueue();
    private OwnRedis server;
    private FaultProxy proxy;
    private Redis direct;
    private TestEngine engine;

    @BeforeEach
    void open() {
        TestDatabase database = Stores.fresh().database();
        server = OwnRedis.start();
        proxy = FaultProxy.to(server.port());
        direct = new Redis(RedisConfig.at(URI.create(server.uri()), "paused"));
        engine = TestEngine.open(
                PostgresConfig.at(database.jdbcUrl(), database.user(), database.password()),
                new RedisConfig(
                        URI.create(server.uriVia(proxy.port())),
                        "paused",
                        Duration.ofSeconds(10),
                        TestEngine.SHORT_LEASE),
                "w");
    }

    @AfterEach
    void close() {
        engine.close();
        direct.close();
        proxy.close();
        server.close();
    }

    @Test
    void a_pause_during_an_outage_of_redis_reaches_it_afterwards() {
        engine.submit(TestEngine.jobIn(queue));
        await().atMost(HEALED).until(() -> new Epochs(direct).read(queue).rebuilt());
        proxy.cut();
        assertThat(setPaused(true)).isEqualTo(Outcome.NOTED);
        proxy.heal();
        awaitCopy(true);
        assertThat(engine.claimNow(queue, 1)).isEmpty();
        assertThat(setPaused(false)).isEqualTo(Outcome.DONE);
        assertThat(engine.claim(queue, 1)).hasSize(1);
    }

    @Test
    void a_copy_that_came_out_of_order_is_corrected() {
        engine.submit(TestEngine.jobIn(queue));
        assertThat(setPaused(true)).isEqualTo(Outcome.DONE);
        new QueueIndex(direct).writeSettings(queue, DispatchSettings.FREE);
        awaitCopy(true);
        setPaused(false);
        new QueueIndex(direct).writeSettings(queue, DispatchSettings.PAUSED);
        awaitCopy(false);
        assertThat(engine.claim(queue, 1)).hasSize(1);
    }

    @Test
    void a_redis_that_lost_everything_opens_the_queue_paused() {
        JobId id = engine.submit(TestEngine.jobIn(queue));
        setPaused(true);
        server.flush();
        await().atMost(HEALED).until(() -> new Epochs(direct).read(queue).rebuilt());
        awaitCopy(true);
        assertThat(engine.claimNow(queue, 1)).isEmpty();
        setPaused(false);
        assertThat(engine.claimOne(queue).entry().id()).isEqualTo(id);
    }

    @Test
    void a_queue_that_never_had_a_job_cannot_be_paused() {
        assertThat(setPaused(true)).isEqualTo(Outcome.NO_SUCH_QUEUE);
    }

    private Outcome setPaused(boolean paused) {
        return engine.engine().queueOperator().setPaused(queue, paused, Actor.SETTINGS);
    }

    private void awaitCopy(boolean paused) {
        await().atMost(HEALED)
                .until(() -> new Epochs(direct).read(queue).dispatch().paused() == paused);
    }
}
