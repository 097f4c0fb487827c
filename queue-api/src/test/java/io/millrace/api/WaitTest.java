package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.contract.Contract;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting for a job's end, watching it, and asking whether it has changed. */
class WaitTest extends ServiceCase {

    @Test
    void all_who_wait_are_answered_when_the_job_ends() {
        String job = submitted("ends");
        List<CompletableFuture<HttpResponse<String>>> waiting =
                List.of(asked(job + "?wait=60s"), asked(job + "?wait=60s"), asked(job + "?wait=60s"));
        worker.succeed(worker.claim("ends"), "{\"n\":7}");
        for (var answer : waiting) {
            Contract.check(answer.join());
            assertThat(TestApi.json(answer.join()).at("/result/n").asInt()).isEqualTo(7);
        }
    }

    @Test
    void who_waits_in_vain_gets_the_job_as_it_is_then() {
        var answer = api.get(submitted("waits") + "?wait=100ms");
        assertThat(TestApi.json(answer).get("state").asString()).isEqualTo("ready");
    }

    @Test
    void a_job_that_has_ended_needs_no_waiting() {
        String job = submitted("ended");
        worker.succeed(worker.claim("ended"), "{}");
        assertThat(TestApi.json(api.get(job + "?wait=60s")).get("state").asString())
                .isEqualTo("succeeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?wait=61s", "?wait=soon", "?wait=", "?wate=1s", "?wait=1s&x"})
    void a_wait_that_cannot_be_is_refused_by_name(String query) {
        var answer = api.get(submitted("refused") + query);
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).startsWith("?");
    }

    @Test
    void a_job_that_has_not_changed_is_not_sent_again() {
        String job = submitted("tagged");
        String tag = api.get(job).headers().firstValue("ETag").orElseThrow();
        var same = api.send(api.request(job, "read").header("If-None-Match", "\"other\", W/" + tag));
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.headers().firstValue("ETag")).hasValue(tag);
        worker.claim("tagged");
        var changed = api.send(api.request(job, "read").header("If-None-Match", tag));
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
    }

    @Test
    void a_stream_tells_every_change_of_a_job_and_ends_with_it() {
        String job = submitted("watched");
        var lines = api.client
                .sendAsync(api.request(job + "/events", "read").build(), BodyHandlers.ofLines())
                .join()
                .body()
                .filter(line -> line.startsWith("data: "))
                .map(line -> TestApi.JSON.readTree(line.substring("data: ".length())))
                .peek(now ->
                        step(now.get("state").asString(), now.get("attempts").size()))
                .toList();
        assertThat(lines)
                .allSatisfy(now -> assertThat(Contract.problems("/components/schemas/Job", now.toString()))
                        .isEmpty());
        assertThat(lines.stream().map(now -> now.get("state").asString()))
                .startsWith("ready")
                .endsWith("succeeded")
                .contains("scheduled");
    }

    /** What happens next to the watched job: it fails once, waits, and succeeds. */
    private void step(String state, int failures) {
        if (state.equals("ready") && failures == 0) {
            worker.finish(
                    worker.claim("watched"),
                    new Verdict.Retried(FailureReason.ERROR, "not yet", Duration.ofSeconds(8)));
        } else if (state.equals("scheduled")) {
            worker.succeed(worker.claim("watched"), "{}");
        }
    }

    private CompletableFuture<HttpResponse<String>> asked(String path) {
        return api.client.sendAsync(api.request(path, "read").build(), BodyHandlers.ofString());
    }

    private String submitted(String queue) {
        return api.submit("{\"type\":\"own.type\",\"queue\":\"" + queue + "\",\"payload\":{}}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }
}
