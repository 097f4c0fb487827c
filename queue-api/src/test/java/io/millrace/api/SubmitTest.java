package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.JobDetails;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class SubmitTest {

    private static final JsonMapper VIEWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @TempDir
    static Path folder;

    private static RealStack stack;
    private static TestApi api;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
        api = stack.api;
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void a_submit_is_answered_202_with_its_place_and_the_job() {
        var answer = api.submit("""
                {"type":"email.send","payload":{"to":["a@b.example"],"subject":"s","text":"t"},"priority":7,"timeout":"none","tags":["é","b"],
                 "retry":{"max_attempts":3,"factor":1}}""");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        JobView job = VIEWS.readValue(answer.body(), JobView.class);
        assertThat(answer.headers().firstValue("Location")).hasValue("/v1/jobs/" + job.id());
        assertThat(job.type()).isEqualTo("email.send");
        assertThat(job.queue()).isEqualTo("email");
        assertThat(job.state()).isEqualTo("ready");
        assertThat(job.priority()).isEqualTo(7);
        assertThat(job.attempt()).isZero();
        assertThat(job.maxAttempts()).isEqualTo(3);
        assertThat(job.createdAt()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        assertThat(job.runAt()).isEqualTo(job.createdAt());
        assertThat(job.timeout()).isEqualTo("none");
        assertThat(job.tags()).containsExactly("é", "b");
        assertThat(answer.headers().firstValue("Idempotency-Key-Expires")).isEmpty();
    }

    @Test
    void what_is_accepted_reads_back_the_same_by_get() {
        var answer = api.submit("{\"type\":\"a\",\"payload\":{},\"delay\":\"90s\"}");
        JsonNode accepted = TestApi.json(answer);
        assertThat(accepted.get("state").asString()).isEqualTo("scheduled");
        assertThat(time(accepted, "run_at"))
                .isEqualTo(time(accepted, "created_at").plusSeconds(90));
        assertThat(TestApi.json(api.get(answer.headers().firstValue("Location").orElseThrow())))
                .isEqualTo(accepted);
    }

    @Test
    void a_start_deadline_is_told_and_a_job_that_misses_it_is_cancelled() {
        String body = "{\"type\":\"a\",\"queue\":\"expiring\",\"payload\":{},\"expires_in\":\"1s\"}";
        var answer = api.submit(body, "Idempotency-Key", "expiring");
        JsonNode accepted = TestApi.json(answer);
        assertThat(time(accepted, "expires_at"))
                .isEqualTo(time(accepted, "created_at").plusSeconds(1));
        String job = answer.headers().firstValue("Location").orElseThrow();
        await().untilAsserted(() -> assertThat(
                        TestApi.json(api.get(job)).at("/error/reason").asString())
                .isEqualTo("expired"));
        JsonNode ended = TestApi.json(api.get(job));
        assertThat(ended.get("state").asString()).isEqualTo("cancelled");
        assertThat(ended.has("started_at")).isFalse();
        assertThat(api.submit(body, "Idempotency-Key", "expiring").body()).isEqualTo(answer.body());
    }

    @Test
    void a_start_deadline_reads_back_while_it_holds() {
        var answer = api.submit("{\"type\":\"a\",\"payload\":{},\"delay\":\"1h\",\"expires_in\":\"2h\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(TestApi.json(api.get(answer.headers().firstValue("Location").orElseThrow())))
                .isEqualTo(TestApi.json(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ \"b\" : [1, 2.50, -0, 1E+5, true, null ] ,\n\t\"a\":{\"é\":\"\uD83D\uDE00 \\ud83d\\u0000\"} }",
                "{\"s\":\"}{][\\\"\\\\\"}"
            })
    void a_payload_is_kept_byte_for_byte(String payload) {
        var answer = api.submit("{\"tags\":[\"ü\"], \"payload\": " + payload + " ,\"type\":\"a\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JobDetails kept = stack.engine.reader().find(idOf(answer)).orElseThrow();
        assertThat(new String(kept.payload(), StandardCharsets.UTF_8)).isEqualTo(payload);
    }

    @Test
    void null_means_the_same_as_leaving_a_field_out() {
        var answer = api.submit(
                "{\"type\":\"a\",\"payload\":{},\"queue\":null,\"priority\":null,\"delay\":null,\"run_at\":null,\"retry\":null,"
                        + "\"timeout\":null,\"tags\":null}");
        JsonNode job = TestApi.json(answer);
        assertThat(job.get("queue").asString()).isEqualTo("default");
        assertThat(job.get("timeout").asString()).isEqualTo("30m");
        assertThat(job.get("max_attempts").asInt()).isEqualTo(10);
    }

    @Test
    void the_same_key_and_request_is_the_same_answer_and_one_job() {
        var first = api.submit(
                "{\"type\":\"a\",\"queue\":\"same\",\"payload\":{\"x\":1,\"y\":2}}", "Idempotency-Key", "\"same\"");
        var again = api.submit(
                "{\"payload\":{ \"y\":2,\"x\":1 },\"type\":\"a\",\"queue\":\"same\",\"priority\":0}",
                "Idempotency-Key",
                "same");
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        String expires = first.headers().firstValue("Idempotency-Key-Expires").orElseThrow();
        assertThat(Instant.parse(expires))
                .isEqualTo(time(TestApi.json(first), "created_at").plus(1, ChronoUnit.DAYS));
        assertThat(again.headers().firstValue("Idempotency-Key-Expires")).hasValue(expires);
        await().untilAsserted(
                        () -> assertThat(api.queue("same").get("ready").asInt()).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"b\",\"payload\":{\"x\":1}}",
                "{\"type\":\"a\",\"payload\":{\"x\":1.0}}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"queue\":\"q\"}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"priority\":1}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"delay\":\"1s\"}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"expires_in\":\"1h\"}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"timeout\":\"none\"}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"tags\":[\"t\"]}",
                "{\"type\":\"a\",\"payload\":{\"x\":1},\"retry\":{\"max_attempts\":1}}"
            })
    void the_same_key_with_another_request_is_422_and_leaves_the_job_alone(String other) {
        api.submit("{\"type\":\"a\",\"payload\":{\"x\":1}}", "Idempotency-Key", "reused");
        RefusalsTest.assertProblem(api.submit(other, "Idempotency-Key", "reused"), 422, "idempotency_key_reused");
    }

    @Test
    void keys_of_different_owners_never_meet() {
        var mine = api.submit("{\"type\":\"a\",\"payload\":{}}", "Idempotency-Key", "owned");
        var theirs = api.send(api.request("/v1/jobs", "other")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "owned")
                .POST(BodyPublishers.ofString("{\"type\":\"a\",\"payload\":{\"x\":1}}")));
        assertThat(theirs.statusCode()).isEqualTo(202);
        assertThat(idOf(theirs)).isNotEqualTo(idOf(mine));
    }

    @Test
    void a_bulk_answers_each_item_in_order() {
        var answer = api.send(api.post("/v1/jobs/bulk", """
                [{"type":"a","payload":{"n":1},"idempotency_key":"bulk-1"},
                 {"type":"a","payload":{},"priority":12,"extra":1},
                 7,
                 {"type":"b","payload":{}},
                 {"type":"a","payload":{"n":1},"idempotency_key":"bulk-1"},
                 {"type":"a","payload":{"n":2},"idempotency_key":"bulk-1"},
                 {"type":"a","payload":{},"idempotency_key":""}]"""));
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode results = TestApi.json(answer).get("results");
        assertThat(statuses(results)).containsExactly(202, 400, 400, 202, 202, 422, 400);
        assertThat(results.get(1).at("/problem/errors/0/pointer").asString()).isEqualTo("/1/priority");
        assertThat(results.get(1).at("/problem/errors/1/pointer").asString()).isEqualTo("/1/extra");
        assertThat(results.get(2).at("/problem/errors/0/pointer").asString()).isEqualTo("/2");
        assertThat(results.get(4).get("job")).isEqualTo(results.get(0).get("job"));
        assertThat(results.get(4).get("replayed").asBoolean()).isTrue();
        assertThat(results.get(5).at("/problem/code").asString()).isEqualTo("idempotency_key_reused");
        assertThat(results.get(6).at("/problem/code").asString()).isEqualTo("invalid_idempotency_key");
    }

    @Test
    void a_bulk_takes_ten_thousand_jobs() {
        String items = IntStream.range(0, 10_000)
                .mapToObj(i -> "{\"type\":\"a\",\"payload\":{\"n\":" + i + "}}")
                .collect(Collectors.joining(",", "[", "]"));
        JsonNode results =
                TestApi.json(api.send(api.post("/v1/jobs/bulk", items))).get("results");
        assertThat(results.size()).isEqualTo(10_000);
        assertThat(statuses(results)).containsOnly(202);
    }

    private static List<Integer> statuses(JsonNode results) {
        return results.valueStream().map(result -> result.get("status").asInt()).toList();
    }

    private static Instant time(JsonNode job, String field) {
        return Instant.parse(job.get(field).asString());
    }

    private static JobId idOf(HttpResponse<String> answer) {
        return JobId.parse(TestApi.json(answer).get("id").asString()).orElseThrow();
    }
}
