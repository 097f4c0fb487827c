package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.api.contract.Contract;
import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.core.redis.JobNotes.Note;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    /** An event of a stream; its id is empty where it has none. */
    private record Told(String event, String id, JsonNode data) {

        String shown() {
            return event.equals("log")
                    ? id + " " + data.get("text").asString()
                    : data.get("state").asString();
        }
    }

    /** Everything that a stream tells until it ends, with what is done after each event. */
    private List<String> told(String path, String lastSeen, Consumer<String> then) {
        return told(api, path, lastSeen, then);
    }

    private static List<String> told(TestApi api, String path, String lastSeen, Consumer<String> then) {
        var request = api.request(path + "/events", "read");
        var answer = api.client.sendAsync(
                (lastSeen.isEmpty() ? request : request.header("Last-Event-ID", lastSeen)).build(),
                BodyHandlers.ofLines());
        List<String> all = new ArrayList<>();
        String event = "";
        String id = "";
        for (String line : (Iterable<String>) answer.join().body()::iterator) {
            if (line.startsWith("event: ")) {
                event = line.substring("event: ".length());
                id = "";
            } else if (line.startsWith("id: ")) {
                id = line.substring("id: ".length());
            } else if (line.startsWith("data: ")) {
                JsonNode data = TestApi.JSON.readTree(line.substring("data: ".length()));
                String schema = event.equals("log") ? "JobLogLine" : "Job";
                assertThat(Contract.problems("/components/schemas/" + schema, data.toString()))
                        .isEmpty();
                all.add(new Told(event, id, data).shown());
                then.accept(all.getLast());
            }
        }
        return all;
    }

    private static Note note(ClaimedJob job, String... texts) {
        List<LogLine> lines =
                Stream.of(texts).map(text -> new LogLine(AT, 1, text)).toList();
        return new Note(job.entry().id(), job.entry().fence(), Optional.empty(), lines, 0);
    }

    private void log(ClaimedJob job, String... texts) {
        assertThat(worker.parts.notes().keep(List.of(note(job, texts)))).isTrue();
    }

    @Test
    void a_stream_tells_each_line_once_and_the_late_ones_after_the_end() {
        String path = submitted("told");
        ClaimedJob job = worker.claim("told");
        log(job, "one", "two");
        AtomicReference<Duration> keptAfterEnd = new AtomicReference<>(Duration.ofHours(1));
        List<String> told = told(path, "", event -> {
            switch (event) {
                case "running" -> log(job, "three");
                case "3 three" -> {
                    log(job, "four");
                    worker.succeed(job, "{}");
                }
                case "succeeded" -> {
                    log(job, "late");
                    keptAfterEnd.set(sinceEnd(path));
                }
                default -> assertThat(event).matches("[1245] .*");
            }
        });
        assertThat(told).startsWith("1 one", "2 two", "running", "3 three", "4 four", "succeeded");
        // Those who are late by less than a second are waited for; a busy machine may be later with the line.
        if (keptAfterEnd.get().compareTo(Duration.ofMillis(900)) < 0) {
            assertThat(told).endsWith("succeeded", "5 late");
        }
    }

    private Duration sinceEnd(String path) {
        Instant now = Instant.now();
        return Duration.between(
                Instant.parse(TestApi.json(api.get(path)).get("finished_at").asString()), now);
    }

    @Test
    void who_comes_back_with_the_last_id_gets_the_lines_behind_it() {
        String path = submitted("back");
        ClaimedJob job = worker.claim("back");
        log(job, "one", "two", "three");
        worker.succeed(job, "{}");
        assertThat(told(path, "2", event -> {})).containsExactly("3 three", "succeeded");
        assertThat(told(path, "3", event -> {})).containsExactly("succeeded");
        assertThat(told(path, "a word", event -> {})).containsExactly("1 one", "2 two", "3 three", "succeeded");
    }

    @Test
    void a_stream_tells_all_lines_that_are_kept() {
        String path = submitted("long");
        ClaimedJob job = worker.claim("long");
        log(job, IntStream.rangeClosed(1, 510).mapToObj(i -> "line " + i).toArray(String[]::new));
        worker.succeed(job, "{}");
        assertThat(told(path, "", event -> {}))
                .hasSize(501)
                .startsWith("11 line 11", "12 line 12")
                .endsWith("510 line 510", "succeeded");
    }

    @Test
    void a_stream_outlasts_a_redis_that_is_away(@TempDir Path folder) {
        try (RealStack own = RealStack.start(folder);
                TestWorker there = new TestWorker(own.engine, "w-2")) {
            String path = own.api
                    .submit("{\"type\":\"own.type\",\"queue\":\"away\",\"payload\":{}}")
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            ClaimedJob job = there.claim("away");
            List<Note> two = List.of(note(job, "two"));
            there.parts.notes().keep(List.of(note(job, "one")));
            List<String> told = told(own.api, path, "", event -> {
                switch (event) {
                    case "running" -> own.redis.cut();
                    // As a running job is shown while nobody can tell who has it.
                    case "ready" -> {
                        own.redis.heal();
                        await().ignoreExceptions()
                                .until(() -> there.parts.notes().keep(two));
                    }
                    case "2 two" -> there.succeed(job, "{}");
                    // A line is kept again where the answer to its first keeping was lost on the way.
                    default -> assertThat(event).isIn("1 one", "3 two", "succeeded");
                }
            });
            assertThat(told).startsWith("1 one", "running", "ready").endsWith("succeeded");
            assertThat(told).containsOnlyOnce("1 one", "2 two");
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
