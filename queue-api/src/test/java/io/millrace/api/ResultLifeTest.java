package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.lease.ClaimedJob;
import io.millrace.testkit.Patience;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How long a result is kept, where its submit said so. */
class ResultLifeTest extends ServiceCase {

    @Test
    void a_result_is_shown_until_its_end_and_from_then_on_the_job_says_that_it_has_expired() throws IOException {
        HttpResponse<String> submitted = api.submit(
                "{\"type\":\"a\",\"queue\":\"brief\",\"payload\":{},\"retain_result_for\":\"2s\",\"timeout\":\"1m\"}");
        assertThat(text(TestApi.json(submitted), "retain_result_for")).isEqualTo("2s");
        String path = submitted.headers().firstValue("Location").orElseThrow();
        ClaimedJob job = worker.claim("brief");
        stack.artifacts.save(
                job.entry().id(), "out.txt", "text/plain", out -> out.write("out".getBytes(StandardCharsets.UTF_8)));
        worker.succeed(job, "{\"n\":1}");

        JsonNode ended = TestApi.json(api.get(path));
        Instant end = Instant.parse(text(ended, "result_expires_at"));
        assertThat(end).isEqualTo(Instant.parse(text(ended, "finished_at")).plus(2, ChronoUnit.SECONDS));
        await().atMost(Patience.LONGEST)
                .until(() -> TestApi.json(api.get(path)).path("result_expired").asBoolean());
        JsonNode expired = TestApi.json(api.get(path));
        assertThat(Instant.now().plusSeconds(1)).isAfter(end);
        assertThat(expired.has("result")).isFalse();
        assertThat(expired.get("artifacts").isEmpty()).isTrue();
        assertThat(text(expired, "state")).isEqualTo("succeeded");
        assertThat(Instant.parse(text(expired, "result_expires_at"))).isEqualTo(end);
    }

    @Test
    void a_job_that_said_nothing_keeps_its_result() {
        String path = api.submit("{\"type\":\"a\",\"queue\":\"usual\",\"payload\":{},\"timeout\":\"1m\"}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        worker.succeed(worker.claim("usual"), "{\"n\":1}");
        JsonNode job = TestApi.json(api.get(path));
        assertThat(job.at("/result/n").asInt()).isEqualTo(1);
        assertThat(job.has("result_expires_at") || job.has("result_expired") || job.has("retain_result_for"))
                .isFalse();
    }

    @Test
    void what_a_request_asks_for_includes_it() {
        String body = "{\"type\":\"a\",\"payload\":{},\"retain_result_for\":\"1h\"}";
        api.submit(body, "Idempotency-Key", "kept-1h");
        assertThat(api.submit(body.replace("1h", "60m"), "Idempotency-Key", "kept-1h")
                        .statusCode())
                .isEqualTo(202);
        assertThat(api.submit(body.replace("1h", "2h"), "Idempotency-Key", "kept-1h")
                        .statusCode())
                .isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"999ms\"", "\"367d\"", "\"soon\"", "7"})
    void what_is_out_of_its_bounds_is_refused(String value) {
        HttpResponse<String> answer = api.submit("{\"type\":\"a\",\"payload\":{},\"retain_result_for\":" + value + "}");
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo("/retain_result_for");
    }

    private static String text(JsonNode job, String field) {
        return job.path(field).asString("");
    }
}
