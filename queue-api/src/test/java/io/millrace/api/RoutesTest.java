package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.protocol.JobView;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class RoutesTest {

    private static final String WORKER = "w-1";
    private static final JsonMapper VIEWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @TempDir
    static Path folder;

    private static RealStack stack;
    private static TestApi api;
    private static TestWorker worker;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
        api = stack.api;
        worker = new TestWorker(stack.engine, WORKER);
    }

    @AfterAll
    static void stop() {
        worker.close();
        stack.close();
    }

    @Test
    void without_a_key_even_a_path_that_does_not_exist_is_401() {
        RefusalsTest.assertProblem(api.send(api.request("/v1/nothing", "")), 401, "unauthenticated");
        RefusalsTest.assertProblem(api.send(api.request("/v1/jobs", "")), 401, "unauthenticated");
    }

    @Test
    void every_answer_carries_the_headers_that_keep_browsers_out() {
        for (String path : List.of("/v1/queues", "/v1/nothing", "/livez")) {
            var headers = api.get(path).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
            assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
            assertThat(headers.firstValue("X-Request-Id")).isPresent();
            assertThat(headers.firstValue("Server")).isEmpty();
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
        }
    }

    @Test
    void a_harmless_request_id_is_kept_and_any_other_replaced() {
        var kept = api.send(api.request("/v1/nothing", "admin").header("X-Request-Id", "my-id.1"));
        assertThat(kept.headers().firstValue("X-Request-Id")).hasValue("my-id.1");
        assertThat(TestApi.json(kept).get("request_id").asString()).isEqualTo("my-id.1");
        var replaced = api.send(api.request("/v1/nothing", "admin").header("X-Request-Id", "a b\"<"));
        assertThat(replaced.headers().firstValue("X-Request-Id").orElseThrow()).matches("[0-9a-f]{16}");
    }

    @Test
    void a_failed_job_shows_everything_that_is_known() {
        String path = submit("shown");
        ClaimedJob claimed = worker.claim("shown");
        worker.finish(claimed, new Verdict.Retried(FailureReason.ERROR, "said no", Duration.ofHours(1)));
        JobView view = VIEWS.readValue(api.get(path).body(), JobView.class);
        assertThat(view.id()).isEqualTo(claimed.entry().id().toString());
        assertThat(view.state()).isEqualTo("scheduled");
        assertThat(view.attempt()).isEqualTo(1);
        assertThat(view.error()).isEqualTo(new JobView.ErrorView("error", "said no"));
        assertThat(view.attempts()).hasSize(1);
        assertThat(view.attempts().getFirst().worker()).isEqualTo(WORKER);
        assertThat(view.runAt()).isAfter(view.createdAt().plus(Duration.ofMinutes(59)));
    }

    @Test
    void a_job_that_nobody_can_run_says_why_it_waits() {
        String path = submit("lonely");
        await().untilAsserted(() ->
                assertThat(api.queue("lonely").get("ready").asInt()).isEqualTo(1));
        assertThat(TestApi.json(api.get(path)).get("waiting_reason").asString()).contains("no live worker");
    }

    @Test
    void a_result_is_told_as_the_json_it_is() {
        String path = submit("results");
        worker.succeed(worker.claim("results"), "{\"rows\":3}");
        JsonNode view = TestApi.json(api.get(path));
        assertThat(view.get("state").asString()).isEqualTo("succeeded");
        assertThat(view.at("/result/rows").asInt()).isEqualTo(3);
        assertThat(view.has("error")).isFalse();
    }

    @Test
    void operations_answer_what_became_of_the_job() {
        String running = submit("held");
        ClaimedJob held = worker.claim("held");
        JsonNode shown = TestApi.json(api.get(running));
        assertThat(shown.get("state").asString()).isEqualTo("running");
        assertThat(shown.get("worker").asString()).isEqualTo(WORKER);
        assertThat(api.act(running + "/cancel").statusCode()).isEqualTo(202);
        worker.finish(held, new Verdict.Cancelled("stopped"));
        assertThat(TestApi.json(api.get(running)).get("state").asString()).isEqualTo("cancelled");

        String done = submit("ended");
        worker.succeed(worker.claim("ended"), "{}");
        RefusalsTest.assertProblem(api.act(done + "/redrive"), 409, "state_conflict");
        RefusalsTest.assertProblem(api.act(done + "/cancel"), 409, "state_conflict");

        String dead = submit("mourned");
        worker.finish(worker.claim("mourned"), new Verdict.Died(FailureReason.PERMANENT, "no"));
        var redriven = api.act(dead + "/redrive");
        assertThat(redriven.statusCode()).isEqualTo(200);
        assertThat(TestApi.json(redriven).get("state").asString()).isEqualTo("ready");
    }

    @Test
    void an_artifact_is_streamed_to_be_saved() throws IOException {
        String path = submit("files");
        ClaimedJob job = worker.claim("files");
        stack.artifacts.save(
                job.entry().id(), "report.csv", "text/csv", out -> out.write("a,b\n".getBytes(StandardCharsets.UTF_8)));
        worker.succeed(job, "{}");
        var answer = api.get(path + "/artifacts/report.csv");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("a,b\n");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/csv");
        assertThat(answer.headers().firstValue("Content-Length")).hasValue("4");
        assertThat(answer.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"report.csv\"");
        JobView view = VIEWS.readValue(api.get(path).body(), JobView.class);
        assertThat(view.artifacts()).containsExactly(new JobView.ArtifactView("report.csv", 4, "text/csv"));
        var head = api.send(api.request(path + "/artifacts/report.csv", "read").HEAD());
        assertThat(head.headers().firstValue("Content-Length")).hasValue("4");
    }

    @Test
    void queues_and_workers_are_told_as_their_views() {
        submit("viewed");
        await().until(
                        () -> api.queue("viewed"),
                        queue -> queue.get("ready").asInt() == 1
                                && queue.get("indexed").asBoolean());
        QueueView queue = VIEWS.treeToValue(api.queue("viewed"), QueueView.class);
        assertThat(queue)
                .isEqualTo(new QueueView(
                        "viewed",
                        1,
                        0,
                        0,
                        0,
                        queue.oldestReadyAgeSeconds(),
                        1,
                        0,
                        0,
                        false,
                        true,
                        null,
                        "1d",
                        null,
                        null,
                        null));
        assertThat(queue.oldestReadyAgeSeconds()).isGreaterThanOrEqualTo(0);
        worker.parts.directory().announce(view(WORKER), List.of());
        JsonNode workers = TestApi.json(api.get("/v1/workers")).get("workers");
        assertThat(VIEWS.treeToValue(workers.get(0), WorkerView.class))
                .usingRecursiveComparison()
                .ignoringFields("seenAt")
                .isEqualTo(view(WORKER));
        worker.parts.directory().leave(WORKER);
        assertThat(TestApi.json(api.get("/v1/workers")).get("workers").size()).isZero();
    }

    @Test
    void readiness_names_what_is_missing_and_head_tells_the_same(@TempDir Path other) {
        try (var broken = RealStack.start(other)) {
            assertThat(ready(broken.api)).isEqualTo("ready");
            broken.redis.cut();
            await().untilAsserted(() -> assertThat(ready(broken.api)).isEqualTo("degraded"));
            broken.postgres.cut();
            var down = broken.api.send(broken.api.request("/readyz", ""));
            RefusalsTest.assertProblem(down, 503, "unavailable");
            assertThat(TestApi.json(down).get("detail").asString()).contains("PostgreSQL");
            assertThat(broken.api.send(broken.api.request("/readyz", "").HEAD()).statusCode())
                    .isEqualTo(503);
            assertThat(broken.api.send(broken.api.request("/livez", "")).statusCode())
                    .isEqualTo(200);
        }
    }

    private static String ready(TestApi service) {
        return TestApi.json(service.send(service.request("/readyz", "")))
                .get("status")
                .asString();
    }

    @Test
    void the_root_leads_to_the_dashboard() {
        var answer = api.send(api.request("/", ""));
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location").orElseThrow()).endsWith("/dashboard");
        var page = api.send(api.request("/dashboard", ""));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    }

    @Test
    void listeners_get_snapshots_until_the_server_stops(@TempDir Path other) throws Exception {
        try (var watched = RealStack.start(other);
                var busy = new TestWorker(watched.engine, "w-busy")) {
            watched.api.submit("{\"type\":\"a\",\"queue\":\"watched\",\"payload\":{}}");
            busy.finish(busy.claim("watched"), new Verdict.Died(FailureReason.ERROR, "no"));
            busy.parts.directory().announce(view("w-busy"), List.of());
            HttpResponse<InputStream> stream = watched.api.client.send(
                    watched.api.request("/v1/events", "read").build(), BodyHandlers.ofInputStream());
            assertThat(stream.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            assertThat(stream.headers().firstValue("Cache-Control")).hasValue("no-store");
            var reader = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
            JsonNode snapshot = nextSnapshot(reader);
            assertThat(snapshot.at("/queues/0/name").asString()).isEqualTo("watched");
            assertThat(snapshot.at("/queues/0/dead").asInt()).isEqualTo(1);
            assertThat(snapshot.at("/queues/0/in_per_second").isNumber()).isTrue();
            assertThat(snapshot.at("/workers/0/id").asString()).isEqualTo("w-busy");
            assertThat(snapshot.at("/failures/0/message").asString()).isEqualTo("no");
            assertThat(snapshot.at("/servers/redis").asString()).isEqualTo("up");
            assertThat(nextSnapshot(reader).get("at")).isNotEqualTo(snapshot.get("at"));
            watched.api.server.close();
            Instant closed = Instant.now();
            // It ends, or this test does not.
            assertThat(reader.lines()
                            .filter(line -> line.startsWith("data: "))
                            .map(line -> TestApi.JSON.readTree(line.substring("data: ".length())))
                            .map(late -> Instant.parse(late.get("at").asString())))
                    .allMatch(at -> !at.isAfter(closed));
        }
    }

    private static JsonNode nextSnapshot(BufferedReader reader) throws IOException {
        String line = reader.readLine();
        while (!line.equals("event: snapshot")) {
            line = reader.readLine();
        }
        return TestApi.JSON.readTree(reader.readLine().substring("data: ".length()));
    }

    private static String submit(String queue) {
        return api.submit("{\"type\":\"a\",\"queue\":\"" + queue + "\",\"payload\":{}}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    private static WorkerView view(String id) {
        Instant start = Instant.parse("2026-01-31T08:00:00.007Z");
        return new WorkerView(
                id,
                "host",
                42,
                "1.2.3",
                start,
                start,
                "active",
                null,
                List.of(new WorkerView.Slots("email", 5)),
                List.of("email.send"),
                1,
                List.of());
    }
}
