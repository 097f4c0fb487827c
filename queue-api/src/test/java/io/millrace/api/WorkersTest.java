package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.WorkerState;
import io.millrace.protocol.WorkerView;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Workers over REST: what they tell of themselves, and what they are asked. */
class WorkersTest extends ServiceCase {

    private static final Instant AT = Instant.parse("2026-01-31T08:00:00.007Z");
    private static final JsonMapper VIEWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    private static final WorkerView.RunningJob JOB =
            new WorkerView.RunningJob("019fa3b1-7c1e-7d2a-9a3e-5b8f3f1d2c4a", "report.render", "report", 2, AT);

    /** A sign of life; what the worker is asked for. */
    private Optional<WorkerState> beat(String id, WorkerState state) {
        return beat(id, state, "report");
    }

    private Optional<WorkerState> beat(String id, WorkerState state, String... queues) {
        WorkerView view = new WorkerView(
                id,
                "host",
                42,
                "1.2.3",
                AT,
                AT,
                state.wireName(),
                null,
                Stream.of(queues).map(queue -> new WorkerView.Slots(queue, 5)).toList(),
                List.of("report.render"),
                1,
                List.of());
        return worker.parts.directory().announce(view, List.of(JOB));
    }

    private JsonNode steer(String id, String order) {
        HttpResponse<String> answer = api.act("/v1/workers/" + id + "/" + order);
        assertThat(answer.statusCode()).isEqualTo(202);
        return TestApi.json(answer);
    }

    @Test
    void a_worker_is_told_as_its_view_by_itself_and_in_the_list() {
        beat("w-one", WorkerState.ACTIVE);
        JsonNode one = TestApi.json(api.get("/v1/workers/w-one"));
        WorkerView view = VIEWS.treeToValue(one, WorkerView.class);
        assertThat(view.version()).isEqualTo("1.2.3");
        assertThat(view.state()).isEqualTo("active");
        assertThat(view.jobs()).containsExactly(JOB);
        assertThat(TestApi.json(api.get("/v1/workers")).get("workers").valueStream())
                .contains(one);
    }

    @Test
    void an_order_is_heard_with_the_next_sign_of_life_and_shown_as_open_until_then() {
        assertThat(beat("w-two", WorkerState.ACTIVE)).isEmpty();
        assertThat(steer("w-two", "quiet").get("asked").asString()).isEqualTo("quiet");
        assertThat(beat("w-two", WorkerState.ACTIVE)).contains(WorkerState.QUIET);
        beat("w-two", WorkerState.QUIET);
        JsonNode quiet = TestApi.json(api.get("/v1/workers/w-two"));
        assertThat(quiet.get("state").asString()).isEqualTo("quiet");
        assertThat(quiet.has("asked")).isFalse();

        assertThat(steer("w-two", "resume").get("asked").asString()).isEqualTo("active");
        assertThat(beat("w-two", WorkerState.QUIET)).contains(WorkerState.ACTIVE);
        steer("w-two", "stop");
        assertThat(steer("w-two", "stop").get("asked").asString()).isEqualTo("stopping");
        RefusalsTest.assertProblem(api.act("/v1/workers/w-two/resume"), 409, "state_conflict");
        assertThat(beat("w-two", WorkerState.ACTIVE)).contains(WorkerState.STOPPING);
        worker.parts.directory().leave("w-two");
        RefusalsTest.assertProblem(api.get("/v1/workers/w-two"), 404, "not_found");
        assertThat(beat("w-two", WorkerState.ACTIVE)).isEmpty();
    }

    @Test
    void every_order_is_in_the_audit_log_and_a_refused_one_is_not() {
        beat("w-audited", WorkerState.ACTIVE);
        steer("w-audited", "quiet");
        steer("w-audited", "stop");
        api.act("/v1/workers/w-audited/resume");
        List<JsonNode> entries = TestApi.json(api.get("/v1/audit?target=w-audited"))
                .get("entries")
                .valueStream()
                .toList();
        assertThat(entries.stream().map(entry -> entry.get("action").asString()))
                .containsExactly("worker.stop", "worker.quiet");
        assertThat(entries.get(1).at("/before/state").asString()).isEqualTo("active");
        assertThat(entries.get(1).at("/after/asked").asString()).isEqualTo("quiet");
        assertThat(entries.get(1).get("owner").asString()).isEqualTo("tests");
    }

    @Test
    void a_key_of_some_queues_steers_workers_that_serve_no_other() {
        String limited = limitedTo("report");
        beat("w-own", WorkerState.ACTIVE);
        beat("w-mixed", WorkerState.ACTIVE, "report", "email");
        beat("w-foreign", WorkerState.ACTIVE, "email");
        assertThat(asked(limited, "w-own").statusCode()).isEqualTo(202);
        RefusalsTest.assertProblem(asked(limited, "w-mixed"), 403, "forbidden");
        RefusalsTest.assertProblem(asked(limited, "w-foreign"), 404, "not_found");
        RefusalsTest.assertProblem(api.send(api.request("/v1/workers/w-foreign", limited)), 404, "not_found");
        JsonNode mixed = TestApi.json(api.send(api.request("/v1/workers/w-mixed", limited)));
        assertThat(mixed.get("queues").size()).isEqualTo(1);
        assertThat(mixed.get("running").asInt()).isZero();
        assertThat(mixed.get("jobs").size()).isEqualTo(1);
        assertThat(TestApi.json(api.send(api.request("/v1/workers", limited)))
                        .get("workers")
                        .valueStream()
                        .map(worker -> worker.get("id").asString()))
                .contains("w-own", "w-mixed")
                .doesNotContain("w-foreign");
    }

    private String limitedTo(String queue) {
        Set<Scope> scopes = Set.of(Scope.READ, Scope.OPERATE);
        ApiKey all = stack.engine.apiKeys().authenticate(stack.key("admin")).orElseThrow();
        Grant grant = new Grant("tests", scopes, QueuePatterns.of(List.of(queue)), Optional.empty());
        return stack.engine.apiKeys().create(grant, all).token();
    }

    private HttpResponse<String> asked(String key, String id) {
        return api.send(api.request("/v1/workers/" + id + "/quiet", key).POST(BodyPublishers.noBody()));
    }

    @Test
    void nobody_is_asked_who_does_not_live() {
        for (String order : List.of("quiet", "resume", "stop")) {
            RefusalsTest.assertProblem(api.act("/v1/workers/nobody/" + order), 404, "not_found");
        }
    }

    @Test
    void without_redis_no_worker_can_be_asked() {
        stack.redis.cut();
        try {
            RefusalsTest.assertProblem(api.act("/v1/workers/w-1/quiet"), 503, "unavailable");
            RefusalsTest.assertProblem(api.get("/v1/workers/w-1"), 503, "unavailable");
            assertThat(TestApi.json(api.get("/v1/workers")).get("workers").isEmpty())
                    .isTrue();
        } finally {
            stack.redis.heal();
        }
    }
}
