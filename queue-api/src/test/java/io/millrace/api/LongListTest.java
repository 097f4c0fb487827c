package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LongListTest {

    /** More than a page looks at. */
    private static final int RUNNING = 10_400;

    private static final Duration PATIENCE = Patience.LONGEST;

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

    @Test
    void no_running_job_is_missing_however_many_run(@TempDir Path folder) {
        try (var stack = RealStack.start(folder);
                var worker = new TestWorker(stack.engine, "w-1")) {
            String own = "{\"type\":\"own.%s\",\"queue\":\"runs\",\"payload\":{}}";
            stack.api.submit(own.formatted("first"));
            String items = IntStream.range(0, RUNNING / 2)
                    .mapToObj(i -> own.formatted(i % 50 == 0 ? "rare" : "many"))
                    .collect(Collectors.joining(","));
            for (int i = 0; i < 2; i++) {
                stack.api.send(stack.api.post("/v1/jobs/bulk", "[" + items + "]"));
            }
            var dispatcher = worker.parts.dispatcher();
            var running = new TreeMap<String, String>();
            await().atMost(PATIENCE).until(() -> {
                dispatcher
                        .read(dispatcher.claim(new QueueName("runs"), 1_000), Long.MAX_VALUE)
                        .forEach(job -> running.put(
                                job.entry().id().toString(), job.row().type().value()));
                return running.size() == RUNNING + 1;
            });

            // What a page looks at is none of the first type, and it says that there are more.
            for (String type : List.of("own.first", "own.rare")) {
                assertThat(walk(stack.api, "/v1/jobs?state=running&limit=200&type=" + type))
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(running.keySet().stream()
                                .filter(id -> type.equals(running.get(id)))
                                .toList())
                        .isNotEmpty();
            }
        }
    }

    private static List<String> walk(TestApi api, String list) {
        var ids = new ArrayList<String>();
        String cursor = "";
        do {
            String next = list + cursor;
            // What a page needs may take too long for once, where there is too much to do.
            JsonNode page = TestApi.json(
                    await().atMost(PATIENCE).until(() -> api.get(next), answer -> answer.statusCode() == 200));
            page.get("jobs").forEach(job -> ids.add(job.get("id").asString()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        return ids;
    }
}
