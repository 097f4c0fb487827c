package io.millrace.client;

import static io.millrace.client.ScriptedServer.accepted;
import static io.millrace.client.ScriptedServer.dropped;
import static io.millrace.client.ScriptedServer.job;
import static io.millrace.client.ScriptedServer.json;
import static io.millrace.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.client.ScriptedServer.Seen;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

final class SubmitTest extends ServedTest {

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /** Also for the answer that comes at once, on a machine that pauses for seconds. */
    private static final Duration LONG_FOR_AN_ANSWER = Duration.ofSeconds(4);

    /** A payload with a name that a naming strategy would change. */
    record Mail(String sentTo) {}

    /** A payload that fails while it is written. */
    record Unwritable(String value) {
        @Override
        public String value() {
            throw new IllegalStateException("no value");
        }
    }

    @Test
    void a_submit_sends_type_and_payload_and_returns_the_job() {
        server.then(accepted());

        JobHandle job = millrace.enqueue("email.send", new Mail("a@b.c"));

        assertThat(job.id()).hasToString(ScriptedServer.ID);
        assertThat(job.replayed()).isFalse();
        Seen seen = server.seen().get(0);
        assertThat(seen.method() + " " + seen.path()).isEqualTo("POST /v1/jobs");
        assertThat(seen.body()).isEqualTo("{\"type\":\"email.send\",\"payload\":{\"sentTo\":\"a@b.c\"}}");
        assertThat(seen.header("Authorization")).contains("Bearer " + KEY);
        assertThat(seen.header("Content-type")).contains("application/json");
        assertThat(seen.header("User-agent").orElse("")).startsWith("millrace-java/");
        assertThat(seen.header("Idempotency-key").orElse("")).matches("\"[0-9a-f]{40}\"");
    }

    @Test
    void every_option_reaches_the_wire() {
        server.otherwise(accepted());
        JobRequest request = Job.of("report.render")
                .payload(RawJson.of(" [1, 2] "))
                .queue("night")
                .priority(9)
                .delay(Duration.ofMinutes(90))
                .expiresIn(Duration.ofHours(8))
                .retry(Retry.attempts(3)
                        .initialDelay(Duration.ofMillis(500))
                        .factor(1.5)
                        .maxDelay(Duration.ofHours(2)))
                .timeout(Duration.ofSeconds(45))
                .retainResultFor(Duration.ofHours(3))
                .traceparent(TRACE)
                .tag("a")
                .tag("b")
                .idempotencyKey("order \"7\\8\"");

        millrace.enqueue(request);
        millrace.enqueue(request.runAt(Instant.parse("2026-03-01T10:00:00Z")).noTimeout());

        assertThat(server.seen().get(0).body())
                .isEqualTo(
                        "{\"type\":\"report.render\",\"queue\":\"night\",\"priority\":9,\"delay\":\"90m\",\"expires_in\":\"8h\","
                                + "\"retry\":{\"max_attempts\":3,\"initial_delay\":\"500ms\",\"factor\":1.5,\"max_delay\":\"2h\"},"
                                + "\"timeout\":\"45s\",\"retain_result_for\":\"3h\",\"tags\":[\"a\",\"b\"],\"payload\": [1, 2] }");
        assertThat(server.seen().get(0).header("Idempotency-key")).contains("\"order \\\"7\\\\8\\\"\"");
        assertThat(server.seen().get(0).header("Traceparent")).contains(TRACE);
        assertThat(server.seen().get(1).body())
                .contains("\"run_at\":\"2026-03-01T10:00:00Z\"", "\"timeout\":\"none\"")
                .doesNotContain("\"delay\"");
    }

    @Test
    void a_trace_that_is_not_valid_is_left_out_and_the_job_is_submitted() {
        server.otherwise(accepted());
        millrace.enqueue(Job.of("t").traceparent("nonsense"));
        assertThat(server.seen().get(0).header("Traceparent")).isEmpty();
    }

    @Test
    void a_payload_is_written_with_the_mapper_that_was_given() {
        var snake = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        server.then(accepted());

        try (Millrace own = client(config().withPayloadMapper(snake))) {
            own.enqueue("email.send", new Mail("a@b.c"));
        }

        assertThat(server.seen().get(0).body()).contains("{\"sent_to\":\"a@b.c\"}");
    }

    @Test
    void a_submit_whose_answer_was_lost_is_repeated_with_the_same_key() {
        server.then(dropped()).then(dropped()).then(json(202, job("ready"), "Idempotent-Replayed", "true"));

        JobHandle job = millrace.enqueue("email.send", new Mail("a@b.c"));

        assertThat(job.replayed()).isTrue();
        assertThat(server.seen()).hasSize(3);
        assertThat(server.seen())
                .extracting(Seen::body, seen -> seen.header("Idempotency-key"))
                .containsOnly(org.assertj.core.groups.Tuple.tuple(
                        server.seen().get(0).body(), server.seen().get(0).header("Idempotency-key")));
    }

    @Test
    void two_submits_of_one_request_have_different_keys() {
        server.otherwise(accepted());
        JobRequest request = Job.of("email.send");

        millrace.enqueue(request);
        millrace.enqueue(request);

        assertThat(server.seen())
                .extracting(seen -> seen.header("Idempotency-key"))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_submit_waits_as_long_as_retry_after_says() {
        server.then(problem(503, "unavailable", "Retry-After", "7"))
                .then(problem(429, "too_many_requests", "Retry-After", "3"))
                .then(accepted());

        millrace.enqueue("email.send", Map.of());

        assertThat(time.pauses()).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @CsvSource({"500,internal", "502,unknown", "503,unavailable", "504,unknown", "429,too_many_requests"})
    void a_passing_failure_is_repeated(int status, String code) {
        server.then(problem(status, code)).then(accepted());

        millrace.enqueue("email.send", Map.of());

        assertThat(server.seen()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"500,unknown", "501,unknown", "505,unknown"})
    void a_server_error_that_will_not_pass_is_not_repeated(int status, String code) {
        server.then(problem(status, code)).then(accepted());

        assertThatThrownBy(() -> millrace.enqueue("email.send", Map.of())).isInstanceOf(UnavailableException.class);

        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void pauses_are_jittered_below_a_bound_that_doubles_up_to_five_seconds_until_the_deadline() {
        server.otherwise(problem(503, "unavailable"));

        var thrown = catchThrowableOfType(
                UnavailableException.class,
                () -> millrace.enqueue(Job.of("email.send").idempotencyKey("order-7")));

        assertThat(thrown)
                .hasMessageContaining("Submitting a job of type email.send")
                .hasMessageContaining("503 unavailable")
                .hasMessageContaining("submit it again with idempotency key order-7");
        assertThat(thrown.idempotencyKey()).contains("order-7");
        assertThat(time.passed()).isLessThan(Duration.ofSeconds(30)).isGreaterThan(Duration.ofSeconds(20));
        List<Duration> pauses = time.pauses();
        for (int i = 0; i < pauses.size(); i++) {
            long bound = Math.min(5_000, 100L << Math.min(i, 10));
            assertThat(pauses.get(i)).isBetween(Duration.ZERO, Duration.ofMillis(bound));
        }
        assertThat(pauses).doesNotHaveDuplicates();
    }

    @Test
    void a_retry_after_beyond_the_deadline_ends_the_call_at_once_and_is_told() {
        server.then(problem(503, "unavailable", "Retry-After", "31"));

        var thrown = catchThrowableOfType(UnavailableException.class, () -> millrace.enqueue("email.send", Map.of()));

        assertThat(thrown.retryAfter()).contains(Duration.ofSeconds(31));
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void a_submit_that_is_not_answered_in_time_is_repeated() {
        server.then(server.silence()).then(accepted());

        try (Millrace hasty = client(config().withRequestTimeout(LONG_FOR_AN_ANSWER))) {
            hasty.enqueue("email.send", Map.of());
        }

        assertThat(server.seen()).hasSize(2);
    }

    @Test
    @Timeout(60)
    void an_answer_that_stops_in_its_middle_is_repeated() {
        server.then(exchange -> {
                    exchange.sendResponseHeaders(202, 1_000);
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                    server.silence().to(exchange);
                })
                .then(accepted());

        try (Millrace hasty = client(config().withRequestTimeout(LONG_FOR_AN_ANSWER))) {
            hasty.enqueue("email.send", Map.of());
        }

        assertThat(server.seen()).hasSize(2);
    }

    @Test
    void a_service_that_nobody_runs_is_unavailable_with_the_cause() throws IOException {
        try (var nobodyListens = new Socket()) {
            nobodyListens.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            refusesToConnect(nobodyListens.getLocalPort());
        }
    }

    private void refusesToConnect(int port) {
        try (Millrace lost = client(MillraceClientConfig.of("http://127.0.0.1:" + port, KEY))) {
            assertThatThrownBy(() -> lost.enqueue("email.send", Map.of()))
                    .isInstanceOf(UnavailableException.class)
                    .hasCauseInstanceOf(java.net.ConnectException.class)
                    .hasMessageContaining("no connection could be made");
        }
    }

    @Test
    void a_refusal_is_not_repeated_and_names_every_field() {
        server.then(
                json(
                        400,
                        "{\"status\":400,\"detail\":\"Two fields.\",\"code\":\"invalid_field\",\"errors\":["
                                + "{\"pointer\":\"/priority\",\"detail\":\"too high\"},{\"pointer\":\"/queue\",\"detail\":\"bad\"}]}"));

        var thrown = catchThrowableOfType(RejectedException.class, () -> millrace.enqueue("email.send", Map.of()));

        assertThat(thrown.status()).isEqualTo(400);
        assertThat(thrown.errorCode()).contains(ErrorCode.INVALID_FIELD);
        assertThat(thrown.errors())
                .containsExactly(new FieldProblem("/priority", "too high"), new FieldProblem("/queue", "bad"));
        assertThat(thrown)
                .hasMessage(
                        "Submitting a job of type email.send: refused with 400 invalid_field: Two fields.;"
                                + " /priority: too high; /queue: bad. Correct the request; repeating it unchanged cannot help.");
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_refusal_with_a_code_of_a_newer_service_keeps_it_as_text() {
        server.then(problem(418, "teapot"));

        var thrown = catchThrowableOfType(RejectedException.class, () -> millrace.enqueue("email.send", Map.of()));

        assertThat(thrown.code()).isEqualTo("teapot");
        assertThat(thrown.errorCode()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 401, 403})
    void a_refusal_by_something_in_between_is_understood_without_a_problem_document(int status) {
        server.then(exchange -> ScriptedServer.send(
                exchange, status, "text/html", "<html>no</html>", "Location", "http://127.0.0.1:1/"));

        var thrown = catchThrowableOfType(RejectedException.class, () -> millrace.enqueue("email.send", Map.of()));

        assertThat(thrown.status()).isEqualTo(status);
        assertThat(thrown.code()).isEqualTo(Problem.UNKNOWN_CODE);
        assertThat(server.seen()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>hello</html>", "{}", "null", ""})
    void a_good_answer_that_is_no_job_is_not_taken_for_one(String body) {
        server.then(json(200, body));

        assertThatThrownBy(() -> millrace.enqueue("email.send", Map.of()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("base URL");
    }

    @Test
    void a_payload_over_the_limit_is_refused_before_it_is_sent() {
        String large = "x".repeat(Limits.MAX_PAYLOAD_BYTES);

        var thrown = catchThrowableOfType(RejectedException.class, () -> millrace.enqueue("email.send", large));

        assertThat(thrown.errorCode()).contains(ErrorCode.TOO_LARGE);
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void a_payload_that_cannot_be_written_is_refused_before_it_is_sent() {
        var unwritable = new Unwritable("x");

        var thrown = catchThrowableOfType(RejectedException.class, () -> millrace.enqueue("email.send", unwritable));

        assertThat(thrown.errorCode()).contains(ErrorCode.INVALID_PAYLOAD);
        assertThat(thrown).hasCauseInstanceOf(tools.jackson.core.JacksonException.class);
    }

    @Test
    void an_async_submit_completes_with_the_job_and_fails_with_the_same_exceptions() throws Exception {
        server.then(accepted()).then(problem(403, "forbidden"));

        JobHandle job = millrace.enqueueAsync("email.send", Map.of()).get(1, TimeUnit.MINUTES);

        assertThat(job.id()).hasToString(ScriptedServer.ID);
        assertThatThrownBy(() -> millrace.enqueueAsync("email.send", Map.of()).get(1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RejectedException.class);
    }

    @Test
    void an_exception_shows_where_the_caller_stood() {
        server.then(problem(403, "forbidden"));

        var thrown = catchThrowableOfType(RejectedException.class, () -> millrace.enqueue("email.send", Map.of()));

        assertThat(thrown.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith(SubmitTest.class.getName()));
    }

    @Test
    void closing_ends_a_submit_under_way_and_refuses_the_next() throws Exception {
        server.then(server.silence());
        var submit = millrace.enqueueAsync("email.send", Map.of());

        millrace.close();
        millrace.close();

        assertThatThrownBy(() -> submit.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> millrace.enqueue("email.send", Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void an_interrupted_submit_says_with_which_key_to_repeat() throws Exception {
        server.then(server.silence());
        JobRequest request = Job.of("email.send").idempotencyKey("order-7");
        Thread.currentThread().interrupt();

        var thrown = catchThrowableOfType(UnavailableException.class, () -> millrace.enqueue(request));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown.idempotencyKey()).contains("order-7");
    }

    @Test
    void without_a_test_clock_a_lost_answer_is_repeated_too() {
        server.then(dropped()).then(accepted());

        try (var real = Millrace.connect(server.url(), KEY)) {
            assertThat(real.enqueue("email.send", Map.of()).id()).hasToString(ScriptedServer.ID);
        }
    }
}
