package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.contract.Contract;
import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.redis.JobNotes.Note;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Progress and log lines of jobs, as whoever asks sees them. */
class LogsTest extends ServiceCase {

    private static final Instant AT = Instant.parse("2026-01-31T08:00:00.007Z");

    private String submitted(String queue) {
        return api.submit("{\"type\":\"own.type\",\"queue\":\"" + queue + "\",\"payload\":{}}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    private void say(ClaimedJob job, Optional<JobProgress> progress, List<LogLine> lines) {
        assertThat(worker.parts
                        .notes()
                        .keep(List.of(new Note(job.entry().id(), job.entry().fence(), progress, lines, 0))))
                .isTrue();
    }

    private static Optional<JobProgress> progress(double fraction) {
        return Optional.of(new JobProgress(fraction, Optional.of("page <4>"), AT));
    }

    @Test
    void a_running_job_shows_its_progress_and_another_tag() {
        String path = submitted("far");
        ClaimedJob job = worker.claim("far");
        var before = api.get(path);
        assertThat(TestApi.json(before).has("progress")).isFalse();
        say(job, progress(0.4), List.of());
        var after = api.get(path);
        JsonNode progress = TestApi.json(after).get("progress");
        assertThat(progress.get("fraction").asDouble()).isEqualTo(0.4);
        assertThat(progress.get("message").asString()).isEqualTo("page <4>");
        assertThat(progress.get("at").asString()).isEqualTo(AT.toString());
        assertThat(after.headers().firstValue("ETag"))
                .isNotEqualTo(before.headers().firstValue("ETag"));
        worker.succeed(job, "{}");
        assertThat(TestApi.json(api.get(path)).has("progress")).isFalse();
    }

    @Test
    void the_lines_of_a_job_come_oldest_first_also_when_it_has_ended() {
        String path = submitted("logs");
        assertThat(TestApi.json(api.get(path + "/logs")).get("lines").isEmpty()).isTrue();
        ClaimedJob job = worker.claim("logs");
        say(
                job,
                Optional.empty(),
                IntStream.range(0, 510)
                        .mapToObj(i -> new LogLine(AT, 1, "line " + i))
                        .toList());
        worker.succeed(job, "{}");
        JsonNode all = TestApi.json(api.get(path + "/logs"));
        assertThat(all.get("lines").size()).isEqualTo(500);
        assertThat(all.at("/lines/0/text").asString()).isEqualTo("line 10");
        assertThat(all.at("/lines/0/attempt").asInt()).isEqualTo(1);
        assertThat(all.at("/lines/0/at").asString()).isEqualTo(AT.toString());
        assertThat(all.get("dropped").asInt()).isEqualTo(10);
        JsonNode last = TestApi.json(api.get(path + "/logs?last=2"));
        assertThat(last.get("lines").valueStream().map(line -> line.get("text").asString()))
                .containsExactly("line 508", "line 509");
    }

    @Test
    void a_removed_job_leaves_no_lines_behind() {
        String path = submitted("removed");
        ClaimedJob job = worker.claim("removed");
        say(job, progress(0.5), List.of(new LogLine(AT, 1, "private")));
        worker.succeed(job, "{}");
        assertThat(api.send(api.request(path, "operate").DELETE()).statusCode()).isEqualTo(204);
        assertThat(worker.parts.notes().log(job.entry().id(), 10).lines()).isEmpty();
        RefusalsTest.assertProblem(api.get(path + "/logs"), 404, "not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?last=0", "?last=501", "?last=x", "?first=1"})
    void a_number_of_lines_that_cannot_be_is_refused(String query) {
        RefusalsTest.assertProblem(api.get(submitted("asked") + "/logs" + query), 400, "invalid_field");
    }

    @Test
    void a_stream_tells_the_progress() {
        String path = submitted("streamed");
        ClaimedJob job = worker.claim("streamed");
        say(job, progress(0.1), List.of());
        List<Double> told = api.client
                .sendAsync(api.request(path + "/events", "read").build(), BodyHandlers.ofLines())
                .join()
                .body()
                .filter(line -> line.startsWith("data: "))
                .map(line -> TestApi.JSON.readTree(line.substring("data: ".length())))
                .peek(now -> assertThat(Contract.problems("/components/schemas/Job", now.toString()))
                        .isEmpty())
                .map(now -> now.at("/progress/fraction").asDouble(-1))
                .peek(fraction -> next(job, fraction))
                .toList();
        assertThat(told).containsExactly(0.1, 0.6, -1.0);
    }

    private void next(ClaimedJob job, double fraction) {
        if (fraction == 0.1) {
            say(job, progress(0.6), List.of());
        } else if (fraction == 0.6) {
            worker.succeed(job, "{}");
        }
    }

    @Test
    void without_redis_a_log_is_unavailable_and_so_is_a_list_of_what_runs() {
        String path = submitted("cut");
        stack.redis.cut();
        try {
            RefusalsTest.assertProblem(api.get(path + "/logs"), 503, "unavailable");
            RefusalsTest.assertProblem(api.get("/v1/jobs?state=running"), 503, "unavailable");
        } finally {
            stack.redis.heal();
        }
    }
}
