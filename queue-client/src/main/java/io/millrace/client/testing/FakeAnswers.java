package io.millrace.client.testing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.client.Carrier.Answer;
import java.io.ByteArrayInputStream;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Values as the service writes them. */
final class FakeAnswers {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private FakeAnswers() {}

    static JsonNode read(byte[] body) {
        return JSON.readTree(body);
    }

    static Answer json(int status, Object value, Map<String, String> headers) {
        return new Answer(status, headers, new ByteArrayInputStream(JSON.writeValueAsBytes(value)));
    }

    static Answer json(int status, Object value) {
        return json(status, value, Map.of());
    }

    static Answer problem(Refusal refusal) {
        return json(refusal.code().status(), refusal.body());
    }

    static Answer bytes(byte[] content) {
        return new Answer(200, Map.of(), new ByteArrayInputStream(content));
    }

    static Answer empty(int status, Map<String, String> headers) {
        return new Answer(status, headers, new ByteArrayInputStream(new byte[0]));
    }
}
