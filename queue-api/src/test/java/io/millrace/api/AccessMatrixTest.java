package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.contract.Contract;
import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.WorkerView;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every route of the contract, with a key of every scope that knows of some queues, about a queue that is the key's own,
 * one that is not, and one that never was; and with keys that are not in force. Whatever is about a queue that is not the
 * key's must be answered, to the letter, as if there were no such queue.
 */
class AccessMatrixTest extends ServiceCase {

    static final List<Contract.Operation> OPERATIONS = Contract.operations();

    private static final String OWN = "own-mail";
    private static final String FOREIGN = "foreign";
    private static final String ABSENT = "absent";
    private static final String JOB = "{\"type\": \"matrix.job\", \"payload\": {}, \"queue\": \"%s\"}";
    private static final Pattern VARYING =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|\"request_id\":\"[^\"]*\"");

    /** How to call each operation of the contract, by its id. A new one needs a row here. */
    private static final Map<String, Row> ROWS = Map.ofEntries(
            row("submit_job", "/v1/jobs", JOB.formatted("{queue}")),
            row("list_jobs", "/v1/jobs?queue={queue}"),
            row("submit_jobs", "/v1/jobs/bulk", "[" + JOB.formatted("{queue}") + "]"),
            row("get_job", "/v1/jobs/{job}"),
            row("edit_job", "/v1/jobs/{job}", "{\"priority\": 3}"),
            row("delete_job", "/v1/jobs/{job}"),
            row("watch_job", "/v1/jobs/{job}/events"),
            row("redrive_job", "/v1/jobs/{job}/redrive"),
            row("cancel_job", "/v1/jobs/{job}/cancel"),
            row("get_job_logs", "/v1/jobs/{job}/logs"),
            row("get_artifact", "/v1/jobs/{job}/artifacts/made.txt"),
            row("list_queues", "/v1/queues"),
            row("get_queue", "/v1/queues/{queue}"),
            row("get_queue_stats", "/v1/queues/{queue}/stats"),
            row("change_queue", "/v1/queues/{queue}", "{\"backlog_limit\": 1000000}"),
            row("pause_queue", "/v1/queues/{queue}/pause"),
            row("resume_queue", "/v1/queues/{queue}/resume"),
            row("purge_queue", "/v1/queues/{queue}/purge?tag=none"),
            row("group_dead_letters", "/v1/dead-letters/groups?queue={queue}"),
            row("redrive_dead_letters", "/v1/dead-letters/redrive?queue={queue}&tag=none"),
            row("discard_dead_letters", "/v1/dead-letters/discard?queue={queue}&tag=none"),
            row("list_operations", "/v1/operations"),
            row("get_operation", "/v1/operations/{operation}"),
            row("abort_operation", "/v1/operations/{operation}/abort"),
            row("list_workers", "/v1/workers"),
            row("get_worker", "/v1/workers/{worker}"),
            row("quiet_worker", "/v1/workers/{worker}/quiet"),
            row("resume_worker", "/v1/workers/{worker}/resume"),
            row("stop_worker", "/v1/workers/{worker}/stop"),
            row("create_key", "/v1/keys", "{\"scopes\": [\"read\"], \"queues\": [\"{queue}\"]}"),
            row("list_keys", "/v1/keys"),
            row("revoke_key", "/v1/keys/{key}"),
            row("list_audit", "/v1/audit?target={queue}"),
            row("watch", "/v1/events"),
            row("is_live", "/livez"),
            row("is_ready", "/readyz"),
            row("get_metrics", "/metrics"));

    /** Show every queue, so that a key that does not know of all is refused even there. */
    private static final Set<String> FOR_ALL_QUEUES_ONLY = Set.of("get_metrics");

    /** Name something that the jobs of this test do not have. */
    private static final Set<String> NONE_OF_ITS_OWN = Set.of("get_artifact");

    /** A live worker that serves the queue alone; of the absent queue there is none. */
    private static final Map<String, String> WORKERS = Map.of(OWN, "host-1", FOREIGN, "host-2", ABSENT, "host-3");

    private final Map<String, Map<String, String>> places = new HashMap<>();

    private record Row(String path, String body) {

        boolean isAboutAPlace() {
            return (path + body).contains("{queue}") || path.contains("{");
        }
    }

    private static Map.Entry<String, Row> row(String operation, String path) {
        return row(operation, path, "");
    }

    private static Map.Entry<String, Row> row(String operation, String path, String body) {
        return Map.entry(operation, new Row(path, body));
    }

    @BeforeAll
    void makeKeysAndQueues() {
        for (Scope scope : Scope.values()) {
            stack.addKey("own " + wire(scope), grant(scope, Optional.empty()));
        }
        stack.addKey("expired", grant(Scope.ADMIN, Optional.of(Instant.now().minusSeconds(1))));
        String revoked = stack.addKey("revoked", grant(Scope.ADMIN, Optional.empty()));
        assertThat(api.send(api.request("/v1/keys/" + revoked, "admin").DELETE())
                        .statusCode())
                .isEqualTo(204);
        places.put(OWN, place(OWN));
        places.put(FOREIGN, place(FOREIGN));
        places.put(
                ABSENT,
                Map.of(
                        "queue", ABSENT,
                        "job", "019fa3b1-7c1e-7d2a-9a3e-5b8f3f1d2c4a",
                        "operation", "019fa3b1-7c1e-7d2a-9a3e-5b8f3f1d2c4b",
                        "key", "0123456789ab",
                        "worker", workerOf(ABSENT)));
    }

    private static Grant grant(Scope scope, Optional<Instant> expiresAt) {
        return new Grant("tests", Set.of(scope), QueuePatterns.of(List.of("own-*")), expiresAt);
    }

    /** A queue, and things that are about it. */
    private Map<String, String> place(String queue) {
        String operation = TestApi.json(api.send(api.request("/v1/dead-letters/discard?queue=" + queue, "admin")
                        .POST(BodyPublishers.noBody())))
                .get("id")
                .asString();
        Grant grant = new Grant("tests", Set.of(Scope.READ), QueuePatterns.of(List.of(queue)), Optional.empty());
        return Map.of(
                "queue",
                queue,
                "job",
                endedJob(queue),
                "operation",
                operation,
                "key",
                stack.addKey("of " + queue, grant),
                "worker",
                workerOf(queue));
    }

    private static String workerOf(String queue) {
        return Objects.requireNonNull(WORKERS.get(queue));
    }

    /** Signs of life, which are gone after some seconds. */
    private void letWorkersLive() {
        Instant now = Instant.now();
        for (String queue : List.of(OWN, FOREIGN)) {
            var slots = List.of(new WorkerView.Slots(queue, 5));
            worker.parts
                    .directory()
                    .announce(
                            new WorkerView(
                                    workerOf(queue),
                                    "host",
                                    42,
                                    "1",
                                    now,
                                    now,
                                    "active",
                                    null,
                                    slots,
                                    List.of(),
                                    0,
                                    List.of()),
                            List.of());
        }
    }

    private String endedJob(String queue) {
        String id = TestApi.json(api.submit(JOB.formatted(queue))).get("id").asString();
        assertThat(api.act("/v1/jobs/" + id + "/cancel").statusCode()).isIn(200, 202);
        return id;
    }

    @Test
    void every_operation_of_the_contract_has_a_row_and_every_row_an_operation() {
        assertThat(ROWS.keySet())
                .isEqualTo(OPERATIONS.stream().map(AccessMatrixTest::idOf).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void a_key_that_is_not_in_force_opens_nothing_but_health(Contract.Operation operation) {
        for (String key : List.of("", "stranger", "expired", "revoked")) {
            for (String place : List.of(OWN, FOREIGN, ABSENT)) {
                HttpResponse<String> answer = ask(operation, key, at(place));
                if (operation.scope().isEmpty()) {
                    assertThat(answer.statusCode()).isIn(200, 503);
                } else {
                    assertThat(answer.statusCode())
                            .as("%s with key '%s'", operation, key)
                            .isEqualTo(401);
                }
            }
        }
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void a_queue_that_is_not_the_keys_is_answered_as_one_that_never_was(Contract.Operation operation) {
        if (operation.scope().isEmpty()) {
            return;
        }
        for (Scope scope : Scope.values()) {
            letWorkersLive();
            String key = "own " + wire(scope);
            boolean may =
                    scope == Scope.ADMIN || wire(scope).equals(operation.scope().get());
            HttpResponse<String> own = ask(operation, key, own(operation));
            HttpResponse<String> foreign = ask(operation, key, at(FOREIGN));
            HttpResponse<String> absent = ask(operation, key, at(ABSENT));
            assertThat(own.statusCode() != 403)
                    .as("%s lets '%s' in: %d", operation, key, own.statusCode())
                    .isEqualTo(may && !FOR_ALL_QUEUES_ONLY.contains(idOf(operation)));
            if (may) {
                assertThat(own.statusCode() == 404)
                        .as("%s finds its own with '%s': %s", operation, key, own.body())
                        .isEqualTo(NONE_OF_ITS_OWN.contains(idOf(operation)));
            }
            if (rowOf(operation).isAboutAPlace()) {
                assertThat(told(foreign, FOREIGN))
                        .as("%s with '%s'", operation, key)
                        .isEqualTo(told(absent, ABSENT));
            }
            assertThat(foreign.statusCode())
                    .as("%s with '%s' about what is not its own: %s", operation, key, foreign.body())
                    .isIn(expected(operation, may));
        }
    }

    /** By what a route names it is told whether a foreign thing can be anything but absent. */
    private static Set<Integer> expected(Contract.Operation operation, boolean may) {
        if (!may
                || FOR_ALL_QUEUES_ONLY.contains(idOf(operation))
                || idOf(operation).equals("create_key")) {
            return Set.of(403);
        }
        return operation.path().contains("{") || idOf(operation).equals("submit_job") ? Set.of(404) : Set.of(200, 202);
    }

    /** Acts use up what they are about. */
    private Map<String, String> own(Contract.Operation operation) {
        var fresh = new HashMap<>(at(OWN));
        if (operation.path().startsWith("/v1/jobs/{id}")) {
            fresh.put("job", endedJob(OWN));
        }
        return fresh;
    }

    @Test
    void no_list_shows_a_trace_of_another_queue() {
        endedJob(FOREIGN);
        letWorkersLive();
        for (String path : List.of(
                "/v1/jobs",
                "/v1/jobs?state=cancelled&limit=200",
                "/v1/queues",
                "/v1/workers",
                "/v1/dead-letters/groups",
                "/v1/operations",
                "/v1/keys",
                "/v1/audit?limit=200")) {
            HttpResponse<String> answer = api.send(api.request(path, "own admin"));
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            for (Map.Entry<String, String> trace : at(FOREIGN).entrySet()) {
                // The matrix itself has asked about the foreign queue with this key, and that may be seen by it.
                boolean mayRepeatTheName = path.startsWith("/v1/operations") || path.startsWith("/v1/audit");
                if (!mayRepeatTheName || !trace.getKey().equals("queue")) {
                    assertThat(answer.body()).as(path).doesNotContain(trace.getValue());
                }
            }
        }
        assertThat(api.send(api.request("/v1/jobs", "own read")).body()).contains("\"" + OWN + "\"");
        assertThat(api.send(api.request("/v1/queues", "own read")).body()).contains("\"" + OWN + "\"");
        assertThat(api.send(api.request("/v1/workers", "own read")).body()).contains("\"" + workerOf(OWN) + "\"");
    }

    @Test
    void a_bulk_change_without_a_queue_leaves_other_queues_alone() {
        HttpResponse<String> begun = api.send(
                api.request("/v1/dead-letters/discard?all=true", "own operate").POST(BodyPublishers.noBody()));
        assertThat(begun.statusCode()).isEqualTo(202);
        assertThat(TestApi.json(begun).at("/filter/queues/0").asString()).isEqualTo("own-*");
    }

    @Test
    void items_of_a_bulk_submit_stand_by_their_own_queues() {
        String body = "[" + JOB.formatted(OWN) + "," + JOB.formatted(FOREIGN) + "]";
        var answer = api.send(api.request("/v1/jobs/bulk", "own produce")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
        assertThat(TestApi.json(answer).at("/results/0/status").asInt()).isEqualTo(202);
        assertThat(TestApi.json(answer).at("/results/1/problem/code").asString())
                .isEqualTo("not_found");
    }

    private HttpResponse<String> ask(Contract.Operation operation, String key, Map<String, String> place) {
        Row row = rowOf(operation);
        // A stream does not end, so only its head is asked for.
        String method = operation.streams() ? "HEAD" : operation.method().toUpperCase(Locale.ROOT);
        Function<String, String> filled = text -> {
            String result = text;
            for (Map.Entry<String, String> each : place.entrySet()) {
                result = result.replace("{" + each.getKey() + "}", each.getValue());
            }
            return result;
        };
        var request = api.request(filled.apply(row.path), key);
        return api.send(
                row.body.isEmpty()
                        ? request.method(method, BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(filled.apply(row.body))));
    }

    /** An answer without what differs from request to request, and without the name that was asked about. */
    private String told(HttpResponse<String> answer, String place) {
        String text = answer.body();
        for (String name : at(place).values()) {
            text = text.replace(name, "NAME");
        }
        String fixed = VARYING.matcher(text).replaceAll("VARYING");
        return answer.statusCode() + " " + fixed;
    }

    private Map<String, String> at(String place) {
        return Objects.requireNonNull(places.get(place));
    }

    private static Row rowOf(Contract.Operation operation) {
        return Objects.requireNonNull(ROWS.get(idOf(operation)));
    }

    private static String idOf(Contract.Operation operation) {
        return operation.node().get("operationId").asString();
    }

    private static String wire(Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }
}
