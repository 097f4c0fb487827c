package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Patience;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code POST /v1/jobs/bulk}: its two forms, and its two meanings. */
class BulkTest extends ServiceCase {

    private HttpResponse<String> lines(String query, String body) {
        return api.send(api.request("/v1/jobs/bulk" + query, "admin")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> atomic(String body) {
        return api.send(api.post("/v1/jobs/bulk?atomic=true", body));
    }

    private static String item(String queue, String more) {
        return "{\"type\":\"a\",\"queue\":\"" + queue + "\",\"payload\":{}" + more + "}";
    }

    private static List<Integer> statuses(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return results(answer)
                .valueStream()
                .map(result -> result.get("status").asInt())
                .toList();
    }

    private static JsonNode results(HttpResponse<String> answer) {
        return TestApi.json(answer).get("results");
    }

    private static List<String> pointers(HttpResponse<String> answer) {
        return TestApi.json(answer)
                .get("errors")
                .valueStream()
                .map(error -> error.get("pointer").asString())
                .toList();
    }

    private int jobsIn(String queue) {
        return TestApi.json(api.get("/v1/jobs?queue=" + queue)).get("jobs").size();
    }

    @Test
    void a_job_a_line_is_taken_and_what_is_wrong_with_a_line_is_told_of_that_line() {
        var answer = lines(
                "",
                item("lines", ",\"idempotency_key\":\"l-1\"") + "\r\n\n  \t\n" + item("lines", ",\"priority\":12")
                        + "\n{\"type\":\n" + item("lines", "") + item("lines", "") + "\n"
                        + item("lines", ",\"idempotency_key\":\"l-1\",\"tags\":[\"x\"]") + "\n" + item("lines", ""));

        assertThat(statuses(answer)).containsExactly(202, 400, 400, 400, 422, 202);
        JsonNode results = results(answer);
        assertThat(results.at("/1/problem/detail").asString()).startsWith("line 4: /1/priority");
        assertThat(results.at("/1/problem/errors/0/pointer").asString()).isEqualTo("/1/priority");
        assertThat(results.at("/2/problem/detail").asString()).startsWith("line 5: ");
        assertThat(results.at("/3/problem/detail").asString())
                .startsWith("line 6: ")
                .contains("follows");
        assertThat(results.at("/4/problem/detail").asString()).startsWith("line 7: the idempotency key");
        assertThat(jobsIn("lines")).isEqualTo(2);
    }

    @Test
    void payloads_of_lines_are_kept_byte_for_byte() {
        lines("", "{\"type\":\"a\",\"queue\":\"bytes\",\"payload\":{ \"é\" : 1.0 }}\n");

        assertThat(new String(worker.claim("bytes").payload(), StandardCharsets.UTF_8))
                .isEqualTo("{ \"é\" : 1.0 }");
    }

    @Test
    void what_has_no_line_with_a_job_or_too_many_is_refused() {
        RefusalsTest.assertProblem(lines("", "\n \n"), 400, "malformed_request");
        String many = (item("never", "") + "\n").repeat(10_001);
        RefusalsTest.assertProblem(lines("", many), 413, "too_large");
        assertThat(jobsIn("never")).isZero();
    }

    @Test
    void a_body_of_16_mib_is_taken_and_one_more_byte_is_refused_whether_its_length_is_told_or_not() {
        byte[] largest = padded(16 * 1024 * 1024);
        byte[] larger = padded(16 * 1024 * 1024 + 1);

        assertThat(statuses(array(BodyPublishers.ofByteArray(largest)))).containsExactly(202);
        for (BodyPublisher body : List.of(
                BodyPublishers.ofByteArray(larger),
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(larger)))) {
            var answer = array(body);
            RefusalsTest.assertProblem(answer, 413, "too_large");
            assertThat(TestApi.json(answer).get("detail").asString()).contains("16777216 bytes");
        }
        assertThat(jobsIn("large")).isEqualTo(1);
    }

    private HttpResponse<String> array(BodyPublisher body) {
        return api.send(api.request("/v1/jobs/bulk", "admin")
                .header("Content-Type", "application/json")
                .POST(body));
    }

    /** One job, and white space up to a length. */
    private static byte[] padded(int length) {
        String job = "[" + item("large", "");
        return (job + " ".repeat(length - job.length() - 1) + "]").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void all_or_nothing_accepts_all_and_the_repeat_gives_the_same_jobs() {
        String items = "[" + item("all", ",\"idempotency_key\":\"all-1\"") + ","
                + item("all", ",\"idempotency_key\":\"all-2\",\"unique_key\":\"u\"") + ","
                + item("all", ",\"idempotency_key\":\"all-3\",\"unique_key\":\"u\",\"unique_on_conflict\":\"return\"")
                + "]";
        var first = atomic(items);
        assertThat(statuses(first)).containsExactly(202, 202, 200);
        var again = atomic(items);

        assertThat(statuses(again)).containsExactly(202, 202, 200);
        for (int i = 0; i < 2; i++) {
            assertThat(results(again).get(i).get("replayed").asBoolean()).isTrue();
            assertThat(results(again).get(i).get("job"))
                    .isEqualTo(results(first).get(i).get("job"));
        }
        assertThat(results(again).get(2)).isEqualTo(results(first).get(2));
        assertThat(results(first).at("/2/existing_id").asString())
                .isEqualTo(results(first).at("/1/job/id").asString());
        assertThat(statuses(lines("?atomic=true", item("all", "") + "\n" + item("all", ""))))
                .containsExactly(202, 202);
        assertThat(jobsIn("all")).isEqualTo(4);
        assertThat(statuses(atomic("[]"))).isEmpty();
    }

    @Test
    void one_problem_names_every_job_that_cannot_be_read_and_nothing_is_accepted() {
        var answer = atomic("[" + item("nothing", "") + "," + item("nothing", ",\"priority\":12,\"colour\":1") + ","
                + "{\"type\":\"email.send\",\"queue\":\"nothing\",\"payload\":{}},"
                + item("nothing", ",\"idempotency_key\":\"\"") + ","
                + item("nothing", ",\"unique_key\":\"u\",\"unique_on_conflict\":\"replace\"") + "]");

        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(pointers(answer))
                .startsWith("/1/priority", "/1/colour")
                .anyMatch(pointer -> pointer.startsWith("/2/payload"))
                .endsWith("/3/idempotency_key", "/4/unique_on_conflict");
        assertThat(TestApi.json(answer).get("detail").asString()).contains("4 of 5 jobs");
        assertThat(jobsIn("nothing")).isZero();
    }

    @Test
    void one_problem_names_every_job_that_the_store_does_not_take_and_nothing_is_accepted() {
        api.submit(item("taken", ""), "Idempotency-Key", "taken-1");
        String holder = TestApi.json(api.submit(item("taken", ",\"unique_key\":\"u\"")))
                .get("id")
                .asString();
        var answer = lines(
                "?atomic=true",
                item("taken", "") + "\n" + item("taken", ",\"unique_key\":\"u\"") + "\n\n"
                        + item("taken", ",\"idempotency_key\":\"taken-1\",\"priority\":3") + "\n"
                        + item("taken", ",\"unique_key\":\"v\"") + "\n" + item("taken", ",\"unique_key\":\"v\""));

        RefusalsTest.assertProblem(answer, 409, "unique_conflict");
        assertThat(TestApi.json(answer).get("existing_id").asString()).isEqualTo(holder);
        assertThat(pointers(answer)).containsExactly("/1/unique_key", "/2/idempotency_key", "/4/unique_key");
        assertThat(TestApi.json(answer).at("/errors/1/detail").asString()).startsWith("line 4: ");
        assertThat(jobsIn("taken")).isEqualTo(2);
    }

    @Test
    void without_all_or_nothing_each_job_has_its_own_answer_about_its_unique_key() {
        String id = TestApi.json(api.submit(item("each", ",\"unique_key\":\"u\"")))
                .get("id")
                .asString();
        String unique = ",\"unique_key\":\"u\",\"unique_on_conflict\":";
        await().atMost(Patience.LONGEST)
                .until(() -> api.submit(item("each", unique + "\"replace\"")).statusCode() == 200);
        var answer = api.send(api.post(
                "/v1/jobs/bulk",
                "[" + item("each", unique + "\"reject\"") + "," + item("each", unique + "\"return\"") + ","
                        + item("each", unique + "\"replace\"") + "," + item("each", "") + "]"));

        assertThat(statuses(answer)).containsExactly(409, 200, 200, 202);
        assertThat(results(answer).at("/0/problem/existing_id").asString()).isEqualTo(id);
        assertThat(results(answer).at("/1/existing_id").asString()).isEqualTo(id);
        assertThat(results(answer).at("/1").has("replaced")).isFalse();
        assertThat(results(answer).at("/2/replaced").asBoolean()).isTrue();
    }

    @Test
    void ten_thousand_jobs_are_accepted_together() {
        String body = IntStream.range(0, 10_000)
                .mapToObj(i -> "{\"type\":\"a\",\"queue\":\"many\",\"payload\":{\"n\":" + i + "}}")
                .collect(Collectors.joining("\n"));

        assertThat(statuses(lines("?atomic=true", body))).hasSize(10_000).containsOnly(202);
    }

    @Test
    void what_atomic_may_be_is_told() {
        RefusalsTest.assertProblem(api.send(api.post("/v1/jobs/bulk?atomic=yes", "[]")), 400, "invalid_field");
        assertThat(statuses(api.send(api.post("/v1/jobs/bulk?atomic=false", "[{}]"))))
                .containsExactly(400);
    }
}
