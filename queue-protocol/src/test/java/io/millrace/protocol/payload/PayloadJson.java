package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Reads payloads from JSON as the services do. */
final class PayloadJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private PayloadJson() {}

    static <T> T read(Class<T> type, String json) {
        return MAPPER.readValue(json.replace('\'', '"'), type);
    }

    static List<String> pointers(CheckedPayload payload) {
        return payload.problems().stream().map(FieldProblem::pointer).toList();
    }

    static String write(Object payload) {
        return MAPPER.writeValueAsString(payload);
    }
}
