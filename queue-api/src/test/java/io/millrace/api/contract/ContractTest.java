package io.millrace.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobState;
import java.net.http.HttpHeaders;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** The contract in itself, and against the code; every answer in the tests of this module is checked against it too. */
class ContractTest {

    static final List<Contract.Operation> OPERATIONS = Contract.operations();

    private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";

    /** The codes whose problems may have types that are not our own. */
    private static final Map<ErrorCode, List<String>> TYPES = Map.of(
            ErrorCode.TOO_MANY_REQUESTS,
            List.of(REGISTRY + "quota-exceeded"),
            ErrorCode.UNAVAILABLE,
            List.of(ownType(ErrorCode.UNAVAILABLE), REGISTRY + "temporary-reduced-capacity"));

    @Test
    void lists_every_error_code_and_state_of_the_code() {
        assertThat(texts("/components/schemas/ErrorCode/enum"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ErrorCode.values())
                        .map(ErrorCode::wireName)
                        .toList());
        assertThat(texts("/components/schemas/JobState/enum"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(JobState.values()).map(JobState::wireName).toList());
    }

    @Test
    void names_every_operation_once() {
        assertThat(OPERATIONS.stream()
                        .map(operation -> operation.node().get("operationId").asString()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void its_examples_are_as_its_schemas_say(Contract.Operation operation) {
        String at = "/paths/" + Contract.escaped(operation.path()) + "/" + operation.method();
        Stream.concat(
                        Stream.of(at + "/requestBody"),
                        operation.node().get("responses").propertyNames().stream()
                                .map(status -> at + "/responses/" + status))
                .forEach(ContractTest::checkExamples);
    }

    private static void checkExamples(String body) {
        media(body)
                .forEach(at -> examples(at)
                        .forEach(example -> assertThat(Contract.problems(at + "/schema", example.toString()))
                                .as(at)
                                .isEmpty()));
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void each_of_its_answers_in_json_has_an_example(Contract.Operation operation) {
        String responses = "/paths/" + Contract.escaped(operation.path()) + "/" + operation.method() + "/responses/";
        operation.node().get("responses").propertyNames().stream()
                .flatMap(status -> media(responses + status))
                .filter(at -> at.endsWith("json"))
                .forEach(at -> assertThat(examples(at)).as(at).isNotEmpty());
    }

    @Test
    void its_examples_of_problems_have_the_titles_and_statuses_of_the_code() {
        var problems = Contract.at("/components/responses").propertyNames().stream()
                .flatMap(name -> media("/components/responses/" + name))
                .flatMap(ContractTest::examples)
                .toList();
        assertThat(problems).hasSizeGreaterThan(10).allSatisfy(problem -> {
            ErrorCode code = ErrorCode.valueOf(problem.get("code").asString().toUpperCase(Locale.ROOT));
            assertThat(problem.get("type").asString()).isIn(TYPES.getOrDefault(code, List.of(ownType(code))));
            assertThat(problem.get("instance").asString()).startsWith("/");
            assertThat(problem.get("title").asString()).isEqualTo(code.title());
            assertThat(problem.get("status").asInt()).isEqualTo(code.status());
            // Whoever may try again in a moment is told when.
            assertThat(problem.has("retry_after")).isEqualTo(code.retryHelps());
        });
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void each_of_its_answers_has_the_headers_of_every_answer(Contract.Operation operation) {
        operation
                .node()
                .get("responses")
                .properties()
                .forEach(response -> assertThat(Contract.resolved(response.getValue())
                                .path("headers")
                                .propertyNames())
                        .as("%s of %s", response.getKey(), operation)
                        .contains(
                                "X-Request-Id",
                                "Cache-Control",
                                "Content-Security-Policy",
                                "Referrer-Policy",
                                "X-Content-Type-Options"));
    }

    @Test
    void an_answer_with_a_header_that_is_not_declared_does_not_keep_to_it() {
        Map<String, List<String>> headers = Map.of(
                "Date", List.of("Sat, 21 Nov 2026 08:00:00 GMT"),
                "Content-Type", List.of("application/json;charset=utf-8"),
                "X-Request-Id", List.of("a"),
                "Cache-Control", List.of("no-store"),
                "Content-Security-Policy", List.of("default-src 'none'; frame-ancestors 'none'"),
                "Referrer-Policy", List.of("no-referrer"),
                "X-Content-Type-Options", List.of("nosniff"));
        var more = new HashMap<>(headers);
        more.put("X-New", List.of("1"));
        Contract.check("GET", "/livez", answer(headers));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Contract.check("GET", "/livez", answer(more)))
                .withMessageContaining("x-new");
    }

    private static Contract.Answer answer(Map<String, List<String>> headers) {
        return new Contract.Answer(200, HttpHeaders.of(headers, (name, value) -> true), "{\"status\": \"live\"}");
    }

    /** The pointers of what a request or an answer may be. */
    private static Stream<String> media(String pointer) {
        String reference = Contract.at(pointer).path("$ref").asString("");
        String body = reference.isEmpty() ? pointer : reference.substring(1);
        return Contract.at(body + "/content").propertyNames().stream()
                .map(type -> body + "/content/" + Contract.escaped(type));
    }

    private static String ownType(ErrorCode code) {
        return "urn:millrace:problem:" + code.wireName();
    }

    private static Stream<JsonNode> examples(String media) {
        return Stream.concat(
                        Contract.at(media + "/examples")
                                .valueStream()
                                .map(example -> Contract.resolved(example).path("value")),
                        Stream.of(Contract.at(media + "/example")))
                .filter(example -> !example.isMissingNode());
    }

    private static List<String> texts(String pointer) {
        return Contract.at(pointer).valueStream().map(JsonNode::asString).toList();
    }
}
