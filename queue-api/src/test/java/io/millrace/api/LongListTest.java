package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LongListTest {

    @Test
    void a_page_that_looks_far_for_little_is_short_and_goes_on(@TempDir Path folder) {
        try (var stack = RealStack.start(folder)) {
            stack.api.submit("{\"type\":\"own.first\",\"payload\":{}}");
            String items = String.join(",", Collections.nCopies(10_000, "{\"type\":\"own.many\",\"payload\":{}}"));
            for (int i = 0; i < 2; i++) {
                assertThat(stack.api
                                .send(stack.api.post("/v1/jobs/bulk", "[" + items + "]"))
                                .statusCode())
                        .isEqualTo(200);
            }
            JsonNode first = TestApi.json(stack.api.get("/v1/jobs?type=own.first"));
            assertThat(first.get("jobs").size()).isZero();
            String cursor = first.get("next_cursor").asString();
            JsonNode second = TestApi.json(stack.api.get("/v1/jobs?type=own.first&cursor=" + cursor));
            assertThat(second.at("/jobs/0/type").asString()).isEqualTo("own.first");
            assertThat(second.has("next_cursor")).isFalse();
        }
    }
}
