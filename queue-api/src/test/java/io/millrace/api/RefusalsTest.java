package io.millrace.api;

import static java.util.stream.Collectors.joining;
import static java.util.stream.IntStream.range;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every way in which a request is refused: its status, its code, the fields it names. */
class RefusalsTest {

    private static final String ID = "01890000-0000-7000-8000-000000000000";

    @TempDir
    static Path folder;

    private static RealStack stack;
    private static TestApi api;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
        api = stack.api;
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                Arguments.of("{}", "/type /payload"),
                Arguments.of("{'type':'a','payload':null}", "/payload"),
                Arguments.of("{'type':'A','payload':{}}", "/type"),
                Arguments.of("{'type':1,'payload':[]}", "/type /payload"),
                Arguments.of("{'type':'a','payload':{},'queue':'x.y'}", "/queue"),
                Arguments.of("{'type':'a','payload':{},'priority':10}", "/priority"),
                Arguments.of("{'type':'a','payload':{},'priority':-1}", "/priority"),
                Arguments.of("{'type':'a','payload':{},'priority':1.0}", "/priority"),
                Arguments.of("{'type':'a','payload':{},'priority':99999999999999999999}", "/priority"),
                Arguments.of("{'type':'a','payload':{},'priority':'1'}", "/priority"),
                Arguments.of("{'type':null,'payload':{}}", "/type"),
                Arguments.of("{'type':'a','payload':{},'delay':'1 hour'}", "/delay"),
                Arguments.of("{'type':'a','payload':{},'delay':'-1s'}", "/delay"),
                Arguments.of("{'type':'a','payload':{},'delay':'367d'}", "/delay"),
                Arguments.of("{'type':'a','payload':{},'delay':30}", "/delay"),
                Arguments.of("{'type':'a','payload':{},'run_at':'tomorrow'}", "/run_at"),
                Arguments.of("{'type':'a','payload':{},'run_at':'2026-01-31T08:00:00'}", "/run_at"),
                Arguments.of("{'type':'a','payload':{},'run_at':'2999-01-31T08:00:00Z'}", "/run_at"),
                Arguments.of("{'type':'a','payload':{},'run_at':'2026-01-31T08:00:00Z','delay':'1s'}", "/run_at"),
                Arguments.of("{'type':'a','payload':{},'expires_in':'999ms'}", "/expires_in"),
                Arguments.of("{'type':'a','payload':{},'expires_in':'367d'}", "/expires_in"),
                Arguments.of("{'type':'a','payload':{},'expires_in':'5s','delay':'5s'}", "/expires_in"),
                Arguments.of(
                        "{'type':'a','payload':{},'expires_in':'1d','run_at':'"
                                + Instant.now().plus(Duration.ofDays(2)) + "'}",
                        "/expires_in"),
                Arguments.of("{'type':'a','payload':{},'timeout':'0s'}", "/timeout"),
                Arguments.of("{'type':'a','payload':{},'timeout':'8d'}", "/timeout"),
                Arguments.of("{'type':'a','payload':{},'tags':'x'}", "/tags"),
                Arguments.of("{'type':'a','payload':{},'tags':['x','',7]}", "/tags/1 /tags/2"),
                Arguments.of("{'type':'a','payload':{},'tags':['\\u0000']}", "/tags/0"),
                Arguments.of("{'type':'a','payload':{},'tags':['\\ud800']}", "/tags/0"),
                Arguments.of(
                        "{'type':'a','payload':{},'tags':["
                                + range(0, 17).mapToObj(i -> "'t'").collect(joining(",")) + "]}",
                        "/tags"),
                Arguments.of("{'type':'a','payload':{},'retry':5}", "/retry"),
                Arguments.of("{'type':'a','payload':{},'retry':{'max_attempts':0}}", "/retry/max_attempts"),
                Arguments.of("{'type':'a','payload':{},'retry':{'max_attempts':51}}", "/retry/max_attempts"),
                Arguments.of("{'type':'a','payload':{},'retry':{'factor':0.5}}", "/retry/factor"),
                Arguments.of("{'type':'a','payload':{},'retry':{'factor':1e400}}", "/retry/factor"),
                Arguments.of("{'type':'a','payload':{},'retry':{'initial_delay':'2h'}}", "/retry/initial_delay"),
                Arguments.of("{'type':'a','payload':{},'retry':{'max_delay':'8d'}}", "/retry/max_delay"),
                Arguments.of("{'type':'a','payload':{},'retry':{'tries':3}}", "/retry/tries"),
                Arguments.of("{'type':'a','payload':{},'a/b~c':[1,{'x':2}],'prio':1}", "/a~1b~0c /prio"),
                Arguments.of("{'type':'a','payload':{},'idempotency_key':'k'}", "/idempotency_key"),
                Arguments.of(
                        "{'type':'B!','payload':1,'priority':11,'delay':'x','zz':0}",
                        "/type /payload /priority /delay /zz"),
                Arguments.of("[]", ""),
                Arguments.of("'text'", ""));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void every_wrong_field_is_named_at_once(String body, String pointers) {
        HttpResponse<String> answer = api.submit(body.replace('\'', '"'));
        assertProblem(answer, 400, "invalid_field");
        assertThat(pointers(TestApi.json(answer))).containsExactlyInAnyOrder(pointers.split(" ", -1));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of("{\"type\":\"a\",\n \"payload\":{\"x\":}}", "line 2, column 17"),
                Arguments.of("{\"type\":\"a\",\"payload\":{}", "line 1, column"),
                Arguments.of("{\"type\":\"a\",\"payload\":{}} x", "line 1, column"),
                Arguments.of("{\"type\":\"a\",\"payload\":{}} {}", "follows the end"),
                Arguments.of("{\"type\":\"a\",\"type\":\"b\",\"payload\":{}}", "Duplicate"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":1,\"k\":2}}", "Duplicate"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":[{\"j\":1,\"j\":2}]}}", "Duplicate"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":01}}", "line 1"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":NaN}}", "line 1"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":\"\\x\"}}", "line 1"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":\"a\nb\"}}", "line"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":" + "1".repeat(101) + "}}", "100"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"" + "n".repeat(300) + "\":1}}", "256"),
                Arguments.of("{\"type\":\"a\",\"payload\":{\"k\":" + "[".repeat(64) + "]".repeat(64) + "}}", "65"),
                Arguments.of("\uFEFF{\"type\":\"a\",\"payload\":{}}", "byte order mark"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void what_is_not_json_is_refused_with_its_place(String body, String detail) {
        HttpResponse<String> answer = api.submit(body);
        assertProblem(answer, 400, "malformed_request");
        assertThat(TestApi.json(answer).get("detail").asString()).contains(detail);
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused() {
        byte[] latin = "{\"type\":\"a\",\"payload\":{\"k\":\"é\"}}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = "{\"type\":\"a\",\"payload\":{}}".getBytes(StandardCharsets.UTF_16LE);
        for (byte[] body : List.of(latin, utf16)) {
            var answer = api.send(api.post("/v1/jobs", "").POST(BodyPublishers.ofByteArray(body)));
            assertProblem(answer, 400, "malformed_request");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|400",
                "'\"\"'|400",
                "'\"open'|400",
                "'\"a\"b'|400",
                "'\"a\\x\"'|400",
                "'plain'|202",
                "'\"quoted\"'|202",
                "'\"with \\\" quote\"'|202"
            })
    void an_idempotency_key_is_a_structured_string_or_bare(String key, int status) {
        var answer = api.submit("{\"type\":\"a\",\"payload\":{}}", "Idempotency-Key", key);
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 400) {
            assertProblem(answer, 400, "invalid_idempotency_key");
        }
    }

    @Test
    void an_idempotency_key_has_at_most_255_characters_and_comes_once() {
        String body = "{\"type\":\"a\",\"payload\":{}}";
        assertThat(api.submit(body, "Idempotency-Key", "k".repeat(255)).statusCode())
                .isEqualTo(202);
        assertProblem(api.submit(body, "Idempotency-Key", "k".repeat(256)), 400, "invalid_idempotency_key");
        assertProblem(
                api.submit(body, "Idempotency-Key", "one", "Idempotency-Key", "two"), 400, "invalid_idempotency_key");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/v1/jobs/x,404,not_found",
        "GET,/v1/jobs/" + ID + ",404,not_found",
        "GET,/v1/jobs/" + ID + "/artifacts/x,404,not_found",
        "GET,/v1/jobs/" + ID + "/artifacts/.hidden,404,not_found",
        "GET,/v1/jobs/" + ID + "/artifacts/..%2f..%2fetc,400,malformed_request",
        "POST,/v1/jobs/" + ID + "/redrive,404,not_found",
        "POST,/v1/jobs/" + ID + "/cancel,404,not_found",
        "POST,/v1/queues/nobody-used-it/pause,404,not_found",
        "POST,/v1/queues/NoName/resume,404,not_found",
        "GET,/v1/nothing,404,not_found",
        "GET,/nothing,404,not_found",
        "PUT,/v1/jobs,405,method_not_allowed",
        "DELETE,/v1/queues,405,method_not_allowed",
        "OPTIONS,/v1/jobs,405,method_not_allowed"
    })
    void what_does_not_exist_is_a_problem_too(String method, String path, int status, String code) {
        var answer = api.send(api.request(path, "admin").method(method, BodyPublishers.noBody()));
        assertProblem(answer, status, code);
    }

    @Test
    void a_wrong_method_is_told_the_right_ones() {
        var answer = api.send(api.request("/v1/queues", "admin").DELETE());
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void only_plain_json_is_read() {
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/json;charset=latin1")) {
            var request = api.request("/v1/jobs", "admin").header("Content-Type", type);
            assertProblem(api.send(request.POST(BodyPublishers.ofString("{}"))), 415, "unsupported_media_type");
        }
        var untyped = api.request("/v1/jobs", "admin").POST(BodyPublishers.ofString("{}"));
        assertProblem(api.send(untyped), 415, "unsupported_media_type");
        var zipped = api.post("/v1/jobs", "{}").header("Content-Encoding", "gzip");
        assertProblem(api.send(zipped), 415, "unsupported_media_type");
    }

    @Test
    void a_body_over_the_limit_is_refused_with_and_without_a_length() {
        byte[] large = new byte[2 * 1024 * 1024];
        var withLength = api.post("/v1/jobs", "").POST(BodyPublishers.ofByteArray(large));
        assertProblem(api.send(withLength), 413, "too_large");
        var chunked = api.post("/v1/jobs", "").POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(large)));
        assertProblem(api.send(chunked), 413, "too_large");
    }

    @Test
    void a_payload_may_have_one_mebibyte_and_not_a_byte_more() {
        String most = "{\"x\":\"" + "a".repeat(1024 * 1024 - 8) + "\"}";
        assertThat(most).hasSize(1024 * 1024);
        assertThat(api.submit("{\"type\":\"a\",\"payload\":" + most + "}").statusCode())
                .isEqualTo(202);
        var over = api.submit("{\"type\":\"a\",\"payload\":" + most.replace("}", " }") + "}");
        assertProblem(over, 413, "too_large");
    }

    @Test
    void a_bulk_has_at_most_10_000_jobs_and_must_be_an_array() {
        String items = range(0, 10_001).mapToObj(i -> "{}").collect(joining(",", "[", "]"));
        assertProblem(api.send(api.post("/v1/jobs/bulk", items)), 413, "too_large");
        assertProblem(api.send(api.post("/v1/jobs/bulk", "{}")), 400, "malformed_request");
        assertProblem(
                api.send(api.post("/v1/jobs/bulk", "[]").header("Idempotency-Key", "k")),
                400,
                "invalid_idempotency_key");
    }

    @Test
    void oversized_headers_are_refused_before_any_route() {
        HttpRequest.Builder request = api.request("/v1/queues", "admin").header("X-Large", "x".repeat(9000));
        HttpResponse<String> answer = api.send(request);
        assertProblem(answer, 431, "headers_too_large");
    }

    @Test
    void a_store_that_is_down_is_503_with_retry_after(@TempDir Path other) {
        try (var broken = RealStack.start(other)) {
            assertThat(broken.api.get("/v1/jobs/" + ID).statusCode()).isEqualTo(404);
            broken.postgres.cut();
            var answer = broken.api.submit("{\"type\":\"a\",\"payload\":{}}");
            assertProblem(answer, 503, "unavailable");
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            var bulk = broken.api.send(broken.api.post("/v1/jobs/bulk", "[{\"type\":\"a\",\"payload\":{}},{}]"));
            assertProblem(bulk, 503, "unavailable");
            assertProblem(broken.api.get("/v1/jobs/" + ID), 503, "unavailable");
        }
    }

    private static List<String> pointers(JsonNode problem) {
        var found = new ArrayList<String>();
        StreamSupport.stream(problem.get("errors").spliterator(), false)
                .forEach(error -> found.add(error.get("pointer").asString()));
        return found;
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertProblem(answer, status, code, "urn:millrace:problem:" + code);
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code, String type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        if (answer.body().isEmpty()) {
            return;
        }
        JsonNode problem = TestApi.json(answer);
        assertThat(problem.get("code").asString()).isEqualTo(code);
        assertThat(problem.get("type").asString()).isEqualTo(type);
        assertThat(problem.get("instance").asString()).isEqualTo(answer.uri().getRawPath());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asString()).isNotEmpty();
        assertThat(problem.get("detail").asString()).isNotEmpty();
    }
}
