package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.OperationResult;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.JobView;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class RoutesTest {

    private static final FakeBackend BACKEND = new FakeBackend();
    private static final FakeArtifacts ARTIFACTS = new FakeArtifacts();
    private static final TestApi API = new TestApi(BACKEND, ARTIFACTS);
    private static final JsonMapper VIEWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private static final AtomicInteger IDS = new AtomicInteger(1000);

    @AfterAll
    static void stop() {
        API.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/v1/jobs,produce",
        "POST,/v1/jobs/bulk,produce",
        "GET,/v1/jobs/x,read",
        "HEAD,/v1/jobs/x,read",
        "GET,/v1/jobs/x/artifacts/y,read",
        "POST,/v1/jobs/x/redrive,operate",
        "POST,/v1/jobs/x/cancel,operate",
        "GET,/v1/queues,read",
        "GET,/v1/workers,read",
        "HEAD,/v1/events,read",
        "GET,/metrics,read"
    })
    void a_route_opens_to_its_scope_and_to_admin_only(String method, String path, String scope) {
        for (String key : List.of("", "unknown")) {
            var answer = API.send(API.request(path, key).method(method, BodyPublishers.noBody()));
            RefusalsTest.assertProblem(answer, 401, "unauthenticated");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
        }
        for (String key : List.of("produce", "read", "operate", "admin")) {
            var answer = API.send(API.request(path, key).method(method, BodyPublishers.noBody()));
            boolean open = key.equals(scope) || key.equals("admin");
            if (open) {
                assertThat(answer.statusCode()).isNotIn(401, 403);
            } else {
                RefusalsTest.assertProblem(answer, 403, "forbidden");
            }
        }
    }

    @Test
    void without_a_key_even_a_path_that_does_not_exist_is_401() {
        RefusalsTest.assertProblem(API.send(API.request("/v1/nothing", "")), 401, "unauthenticated");
        RefusalsTest.assertProblem(API.send(API.request("/v1/jobs", "")), 401, "unauthenticated");
    }

    @Test
    void every_answer_carries_the_headers_that_keep_browsers_out() {
        for (String path : List.of("/v1/queues", "/v1/nothing", "/livez")) {
            var headers = API.get(path).headers();
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
        var kept = API.send(API.request("/v1/nothing", "admin").header("X-Request-Id", "my-id.1"));
        assertThat(kept.headers().firstValue("X-Request-Id")).hasValue("my-id.1");
        assertThat(TestApi.json(kept).get("request_id").asString()).isEqualTo("my-id.1");
        var replaced = API.send(API.request("/v1/nothing", "admin").header("X-Request-Id", "a b\"<"));
        assertThat(replaced.headers().firstValue("X-Request-Id").orElseThrow()).matches("[0-9a-f]{16}");
    }

    @Test
    void a_job_shows_everything_that_is_known() {
        JobDetails job = details(JobState.SCHEDULED, 2);
        JobView view = VIEWS.readValue(API.get("/v1/jobs/" + job.id()).body(), JobView.class);
        assertThat(view.attempt()).isEqualTo(2);
        assertThat(view.startedAt()).isEqualTo(FakeBackend.START);
        assertThat(view.error()).isEqualTo(new JobView.ErrorView("error", "said no"));
        assertThat(view.waitingReason()).isEqualTo("no live worker");
        assertThat(view.attempts()).hasSize(1);
        assertThat(view.attempts().getFirst().worker()).isEqualTo("w-1");
        assertThat(view.worker()).isNull();
    }

    @Test
    void a_result_is_told_as_the_json_it_is() {
        JobDetails job = details(JobState.SUCCEEDED, 1);
        JsonNode view = TestApi.json(API.get("/v1/jobs/" + job.id()));
        assertThat(view.at("/result/rows").asInt()).isEqualTo(3);
        assertThat(view.has("error")).isFalse();
    }

    @Test
    void operations_answer_what_became_of_the_job() {
        JobDetails job = details(JobState.READY, 0);
        BACKEND.operations.put(job.id(), new OperationResult.Done());
        assertThat(act(job, "cancel").statusCode()).isEqualTo(200);
        assertThat(TestApi.json(act(job, "redrive")).get("id").asString())
                .isEqualTo(job.id().toString());
        BACKEND.operations.put(job.id(), new OperationResult.Requested());
        assertThat(act(job, "cancel").statusCode()).isEqualTo(202);
        BACKEND.operations.put(job.id(), new OperationResult.WrongState(JobState.SUCCEEDED));
        RefusalsTest.assertProblem(act(job, "redrive"), 409, "state_conflict");
    }

    @Test
    void an_artifact_is_streamed_to_be_saved() throws IOException {
        JobDetails job = details(JobState.SUCCEEDED, 1);
        ARTIFACTS.save(job.id(), "report.csv", "text/csv", out -> out.write("a,b\n".getBytes(StandardCharsets.UTF_8)));
        var answer = API.get("/v1/jobs/" + job.id() + "/artifacts/report.csv");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("a,b\n");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/csv");
        assertThat(answer.headers().firstValue("Content-Length")).hasValue("4");
        assertThat(answer.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"report.csv\"");
        JobView view = VIEWS.readValue(API.get("/v1/jobs/" + job.id()).body(), JobView.class);
        assertThat(view.artifacts()).containsExactly(new JobView.ArtifactView("report.csv", 4, "text/csv"));
        var head = API.send(API.request("/v1/jobs/" + job.id() + "/artifacts/report.csv", "read")
                .HEAD());
        assertThat(head.headers().firstValue("Content-Length")).hasValue("4");
    }

    @Test
    void queues_and_workers_are_told_as_their_views() {
        JsonNode queues = TestApi.json(API.get("/v1/queues")).get("queues");
        assertThat(VIEWS.treeToValue(queues.get(0), QueueView.class))
                .isEqualTo(BACKEND.queues().getFirst());
        JsonNode workers = TestApi.json(API.get("/v1/workers")).get("workers");
        assertThat(VIEWS.treeToValue(workers.get(0), WorkerView.class))
                .isEqualTo(BACKEND.workers().getFirst());
    }

    @Test
    void readiness_names_what_is_missing_and_head_tells_the_same() {
        var backend = new FakeBackend();
        try (var api = new TestApi(backend, new FakeArtifacts())) {
            assertThat(TestApi.json(api.send(api.request("/readyz", "")))
                            .get("status")
                            .asString())
                    .isEqualTo("ready");
            backend.health.set(new HealthReport(true, false, 7));
            assertThat(TestApi.json(api.send(api.request("/readyz", "")))
                            .get("status")
                            .asString())
                    .isEqualTo("degraded");
            backend.health.set(new HealthReport(true, true, 1));
            RefusalsTest.assertProblem(api.send(api.request("/readyz", "")), 503, "unavailable");
            backend.health.set(new HealthReport(false, true, 7));
            var down = api.send(api.request("/readyz", ""));
            assertThat(TestApi.json(down).get("detail").asString()).contains("PostgreSQL");
            assertThat(api.send(api.request("/readyz", "").HEAD()).statusCode()).isEqualTo(503);
            assertThat(api.send(api.request("/livez", "")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metrics_come_in_the_form_that_is_asked_for() {
        assertThat(API.get("/metrics").body()).startsWith("metrics as text/plain; version=0.0.4");
        var open = API.send(
                API.request("/metrics", "read").header("Accept", "application/openmetrics-text;version=1.0.0"));
        assertThat(open.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/openmetrics-text");
    }

    @Test
    void the_root_leads_to_the_dashboard() {
        var answer = API.send(API.request("/", ""));
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location").orElseThrow()).endsWith("/dashboard");
        var page = API.send(API.request("/dashboard", ""));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    }

    @Test
    void listeners_get_snapshots_until_the_server_stops() throws Exception {
        var backend = new FakeBackend();
        try (var api = new TestApi(backend, new FakeArtifacts())) {
            HttpResponse<InputStream> stream =
                    api.client.send(api.request("/v1/events", "read").build(), BodyHandlers.ofInputStream());
            assertThat(stream.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            assertThat(stream.headers().firstValue("Cache-Control")).hasValue("no-store");
            var reader = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
            JsonNode snapshot = nextSnapshot(reader);
            assertThat(snapshot.at("/queues/0/name").asString()).isEqualTo("email");
            assertThat(snapshot.at("/queues/0/in_per_second").isNumber()).isTrue();
            assertThat(snapshot.at("/workers/0/id").asString()).isEqualTo("w-1");
            assertThat(snapshot.at("/failures/0/message").asString()).isEqualTo("no");
            assertThat(snapshot.at("/servers/redis").asString()).isEqualTo("up");
            assertThat(nextSnapshot(reader).get("at")).isNotEqualTo(snapshot.get("at"));
            api.server.close();
            assertThat(reader.lines().filter(line -> line.startsWith("event:")).count())
                    .isLessThan(3);
        }
    }

    private static JsonNode nextSnapshot(BufferedReader reader) throws IOException {
        String line = reader.readLine();
        while (!line.equals("event: snapshot")) {
            line = reader.readLine();
        }
        return TestApi.JSON.readTree(reader.readLine().substring("data: ".length()));
    }

    private static HttpResponse<String> act(JobDetails job, String what) {
        return API.send(
                API.request("/v1/jobs/" + job.id() + "/" + what, "operate").POST(BodyPublishers.noBody()));
    }

    private static JobDetails details(JobState state, int attempt) {
        var id = JobId.of(FakeBackend.START.toEpochMilli(), attempt, IDS.incrementAndGet());
        var failure = new JobDetails.Failure("error", "said no");
        var job = new JobDetails(
                id,
                new JobType("a"),
                QueueName.DEFAULT,
                state,
                0,
                attempt,
                JobOptions.DEFAULT,
                FakeBackend.START,
                Optional.of(FakeBackend.START),
                Optional.empty(),
                List.of("t"),
                "{}".getBytes(StandardCharsets.UTF_8),
                state == JobState.SUCCEEDED
                        ? Optional.of("{\"rows\":3}".getBytes(StandardCharsets.UTF_8))
                        : Optional.empty(),
                Optional.of(failure),
                Optional.of("w-1"),
                Optional.of("no live worker"),
                List.of(new JobDetails.Attempt(1, failure, Optional.of("w-1"), Optional.empty(), FakeBackend.START)),
                1);
        BACKEND.jobs.put(id, job);
        return job;
    }
}
