package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.QueueName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Queues are paused and resumed. */
class PauseTest {

    @TempDir
    static Path folder;

    private static RealStack stack;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void a_worker_stops_at_a_paused_queue_and_goes_on_when_it_is_resumed() {
        var done = new AtomicInteger();
        submit("halted", 3);
        try (var worker = new TestWorker(stack.engine, "w-halted");
                var probe = new TestWorker(stack.engine, "w-probe");
                var loop = new Loop("test-worker", () -> work(worker, "halted", done))) {
            loop.start();
            await().untilAsserted(() -> assertThat(done).hasValue(3));

            assertPaused(TestApi.json(stack.api.act("/v1/queues/halted/pause")), true);
            submit("halted", 5);
            await().untilAsserted(() ->
                    assertThat(stack.api.queue("halted").get("ready").asInt()).isEqualTo(5));
            // The loop was woken by the jobs; a claim that comes after them finds nothing either.
            assertThat(probe.claimNow("halted")).isEmpty();
            assertThat(done).hasValue(3);
            assertPaused(stack.api.queue("halted"), true);

            assertPaused(TestApi.json(stack.api.act("/v1/queues/halted/resume")), false);
            await().untilAsserted(() -> assertThat(done).hasValue(8));
        }
    }

    @Test
    void other_queues_go_on_and_what_runs_is_finished() {
        submit("one", 1);
        submit("two", 1);
        try (var worker = new TestWorker(stack.engine, "w-two")) {
            ClaimedJob running = worker.claim("one");
            assertThat(stack.api.act("/v1/queues/one/pause").statusCode()).isEqualTo(200);
            worker.succeed(running, "{}");
            String path = "/v1/jobs/" + running.entry().id();
            assertThat(TestApi.json(stack.api.get(path)).get("state").asString())
                    .isEqualTo("succeeded");
            worker.succeed(worker.claim("two"), "{}");
        }
    }

    @Test
    void pausing_and_resuming_twice_is_harmless() {
        submit("twice", 1);
        for (String act : List.of("pause", "pause", "resume", "resume")) {
            var answer = stack.api.act("/v1/queues/twice/" + act);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertPaused(TestApi.json(answer), act.equals("pause"));
        }
    }

    @Test
    void a_pause_that_redis_cannot_be_told_of_is_noted_and_told_when_it_is_back(@TempDir Path other) {
        try (var broken = RealStack.start(other);
                var worker = new TestWorker(broken.engine, "w-late")) {
            broken.api.submit("{\"type\":\"a\",\"queue\":\"late\",\"payload\":{}}");
            await().untilAsserted(() ->
                    assertThat(broken.api.queue("late").get("ready").asInt()).isEqualTo(1));
            broken.redis.cut();
            var noted = broken.api.act("/v1/queues/late/pause");
            assertThat(noted.statusCode()).isEqualTo(202);
            assertPaused(TestApi.json(noted), true);
            assertThat(broken.api.queue("late").get("indexed").asBoolean()).isFalse();
            broken.redis.heal();
            // Until the copy is corrected a claim may still get the job, and hands it back.
            await().ignoreExceptionsInstanceOf(IndexUnavailableException.class)
                    .during(Duration.ofMillis(100))
                    .until(() -> {
                        List<ClaimedJob> claimed = worker.claimNow("late");
                        worker.parts.dispatcher().putBack(claimed, Duration.ZERO);
                        return claimed.isEmpty()
                                && broken.api.queue("late").get("ready").asInt() == 1;
                    });
            assertThat(broken.api.act("/v1/queues/late/resume").statusCode()).isEqualTo(200);
            worker.succeed(worker.claim("late"), "{}");
        }
    }

    private static Duration work(TestWorker worker, String queue, AtomicInteger done) {
        List<ClaimedJob> claimed = worker.claimNow(queue);
        claimed.forEach(job -> worker.succeed(job, "{}"));
        done.addAndGet(claimed.size());
        if (claimed.isEmpty()) {
            worker.parts.index().awaitWork(new QueueName(queue), Duration.ofSeconds(2));
        }
        return Duration.ZERO;
    }

    private static void assertPaused(JsonNode queue, boolean paused) {
        assertThat(queue.get("paused").asBoolean()).isEqualTo(paused);
        assertThat(queue.has("waiting_reason")).isEqualTo(paused);
    }

    private static void submit(String queue, int jobs) {
        for (int i = 0; i < jobs; i++) {
            var answer = stack.api.submit("{\"type\":\"a\",\"queue\":\"" + queue + "\",\"payload\":{}}");
            assertThat(answer.statusCode()).isEqualTo(202);
        }
    }
}
