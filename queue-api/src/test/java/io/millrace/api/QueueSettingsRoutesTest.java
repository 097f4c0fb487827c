package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Patience;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The settings of queues, and what they mean to producers. */
class QueueSettingsRoutesTest {

    private static final Duration FOLLOWED = Patience.LONGEST;

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

    private static HttpResponse<String> patch(String queue, String body) {
        return stack.api.send(stack.api
                .request("/v1/queues/" + queue, "operate")
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    private static String job(String queue) {
        return "{\"type\":\"a\",\"queue\":\"" + queue + "\",\"payload\":{}}";
    }

    private static Duration keyLife(HttpResponse<String> answer) {
        Instant created = Instant.parse(TestApi.json(answer).get("created_at").asString());
        return Duration.between(
                created,
                Instant.parse(
                        answer.headers().firstValue("Idempotency-Key-Expires").orElseThrow()));
    }

    @Test
    void settings_are_shown_changed_one_by_one_and_brought_back() {
        stack.api.submit(job("settled"));
        JsonNode before = TestApi.json(stack.api.get("/v1/queues/settled"));
        assertThat(before.get("idempotency_life").asString()).isEqualTo("1d");
        assertThat(before.has("backlog_limit")).isFalse();

        patch("settled", "{\"idempotency_life\":\"PT1H\",\"backlog_limit\":100000}");
        var limited = patch("settled", "{\"idempotency_life\":null}");
        assertThat(limited.statusCode()).isEqualTo(200);
        assertThat(TestApi.json(limited).get("idempotency_life").asString()).isEqualTo("1d");
        assertThat(TestApi.json(limited).get("backlog_limit").asInt()).isEqualTo(100_000);
        assertThat(patch("settled", "{}").body()).contains("\"backlog_limit\":100000");
        assertThat(stack.api.queue("settled").get("backlog_limit").asInt()).isEqualTo(100_000);
        var free = patch("settled", "{\"idempotency_life\":\"90d\",\"backlog_limit\":null}");
        assertThat(TestApi.json(free).get("idempotency_life").asString()).isEqualTo("90d");
        assertThat(TestApi.json(free).has("backlog_limit")).isFalse();
        assertThat(TestApi.json(stack.api.get("/v1/queues/settled")).get("name"))
                .isEqualTo(before.get("name"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"idempotency_life\":\"59s\"}; /idempotency_life",
                "{\"idempotency_life\":\"91d\"}; /idempotency_life",
                "{\"idempotency_life\":3600}; /idempotency_life",
                "{\"backlog_limit\":0}; /backlog_limit",
                "{\"backlog_limit\":1000000001}; /backlog_limit",
                "{\"backlog_limit\":99999999999}; /backlog_limit",
                "{\"backlog_limit\":1.5}; /backlog_limit",
                "{\"backlog_limit\":\"7\"}; /backlog_limit",
                "{\"backlog_limit\":5,\"cap\":1}; /cap",
                "{\"concurrency_limit\":0}; /concurrency_limit",
                "{\"concurrency_limit\":1000001}; /concurrency_limit",
                "{\"concurrency_limit\":2.5}; /concurrency_limit",
                "{\"rate_limit\":0}; /rate_limit",
                "{\"rate_limit\":0.0009}; /rate_limit",
                "{\"rate_limit\":1000001}; /rate_limit",
                "{\"rate_limit\":\"1/s\"}; /rate_limit"
            })
    void wrong_settings_are_named_and_nothing_is_changed(String body, String pointer) {
        stack.api.submit(job("unchanged"));
        HttpResponse<String> answer = patch("unchanged", body);
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo(pointer);
        assertThat(TestApi.json(stack.api.get("/v1/queues/unchanged")).has("backlog_limit"))
                .isFalse();
    }

    @Test
    void limits_of_dispatch_are_shown_and_hold_for_the_next_claim() {
        stack.api.submit(job("capped"));
        stack.api.submit(job("capped"));
        var limited = TestApi.json(patch("capped", "{\"concurrency_limit\":1,\"rate_limit\":0.5}"));
        assertThat(limited.get("concurrency_limit").asInt()).isEqualTo(1);
        assertThat(limited.get("rate_limit").asDouble()).isEqualTo(0.5);
        var free = TestApi.json(patch("capped", "{\"rate_limit\":null}"));
        assertThat(free.get("concurrency_limit").asInt()).isEqualTo(1);
        assertThat(free.has("rate_limit")).isFalse();
        try (var worker = new TestWorker(stack.engine, "w-capped")) {
            var running = worker.claim("capped");
            await().untilAsserted(() -> assertThat(
                            stack.api.queue("capped").get("waiting_reason").asString())
                    .contains("concurrency_limit"));
            assertThat(worker.claimNow("capped")).isEmpty();
            worker.succeed(running, "{}");
            worker.succeed(worker.claim("capped"), "{}");
        }
    }

    @Test
    void the_load_of_a_queue_is_told_in_flat_numbers() {
        stack.api.submit(job("loaded"));
        stack.api.submit(job("loaded").replace("{}}", "{},\"delay\":\"1h\"}"));
        stack.api.submit(job("loaded").replace("{}}", "{},\"delay\":\"1m\"}"));
        await().untilAsserted(() -> {
            HttpResponse<String> answer = stack.api.get("/v1/queues/loaded/stats");
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode stats = TestApi.json(answer);
            assertThat(stats.get("ready").asInt()).isEqualTo(1);
            assertThat(stats.get("runnable_backlog").asInt()).isEqualTo(1);
            assertThat(stats.get("due").asInt()).isEqualTo(1);
            assertThat(stats.get("scheduled").asInt()).isEqualTo(2);
            assertThat(stats.get("dead").asInt()).isZero();
            assertThat(stats.get("oldest_ready_age_seconds").asDouble()).isPositive();
            // The looks before have left a mark.
            assertThat(stats.get("rates_over_seconds").asDouble()).isPositive();
        });
        RefusalsTest.assertProblem(stack.api.get("/v1/queues/never-used/stats"), 404, "not_found");
    }

    @Test
    void an_unknown_load_is_no_idleness_and_limits_that_redis_cannot_be_told_are_noted(@TempDir Path other) {
        try (var broken = RealStack.start(other)) {
            broken.api.submit(job("dark"));
            await().until(() -> broken.api.get("/v1/queues/dark/stats").statusCode() == 200);
            broken.redis.cut();
            RefusalsTest.assertProblem(broken.api.get("/v1/queues/dark/stats"), 503, "unavailable");
            var noted = broken.api.send(broken.api
                    .request("/v1/queues/dark", "operate")
                    .header("Content-Type", "application/json")
                    .method("PATCH", BodyPublishers.ofString("{\"concurrency_limit\":4}")));
            assertThat(noted.statusCode()).isEqualTo(202);
            assertThat(TestApi.json(noted).get("concurrency_limit").asInt()).isEqualTo(4);
        }
    }

    @Test
    void a_body_that_is_no_object_and_a_queue_that_does_not_exist_are_refused() {
        stack.api.submit(job("unchanged"));
        for (String body : new String[] {"", "[]", "{", "null", "{\"backlog_limit\":1,\"backlog_limit\":2}", "{} {}"}) {
            RefusalsTest.assertProblem(patch("unchanged", body), 400, "malformed_request");
        }
        RefusalsTest.assertProblem(patch("never-used", "{\"backlog_limit\":1}"), 404, "not_found");
        RefusalsTest.assertProblem(stack.api.get("/v1/queues/never-used"), 404, "not_found");
        RefusalsTest.assertProblem(stack.api.get("/v1/queues/Not%20A%20Name"), 404, "not_found");
    }

    @Test
    void the_life_of_a_key_is_told_and_stays_what_was_told() {
        String body = job("lives");
        var first = stack.api.submit(body, "Idempotency-Key", "told");
        assertThat(keyLife(first)).isEqualTo(Duration.ofDays(1));
        patch("lives", "{\"idempotency_life\":\"1m\"}");
        int[] n = {0};
        await().atMost(FOLLOWED)
                .until(() -> keyLife(stack.api.submit(body, "Idempotency-Key", "later-" + n[0]++))
                        .equals(Duration.ofMinutes(1)));
        var again = stack.api.submit(body, "Idempotency-Key", "told");
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(again.headers().firstValue("Idempotency-Key-Expires"))
                .isEqualTo(first.headers().firstValue("Idempotency-Key-Expires"));
        assertThat(again.body()).isEqualTo(first.body());

        String item = "[{\"type\":\"a\",\"queue\":\"lives\",\"payload\":{},\"idempotency_key\":\"told\"},"
                + "{\"type\":\"a\",\"queue\":\"lives\",\"payload\":{}}]";
        JsonNode results = TestApi.json(stack.api.send(stack.api.post("/v1/jobs/bulk", item)))
                .get("results");
        assertThat(results.get(0).get("idempotency_key_expires").asString())
                .isEqualTo(first.headers().firstValue("Idempotency-Key-Expires").orElseThrow());
        assertThat(results.get(1).has("idempotency_key_expires")).isFalse();
    }

    @Test
    void a_full_queue_answers_429_and_repeats_with_their_job() {
        var kept = stack.api.submit(job("full"), "Idempotency-Key", "kept");
        patch("full", "{\"backlog_limit\":1}");
        await().atMost(FOLLOWED).until(() -> stack.api.submit(job("full")).statusCode() == 429);
        var refused = stack.api.submit(job("full"), "Idempotency-Key", "refused");
        RefusalsTest.assertProblem(refused, 429, "queue_full");
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(TestApi.json(refused).get("detail").asString()).contains("backlog_limit", "raise the limit");

        var repeated = stack.api.submit(job("full"), "Idempotency-Key", "kept");
        assertThat(repeated.statusCode()).isEqualTo(202);
        assertThat(repeated.body()).isEqualTo(kept.body());
        String items = "[" + job("full") + "," + job("beside") + ","
                + "{\"type\":\"a\",\"queue\":\"full\",\"payload\":{},\"idempotency_key\":\"kept\"}]";
        JsonNode results = TestApi.json(stack.api.send(stack.api.post("/v1/jobs/bulk", items)))
                .get("results");
        assertThat(results.valueStream().map(result -> result.get("status").asInt()))
                .containsExactly(429, 202, 202);
        assertThat(results.get(0).at("/problem/code").asString()).isEqualTo("queue_full");
        assertThat(results.get(0).at("/problem/retry_after").asInt()).isEqualTo(5);
        assertThat(results.get(2).get("replayed").asBoolean()).isTrue();

        patch("full", "{\"backlog_limit\":null}");
        await().atMost(FOLLOWED)
                .until(() -> stack.api
                                .submit(job("full"), "Idempotency-Key", "refused")
                                .statusCode()
                        == 202);
    }

    @Test
    void a_service_that_is_full_answers_503_and_repeats_with_their_job(@TempDir Path other) {
        try (var small = RealStack.start(other, Map.of("MILLRACE_BACKLOG_LIMIT", "5"))) {
            var kept = small.api.submit(job("one"), "Idempotency-Key", "kept");
            String many = IntStream.range(0, 9).mapToObj(i -> job("q" + i)).collect(Collectors.joining(",", "[", "]"));
            JsonNode results = TestApi.json(small.api.send(small.api.post("/v1/jobs/bulk", many)))
                    .get("results");
            assertThat(results.valueStream().map(result -> result.get("status").asInt()))
                    // A reading in the middle of the first job's way to the index counts one too few, for a moment.
                    .startsWith(202, 202, 202, 202)
                    .endsWith(503, 503, 503, 503)
                    .containsOnly(202, 503);
            var refused = small.api.submit(job("one"));
            RefusalsTest.assertProblem(refused, 503, "system_full");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
            RefusalsTest.assertProblem(small.api.send(small.api.post("/v1/jobs/bulk", many)), 503, "system_full");
            assertThat(small.api.submit(job("one"), "Idempotency-Key", "kept").body())
                    .isEqualTo(kept.body());
        }
    }
}
