package io.millrace.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** The contract in itself, and against the code; every answer in the tests of this module is checked against it too. */
class ContractTest {

    static final List<Contract.Operation> OPERATIONS = Contract.operations();

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
        Contract.at(body + "/content").propertyStream().forEach(media -> {
            String at = body + "/content/" + Contract.escaped(media.getKey());
            Stream.concat(
                            media.getValue()
                                    .path("examples")
                                    .propertyStream()
                                    .map(example -> example.getValue().get("value")),
                            Stream.of(media.getValue().path("example")))
                    .filter(example -> !example.isMissingNode())
                    .forEach(example -> assertThat(Contract.problems(at + "/schema", example.toString()))
                            .as(at)
                            .isEmpty());
        });
    }

    private static List<String> texts(String pointer) {
        return Contract.at(pointer).valueStream().map(JsonNode::asString).toList();
    }
}
