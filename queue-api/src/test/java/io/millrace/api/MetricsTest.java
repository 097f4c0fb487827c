package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape shows. */
class MetricsTest {

    private static final String JOB = "{\"type\":\"a\",\"queue\":\"counted\",\"payload\":{}}";

    @TempDir
    static Path folder;

    private static RealStack stack;

    @BeforeAll
    static void start() {
        stack = RealStack.start(folder);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void jobs_are_counted_once_and_queues_are_measured() {
        stack.api.submit(JOB, "Idempotency-Key", "once");
        stack.api.submit(JOB, "Idempotency-Key", "once");
        stack.api.send(stack.api.post("/v1/jobs/bulk", "[" + JOB + "," + JOB + ",{}]"));
        stack.api.submit(JOB.replace("}}", "},\"delay\":\"1h\"}"));
        assertThat(lines(stack, "millrace_jobs_accepted_total{"))
                .containsExactly("millrace_jobs_accepted_total{queue=\"counted\"} 4.0");
        await().untilAsserted(() -> assertThat(lines(stack, "millrace_jobs{"))
                .containsExactlyInAnyOrder(
                        "millrace_jobs{queue=\"counted\",state=\"dead\"} 0.0",
                        "millrace_jobs{queue=\"counted\",state=\"ready\"} 3.0",
                        "millrace_jobs{queue=\"counted\",state=\"running\"} 0.0",
                        "millrace_jobs{queue=\"counted\",state=\"scheduled\"} 1.0"));
        assertThat(lines(stack, "millrace_oldest_ready_age_seconds{"))
                .singleElement()
                .asString()
                .startsWith("millrace_oldest_ready_age_seconds{queue=\"counted\"} ")
                .doesNotEndWith(" 0.0");
        assertThat(lines(stack, "millrace_queue_runnable_backlog{"))
                .containsExactly("millrace_queue_runnable_backlog{queue=\"counted\"} 3.0");
        assertThat(lines(stack, "millrace_queue_paused{"))
                .containsExactly("millrace_queue_paused{queue=\"counted\"} 0.0");
    }

    @Test
    void requests_are_timed_by_the_pattern_of_their_route() {
        stack.api.act("/v1/jobs/no-such-job/cancel");
        stack.api.act("/v1/jobs/no-other-job/cancel");
        stack.api.get("/some/path/nobody/serves");
        await().untilAsserted(
                        () -> assertThat(lines(stack, "millrace_http_request_duration_seconds_count{"))
                                .contains(
                                        "millrace_http_request_duration_seconds_count{method=\"POST\",route=\"/v1/jobs/{id}/cancel\",status=\"404\"} 2",
                                        "millrace_http_request_duration_seconds_count{method=\"none\",route=\"none\",status=\"404\"} 1"));
    }

    @Test
    void what_is_not_known_is_absent_and_the_scrape_still_answers(@TempDir Path other) {
        try (var broken = RealStack.start(other)) {
            broken.api.submit(JOB);
            await().untilAsserted(() ->
                    assertThat(scrape(broken)).contains("millrace_jobs{queue=\"counted\",state=\"ready\"} 1.0"));
            broken.redis.cut();
            await().untilAsserted(() -> assertThat(scrape(broken))
                    .doesNotContain("state=\"ready\"")
                    .doesNotContain("millrace_oldest_ready_age_seconds{")
                    .contains("millrace_jobs{queue=\"counted\",state=\"dead\"} 0.0"));
            broken.postgres.cut();
            await().untilAsserted(() -> assertThat(scrape(broken)).doesNotContain("millrace_jobs{"));
        }
    }

    @Test
    void metrics_come_in_the_form_that_is_asked_for() {
        assertThat(stack.api
                        .get("/metrics")
                        .headers()
                        .firstValue("Content-Type")
                        .orElseThrow())
                .startsWith("text/plain; version=0.0.4");
        var open = stack.api.send(
                stack.api.request("/metrics", "read").header("Accept", "application/openmetrics-text;version=1.0.0"));
        assertThat(open.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    private static String scrape(RealStack stack) {
        var answer = stack.api.get("/metrics");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static List<String> lines(RealStack stack, String start) {
        return scrape(stack).lines().filter(line -> line.startsWith(start)).toList();
    }
}
