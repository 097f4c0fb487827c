package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The trace that a submit belongs to. */
class TraceTest extends ServiceCase {

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    @Test
    void a_job_belongs_to_the_trace_of_its_submit() {
        HttpResponse<String> answer =
                api.submit("{\"type\":\"a\",\"queue\":\"traced\",\"payload\":{}}", "traceparent", TRACE);
        assertThat(trace(TestApi.json(answer))).isEqualTo(TRACE);
        assertThat(shown(answer)).isEqualTo(TRACE);
        assertThat(worker.claim("traced").row().options().trace().orElseThrow().value())
                .isEqualTo(TRACE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01"
            })
    void one_that_is_not_valid_is_ignored(String header) {
        HttpResponse<String> answer = api.submit("{\"type\":\"a\",\"payload\":{}}", "traceparent", header);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(TestApi.json(answer).has("traceparent")).isFalse();
        assertThat(TestApi.json(api.get(location(answer))).has("traceparent")).isFalse();
    }

    @Test
    void two_of_them_are_as_good_as_none() {
        HttpResponse<String> answer =
                api.submit("{\"type\":\"a\",\"payload\":{}}", "traceparent", TRACE, "traceparent", OTHER);
        assertThat(TestApi.json(answer).has("traceparent")).isFalse();
    }

    @Test
    void a_repeat_from_another_trace_is_the_same_request() {
        String body = "{\"type\":\"a\",\"payload\":{}}";
        HttpResponse<String> first = api.submit(body, "Idempotency-Key", "traced-twice", "traceparent", TRACE);
        HttpResponse<String> again = api.submit(body, "Idempotency-Key", "traced-twice", "traceparent", OTHER);
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(location(again)).isEqualTo(location(first));
        assertThat(shown(again)).isEqualTo(TRACE);
    }

    @Test
    void an_item_of_many_may_have_its_own_and_else_has_that_of_the_request() {
        HttpResponse<String> answer =
                api.send(api.post("/v1/jobs/bulk", """
                        [{"type":"a","payload":{}},{"type":"a","payload":{},"traceparent":"%s"},
                         {"type":"a","payload":{},"traceparent":"nonsense"},{"type":"a","payload":{},"traceparent":7}]""".formatted(OTHER)).header("traceparent", TRACE));
        List<JsonNode> results =
                TestApi.json(answer).get("results").valueStream().toList();
        assertThat(results.subList(0, 3).stream().map(result -> trace(result.get("job"))))
                .containsExactly(TRACE, OTHER, TRACE);
        assertThat(results.get(3).at("/problem/errors/0/pointer").asString()).isEqualTo("/3/traceparent");
    }

    @Test
    void in_the_body_of_a_single_submit_it_is_refused_with_the_way_to_send_it() {
        HttpResponse<String> answer = api.submit("{\"type\":\"a\",\"payload\":{},\"traceparent\":\"" + TRACE + "\"}");
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(answer.body()).contains("send the header traceparent");
    }

    private String shown(HttpResponse<String> submitted) {
        return trace(TestApi.json(api.get(location(submitted))));
    }

    private static String trace(JsonNode job) {
        return job.path("traceparent").asString("");
    }

    private static String location(HttpResponse<String> submitted) {
        return submitted.headers().firstValue("Location").orElseThrow();
    }
}
