package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.testkit.Patience;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code unique_key} over REST. */
class UniqueRoutesTest extends ServiceCase {

    private static String job(String queue, String more) {
        return "{\"type\":\"a\",\"queue\":\"" + queue + "\",\"unique_key\":\"one\"" + more + "}";
    }

    private static String plain(String queue) {
        return job(queue, ",\"payload\":{\"n\":1}");
    }

    private static String with(String queue, String onConflict, String more) {
        return job(queue, ",\"unique_on_conflict\":\"" + onConflict + "\"" + more);
    }

    /** Whether somebody holds a job is told once the index of its queue, which came into being just now, is complete. */
    private static HttpResponse<String> patient(Supplier<HttpResponse<String>> submit) {
        return await().atMost(Patience.LONGEST).until(submit::get, answer -> answer.statusCode() != 503);
    }

    private static String id(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return TestApi.json(answer).get("id").asString();
    }

    private static void assertConflict(HttpResponse<String> answer, String holder) {
        RefusalsTest.assertProblem(answer, 409, "unique_conflict");
        assertThat(TestApi.json(answer).get("existing_id").asString()).isEqualTo(holder);
    }

    @Test
    void a_second_job_is_refused_with_the_id_of_the_first_and_the_key_is_shown() {
        var first = api.submit(plain("refused"));
        String id = id(first);

        assertConflict(api.submit(plain("refused"), "Idempotency-Key", "u-refused"), id);
        assertConflict(api.submit(with("refused", "reject", ",\"payload\":{}")), id);
        assertThat(TestApi.json(first).get("unique_key").asString()).isEqualTo("one");
        assertThat(TestApi.json(api.get("/v1/jobs/" + id)).get("unique_key").asString())
                .isEqualTo("one");
        assertThat(TestApi.json(api.get("/v1/jobs?queue=refused"))
                        .at("/jobs/0/unique_key")
                        .asString())
                .isEqualTo("one");
        worker.succeed(worker.claim("refused"), "{}");
        assertThat(id(api.submit(plain("refused"), "Idempotency-Key", "u-refused")))
                .isNotEqualTo(id);
    }

    @Test
    void a_submit_can_be_answered_with_the_existing_job_as_it_is() {
        String id = id(api.submit(plain("returned")));
        worker.claim("returned");

        var answer = api.submit(with("returned", "return", ",\"payload\":{\"n\":2}"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Location")).hasValue("/v1/jobs/" + id);
        JsonNode shown = TestApi.json(answer);
        assertThat(shown.get("id").asString()).isEqualTo(id);
        assertThat(shown.get("state").asString()).isEqualTo("running");
        assertThat(shown.get("worker").asString()).isEqualTo(WORKER);
    }

    @Test
    void a_submit_can_replace_what_waits_and_its_repeat_replaces_nothing() {
        String id = id(api.submit(plain("replaced")));
        String next = with("replaced", "replace", ",\"payload\":{\"n\":2},\"priority\":4,\"delay\":\"1h\"");
        var answer = patient(() -> api.submit(next, "Idempotency-Key", "u-replace"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestApi.json(answer).get("state").asString()).isEqualTo("scheduled");
        assertThat(TestApi.json(answer).get("priority").asInt()).isEqualTo(4);
        assertThat(answer.headers().firstValue("Idempotency-Key-Expires")).isPresent();
        api.submit(with("replaced", "replace", ",\"payload\":{\"n\":3},\"run_at\":\"2020-01-01T00:00:00Z\""));

        var again = api.submit(next, "Idempotency-Key", "u-replace");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(again.headers().firstValue("Idempotency-Key-Expires"))
                .isEqualTo(answer.headers().firstValue("Idempotency-Key-Expires"));
        ClaimedJob claimed = worker.claim("replaced");
        assertThat(claimed.entry().id()).hasToString(id);
        assertThat(new String(claimed.payload(), StandardCharsets.UTF_8)).isEqualTo("{\"n\":3}");
        assertConflict(api.submit(with("replaced", "replace", ",\"payload\":{}")), id);
    }

    @Test
    void while_redis_is_away_it_cannot_be_told_whether_a_job_can_be_replaced(@TempDir Path folder) {
        try (var broken = RealStack.start(folder)) {
            String id = id(broken.api.submit(plain("unknown")));
            broken.redis.cut();

            RefusalsTest.assertProblem(
                    broken.api.submit(with("unknown", "replace", ",\"payload\":{}")), 503, "unavailable");
            assertConflict(broken.api.submit(plain("unknown")), id);
            assertThat(ids(TestApi.json(broken.api.get("/v1/jobs?unique_key=one"))))
                    .containsExactly(id);
            RefusalsTest.assertProblem(broken.api.get("/v1/jobs?unique_key=one&state=running"), 503, "unavailable");
        }
    }

    @Test
    void a_repeat_with_its_idempotency_key_is_answered_before_the_unique_key_is_asked() {
        var first = api.submit(plain("repeated"), "Idempotency-Key", "u-repeat");
        var again = api.submit(plain("repeated"), "Idempotency-Key", "u-repeat");

        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        RefusalsTest.assertProblem(
                api.submit(with("repeated", "return", ",\"payload\":{\"n\":1}"), "Idempotency-Key", "u-repeat"),
                422,
                "idempotency_key_reused");
    }

    @Test
    void a_dead_job_whose_key_is_taken_is_not_redriven_and_one_among_many_is_skipped() {
        String old = id(api.submit(plain("redriven")));
        worker.finish(worker.claim("redriven"), new Verdict.Died(FailureReason.PERMANENT, "broken"));
        String next = id(api.submit(plain("redriven")));

        assertConflict(api.act("/v1/jobs/" + old + "/redrive"), next);
        JsonNode operation = TestApi.json(api.act("/v1/dead-letters/redrive?queue=redriven"));
        JsonNode done = await().atMost(Patience.LONGEST)
                .until(
                        () -> TestApi.json(
                                api.get("/v1/operations/" + operation.get("id").asString())),
                        shown -> shown.get("state").asString().equals("done"));
        assertThat(done.get("changed").asInt()).isZero();
        assertThat(done.get("skipped").asInt()).isEqualTo(1);
        worker.succeed(worker.claim("redriven"), "{}");
        assertThat(api.act("/v1/jobs/" + old + "/redrive").statusCode()).isEqualTo(200);
    }

    @Test
    void who_holds_a_key_is_found_in_every_queue_and_only_while_it_has_not_ended() {
        String first = id(api.submit(keyed("held-a", "k-held", "")));
        String second = id(api.submit(keyed("held-b", "k-held", ",\"delay\":\"1h\"")));
        id(api.submit(keyed("held-a", "k-held-2", "")));

        assertThat(held("k-held")).containsExactly(second, first);
        assertThat(held("k-held&queue=held-a")).containsExactly(first);
        assertThat(held("k-held&state=scheduled")).containsExactly(second);
        assertThat(held("k-held&type=b")).isEmpty();
        assertThat(held("k-hel")).isEmpty();
        assertThat(held("k-held&queue=held-c")).isEmpty();

        ClaimedJob claimed = worker.claim("held-a");
        assertThat(held("k-held&state=running")).containsExactly(first);
        assertThat(held("k-held&state=ready")).isEmpty();
        worker.succeed(claimed, "{}");
        assertThat(held("k-held")).containsExactly(second);
        String third = id(api.submit(keyed("held-a", "k-held", "")));
        assertThat(held("k-held")).containsExactly(third, second);
    }

    @Test
    void who_holds_a_key_in_a_foreign_queue_is_not_told() {
        String own = id(api.submit(keyed("mine-a", "k-mine", "")));
        id(api.submit(keyed("theirs-a", "k-mine", "")));
        stack.addKey(
                "mine",
                new Grant("me", Set.of(Scope.READ), QueuePatterns.of(List.of("mine-*", "ours")), Optional.empty()));

        assertThat(held("k-mine", "mine")).containsExactly(own);
        assertThat(held("k-mine&queue=theirs-a", "mine")).isEmpty();
    }

    @Test
    void cursors_lead_through_all_who_hold_a_key() {
        List<String> made = IntStream.range(0, 3)
                .mapToObj(i -> id(api.submit(keyed("paged-" + i, "k-paged", ""))))
                .toList();

        JsonNode page = TestApi.json(api.get("/v1/jobs?unique_key=k-paged&limit=2"));
        assertThat(ids(page)).containsExactly(made.get(2), made.get(1));
        String next = page.get("next_cursor").asString();
        assertThat(held("k-paged&limit=2&cursor=" + next)).containsExactly(made.get(0));
        RefusalsTest.assertProblem(api.get("/v1/jobs?unique_key=k-other&cursor=" + next), 400, "invalid_field");
    }

    @ParameterizedTest
    @CsvSource({
        "unique_key=k&state=dead,?state",
        "unique_key=k&state=succeeded,?state",
        "unique_key=k&state=cancelled,?state",
        "unique_key=,?unique_key",
        "unique_key=%C3%A9,?unique_key"
    })
    void a_search_for_a_key_that_nobody_can_hold_is_refused_with_what_to_do(String query, String pointer) {
        var answer = api.get("/v1/jobs?" + query);

        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo(pointer);
        assertThat(TestApi.json(answer).at("/errors/0/detail").asString()).contains("must be");
    }

    private static String keyed(String queue, String key, String more) {
        return job(queue, ",\"payload\":{}" + more).replace("\"one\"", '"' + key + '"');
    }

    private List<String> held(String query) {
        return held(query, "admin");
    }

    private List<String> held(String query, String key) {
        var answer = api.send(api.request("/v1/jobs?unique_key=" + query, key));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(TestApi.json(answer).has("next_cursor")).isFalse();
        return ids(TestApi.json(answer));
    }

    private static List<String> ids(JsonNode page) {
        return page.get("jobs")
                .valueStream()
                .map(job -> job.get("id").asString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"unique_key\":\"\"|/unique_key",
                "\"unique_key\":\"é\"|/unique_key",
                "\"unique_key\":7|/unique_key",
                "\"unique_key\":\"k\",\"unique_on_conflict\":\"ignore\"|/unique_on_conflict",
                "\"unique_on_conflict\":\"return\"|/unique_on_conflict"
            })
    void what_is_no_unique_key_is_refused(String fields, String pointer) {
        var answer = api.submit("{\"type\":\"a\",\"payload\":{}," + fields + "}");

        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }
}
