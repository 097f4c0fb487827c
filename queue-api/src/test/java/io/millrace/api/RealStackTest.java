package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.protocol.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The service on a real PostgreSQL and Redis. */
class RealStackTest {

    /** A push takes milliseconds; the sweeper, which makes up for a lost one, does not come before this. */
    private static final Duration INDEXED = Duration.ofSeconds(30);

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
    void a_submitted_job_is_found_and_shows_in_its_queue() {
        var submitted = stack.api.submit(
                "{\"type\":\"own.type\",\"queue\":\"shown\",\"payload\":{\"x\":1},\"tags\":[\"t\"],\"priority\":3}");
        assertThat(submitted.statusCode()).as(submitted.body()).isEqualTo(202);
        JsonNode accepted = TestApi.json(submitted);
        JsonNode found = TestApi.json(
                stack.api.get(submitted.headers().firstValue("Location").orElseThrow()));
        for (String field : new String[] {"id", "type", "queue", "state", "priority", "created_at", "run_at", "tags"}) {
            assertThat(found.get(field)).as(field).isEqualTo(accepted.get(field));
        }
        awaitReady("shown", 1);
        assertThat(TestApi.json(stack.api.get("/v1/workers")).get("workers").size())
                .isZero();
    }

    @Test
    void fifty_clients_with_one_key_make_one_job() {
        var answers = IntStream.range(0, 50)
                .mapToObj(i -> stack.api.client.sendAsync(
                        stack.api
                                .post("/v1/jobs", "{\"type\":\"a\",\"queue\":\"race\",\"payload\":{}}")
                                .header("Idempotency-Key", "race")
                                .build(),
                        BodyHandlers.ofString()))
                .toList();
        var bodies = answers.stream().map(answer -> answer.join().body()).collect(Collectors.toSet());
        assertThat(bodies).hasSize(1);
        var fresh = answers.stream()
                .filter(answer -> answer.join()
                        .headers()
                        .firstValue("Idempotent-Replayed")
                        .isEmpty());
        assertThat(fresh).hasSize(1);
        var other = stack.api.submit(
                "{\"type\":\"a\",\"queue\":\"race\",\"payload\":{\"x\":1}}", "Idempotency-Key", "race");
        RefusalsTest.assertProblem(other, 422, "idempotency_key_reused");
        awaitReady("race", 1);
    }

    @Test
    void a_replay_of_a_delayed_job_is_the_same_answer() {
        String body = "{\"type\":\"a\",\"queue\":\"later\",\"payload\":{},\"delay\":\"1h\"}";
        var first = stack.api.submit(body, "Idempotency-Key", "\"delayed\"");
        var again = stack.api.submit(body, "Idempotency-Key", "\"delayed\"");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(TestApi.json(first).get("state").asString()).isEqualTo("scheduled");
        assertThat(again.headers().firstValue("Idempotency-Key-Expires"))
                .isEqualTo(first.headers().firstValue("Idempotency-Key-Expires"));
    }

    @Test
    void a_bulk_of_a_thousand_is_stored_whole_beside_one_that_is_wrong() {
        String items = IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"type\":\"a\",\"queue\":\"bulk\",\"payload\":{\"n\":" + i + "}}")
                .collect(Collectors.joining(",", "[{\"type\":\"A\",\"payload\":{}},", "]"));
        JsonNode results = TestApi.json(stack.api.send(stack.api.post("/v1/jobs/bulk", items)))
                .get("results");
        assertThat(results.size()).isEqualTo(1_001);
        assertThat(results.get(0).get("status").asInt()).isEqualTo(400);
        var ids = results.valueStream()
                .skip(1)
                .map(result -> result.at("/job/id").asString())
                .collect(Collectors.toSet());
        assertThat(ids).hasSize(1_000);
        awaitReady("bulk", 1_000);
    }

    @Test
    void payloads_of_the_built_in_types_are_checked_at_the_door() {
        var answer = stack.api.submit("{\"type\":\"email.send\",\"payload\":{\"to\":[\"a@b.c\"],\"subjct\":\"x\"}}");
        RefusalsTest.assertProblem(answer, 422, "invalid_payload");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo("/payload/subjct");
        var empty = stack.api.submit("{\"type\":\"email.send\",\"payload\":{}}");
        assertThat(TestApi.json(empty)
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("pointer").asString()))
                .contains("/payload/to", "/payload/subject");
        var right = stack.api.submit(
                "{\"type\":\"email.send\",\"payload\":{\"to\":[\"a@b.example\"],\"subject\":\"x\",\"text\":\"y\"}}");
        assertThat(right.statusCode()).as(right.body()).isEqualTo(202);
    }

    @Test
    void a_cancelled_job_can_be_redriven_and_a_waiting_one_cannot() {
        var submitted = stack.api.submit("{\"type\":\"a\",\"queue\":\"steered\",\"payload\":{}}");
        String job = submitted.headers().firstValue("Location").orElseThrow();
        RefusalsTest.assertProblem(stack.api.act(job + "/redrive"), 409, "state_conflict");
        await().untilAsserted(() ->
                assertThat(stack.api.act(job + "/cancel").statusCode()).isIn(200, 409));
        await().untilAsserted(() -> assertThat(
                        TestApi.json(stack.api.get(job)).get("state").asString())
                .isEqualTo("cancelled"));
        RefusalsTest.assertProblem(stack.api.act(job + "/cancel"), 409, "state_conflict");
        assertThat(TestApi.json(stack.api.act(job + "/redrive")).get("state").asString())
                .isEqualTo("ready");
    }

    @Test
    void a_kept_file_is_streamed() throws IOException {
        var submitted = stack.api.submit("{\"type\":\"a\",\"queue\":\"files\",\"payload\":{}}");
        String job = submitted.headers().firstValue("Location").orElseThrow();
        var id = JobId.parse(TestApi.json(submitted).get("id").asString()).orElseThrow();
        byte[] large = "0123456789".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
        stack.artifacts.save(id, "big.bin", "application/octet-stream", out -> out.write(large));
        var answer = stack.api.get(job + "/artifacts/big.bin");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).hasSize(large.length);
        assertThat(answer.headers().firstValue("Content-Length")).hasValue(Integer.toString(large.length));
        RefusalsTest.assertProblem(stack.api.get(job + "/artifacts/none.bin"), 404, "not_found");
    }

    @Test
    void the_event_stream_shows_what_was_accepted() throws Exception {
        HttpResponse<InputStream> stream =
                stack.api.client.send(stack.api.request("/v1/events", "admin").build(), BodyHandlers.ofInputStream());
        try (var reader = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            stack.api.submit("{\"type\":\"a\",\"queue\":\"watched\",\"payload\":{}}");
            String data = reader.readLine();
            while (!data.contains("\"name\":\"watched\"")) {
                data = reader.readLine();
            }
            JsonNode snapshot = TestApi.JSON.readTree(data.substring("data: ".length()));
            assertThat(snapshot.at("/servers/postgres").asString()).isEqualTo("up");
            assertThat(snapshot.at("/servers/redis").asString()).isEqualTo("up");
        }
    }

    @Test
    void the_node_is_ready_and_shows_its_metrics() {
        assertThat(stack.api.get("/readyz").body()).isEqualTo("{\"status\":\"ready\"}");
        assertThat(stack.api.get("/metrics").statusCode()).isEqualTo(200);
        RefusalsTest.assertProblem(stack.api.send(stack.api.request("/metrics", "")), 401, "unauthenticated");
    }

    @Test
    void without_postgres_nothing_is_accepted_and_afterwards_it_is_again(@TempDir Path other) {
        try (var broken = RealStack.start(other)) {
            String body = "{\"type\":\"a\",\"payload\":{}}";
            assertThat(broken.api.submit(body).statusCode()).isEqualTo(202);
            broken.postgres.cut();
            long before = System.nanoTime();
            var answer = broken.api.submit(body);
            RefusalsTest.assertProblem(answer, 503, "unavailable");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
            RefusalsTest.assertProblem(broken.api.get("/readyz"), 503, "unavailable");
            assertThat(broken.api.get("/livez").statusCode()).isEqualTo(200);
            broken.postgres.heal();
            await().untilAsserted(() ->
                    assertThat(broken.api.submit(body).statusCode()).isEqualTo(202));
        }
    }

    private static void awaitReady(String queue, int jobs) {
        await().atMost(INDEXED)
                .untilAsserted(() ->
                        assertThat(stack.api.queue(queue).get("ready").asInt()).isEqualTo(jobs));
    }
}
