package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.AuditEntry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import io.millrace.testkit.Patience;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class AuditTest extends ServiceCase {

    private static final String SECRET = "canary-5b1d";

    @Test
    void every_act_is_noted_with_who_and_what_was_before_and_after() {
        Set<String> seen = new TreeSet<>();
        String job = submit("noted");

        assertThat(done("POST", "/v1/queues/noted/pause", "")).isIn(200, 202);
        JsonNode paused = noted(seen, "queue.pause", "noted");
        assertThat(paused.at("/before/paused").asBoolean()).isFalse();
        assertThat(paused.at("/after/paused").asBoolean()).isTrue();
        assertThat(paused.get("owner").asString()).isEqualTo("tests");
        assertThat(paused.get("key_id").asString())
                .isEqualTo(stack.key("operate").substring(3, 15));
        assertThat(paused.get("queue").asString()).isEqualTo("noted");

        assertThat(done("PATCH", "/v1/queues/noted", "{\"backlog_limit\": 77}")).isEqualTo(200);
        JsonNode settings = noted(seen, "queue.settings", "noted");
        assertThat(settings.at("/before").has("backlog_limit")).isFalse();
        assertThat(settings.at("/after/backlog_limit").asInt()).isEqualTo(77);

        await().atMost(Patience.LONGEST)
                .until(() ->
                        done("PATCH", "/v1/jobs/" + job, "{\"priority\": 8, \"payload\": {\"k\": \"" + SECRET + "\"}}")
                                == 200);
        JsonNode edited = noted(seen, "job.edit", job);
        assertThat(edited.at("/before/priority").asInt()).isZero();
        assertThat(edited.at("/after/priority").asInt()).isEqualTo(8);
        assertThat(edited.at("/after/payload_bytes").asInt()).isGreaterThan(10);

        assertThat(done("POST", "/v1/jobs/" + job + "/cancel", "")).isIn(200, 202);
        assertThat(noted(seen, "job.cancel", job).at("/after/cancel_requested").asBoolean())
                .isTrue();
        await().atMost(Patience.LONGEST)
                .until(() -> api.get("/v1/jobs/" + job).body().contains("\"cancelled\""));
        assertThat(done("POST", "/v1/jobs/" + job + "/redrive", "")).isEqualTo(200);
        JsonNode redriven = noted(seen, "job.redrive", job);
        assertThat(redriven.at("/before/state").asString()).isEqualTo("cancelled");
        assertThat(redriven.at("/after/state").asString()).isEqualTo("waiting");

        await().atMost(Patience.LONGEST).until(() -> {
            done("POST", "/v1/jobs/" + job + "/cancel", "");
            return done("DELETE", "/v1/jobs/" + job, "") == 204;
        });
        JsonNode deleted = noted(seen, "job.delete", job);
        assertThat(deleted.has("after")).isFalse();
        assertThat(deleted.at("/before/type").asString()).isEqualTo("audit.job");

        assertThat(done("POST", "/v1/queues/noted/resume", "")).isIn(200, 202);
        noted(seen, "queue.resume", "noted");

        // So many that it takes longer than a process pauses before it is aborted.
        for (int i = 0; i < 20; i++) {
            submit("noted-two");
            worker.finish(worker.claim("noted-two"), new Verdict.Died(FailureReason.PERMANENT, "no"));
        }
        String operation = TestApi.json(act("/v1/dead-letters/redrive?queue=noted-two&rate=1"))
                .get("id")
                .asString();
        JsonNode started = noted(seen, "operation.start", operation);
        assertThat(started.at("/after/kind").asString()).isEqualTo("redrive");
        assertThat(started.get("queue").asString()).isEqualTo("noted-two");
        assertThat(act("/v1/operations/" + operation + "/abort").statusCode()).isEqualTo(200);
        assertThat(noted(seen, "operation.abort", operation).at("/after/state").asString())
                .isEqualTo("aborted");

        JsonNode made = TestApi.json(api.send(api.post("/v1/keys", "{\"scopes\": [\"read\"], \"owner\": \"ann\"}")));
        String id = made.get("id").asString();
        assertThat(noted(seen, "key.create", id).at("/after/owner").asString()).isEqualTo("ann");
        assertThat(api.send(api.request("/v1/keys/" + id, "admin").DELETE()).statusCode())
                .isEqualTo(204);
        assertThat(noted(seen, "key.revoke", id).at("/after").has("revoked_at")).isTrue();

        assertThat(seen)
                .as("every action there is")
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(AuditEntry.Action.values())
                        .map(AuditEntry.Action::wireName)
                        // Orders to workers are shown where workers are steered.
                        .filter(action -> !action.startsWith("worker."))
                        .toList());
        String all = api.get("/v1/audit?limit=200").body();
        assertThat(all)
                .doesNotContain(SECRET)
                .doesNotContain(made.get("key").asString().substring(16))
                .doesNotContain("hash");
    }

    @Test
    void what_did_nothing_is_not_noted() {
        String job = submit("idle");
        assertThat(done("POST", "/v1/jobs/" + job + "/redrive", "")).isEqualTo(409);
        assertThat(done("POST", "/v1/queues/never-was/pause", "")).isEqualTo(404);
        assertThat(entries("?target=" + job)).isEmpty();
        assertThat(entries("?target=never-was")).isEmpty();
    }

    @Test
    void the_log_goes_on_page_by_page_and_is_filtered_by_action_target_and_time() {
        submit("paged");
        for (int i = 0; i < 3; i++) {
            assertThat(done("POST", "/v1/queues/paged/pause", "")).isIn(200, 202);
            assertThat(done("POST", "/v1/queues/paged/resume", "")).isIn(200, 202);
        }
        assertThat(entries("?target=paged&action=queue.pause")).hasSize(3);
        JsonNode first = TestApi.json(api.get("/v1/audit?target=paged&limit=4"));
        JsonNode second = TestApi.json(api.get("/v1/audit?target=paged&limit=4&cursor="
                + first.get("next_cursor").asString()));
        assertThat(first.get("entries").size() + second.get("entries").size()).isEqualTo(6);
        assertThat(second.has("next_cursor")).isFalse();
        String at = first.at("/entries/0/at").asString();
        assertThat(entries("?target=paged&before=" + at)).hasSizeLessThan(6);
        assertThat(entries("?target=paged&from=2999-01-01T00:00:00Z")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?action=drop", "?target=", "?cursor=x", "?cursor=-1", "?limit=0", "?from=now"})
    void a_wrong_parameter_is_refused(String query) {
        RefusalsTest.assertProblem(api.get("/v1/audit" + query), 400, "invalid_field");
    }

    private JsonNode noted(Set<String> seen, String action, String target) {
        List<JsonNode> entries = entries("?action=" + action + "&target=" + target);
        assertThat(entries).as(action).isNotEmpty();
        seen.add(action);
        return entries.getFirst();
    }

    private List<JsonNode> entries(String query) {
        return TestApi.json(api.get("/v1/audit" + query))
                .get("entries")
                .valueStream()
                .toList();
    }

    private String submit(String queue) {
        return TestApi.json(api.submit("{\"type\": \"audit.job\", \"payload\": {}, \"queue\": \"" + queue + "\"}"))
                .get("id")
                .asString();
    }

    private HttpResponse<String> act(String path) {
        return api.act(path);
    }

    private int done(String method, String path, String body) {
        return api.send(api.request(path, "operate")
                        .header("Content-Type", "application/json")
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)))
                .statusCode();
    }
}
