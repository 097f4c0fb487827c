package io.millrace.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.redis.JobNotes.Log;
import io.millrace.core.redis.JobNotes.Note;
import io.millrace.core.redis.JobNotes.Part;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import io.millrace.testkit.OwnRedis;
import io.millrace.testkit.TestRedis;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What handlers said of their jobs, as Redis keeps it. */
class JobNotesTest {

    private static final Instant AT = Instant.parse("2026-01-31T08:00:00.007Z");
    private static final Duration LIFE = Duration.ofHours(24);

    private final Redis redis = new Redis(RedisConfig.at(URI.create(TestRedis.uri()), TestRedis.freshPrefix()));
    private final JobNotes notes = new JobNotes(redis, LIFE);
    private final JobId job = fresh();

    private static JobId fresh() {
        return JobId.of(
                System.currentTimeMillis(), 1, ThreadLocalRandom.current().nextLong());
    }

    @AfterEach
    void disconnect() {
        redis.close();
    }

    private static Optional<JobProgress> progress(double fraction, String message) {
        return Optional.of(new JobProgress(fraction, Optional.of(message).filter(text -> !text.isEmpty()), AT));
    }

    private static List<LogLine> lines(int attempt, String... texts) {
        return List.of(texts).stream()
                .map(text -> new LogLine(AT, attempt, text))
                .toList();
    }

    private void keep(int fence, Optional<JobProgress> progress, List<LogLine> lines) {
        assertThat(notes.keep(List.of(new Note(job, fence, progress, lines, 0))))
                .isTrue();
    }

    @Test
    void what_was_said_reads_back_as_it_was_said() {
        keep(0, progress(0.25, "page 1 of 4"), lines(1, "one", " two  with spaces ", "", "<b>ü</b>"));
        assertThat(notes.progress(job, 0)).isEqualTo(progress(0.25, "page 1 of 4"));
        assertThat(notes.log(job, 10)).isEqualTo(new Log(lines(1, "one", " two  with spaces ", "", "<b>ü</b>"), 0));
        keep(0, progress(0.5, ""), List.of());
        assertThat(notes.progress(job, 0)).isEqualTo(progress(0.5, ""));
        assertThat(notes.log(job, 2).lines()).extracting(LogLine::text).containsExactly("", "<b>ü</b>");
    }

    @Test
    void of_a_job_that_said_nothing_nothing_is_known() {
        assertThat(notes.progress(job, 0)).isEmpty();
        assertThat(notes.log(job, 10)).isEqualTo(new Log(List.of(), 0));
    }

    @Test
    void a_later_run_begins_anew_and_an_earlier_one_is_not_heard_any_more() {
        keep(1, progress(0.9, "nearly"), lines(1, "first run"));
        assertThat(notes.progress(job, 2)).isEmpty();
        keep(2, Optional.empty(), lines(2, "second run"));
        assertThat(notes.progress(job, 1)).isEmpty();
        assertThat(notes.progress(job, 2)).isEmpty();
        keep(1, progress(1.0, "from the grave"), lines(1, "zombie"));
        assertThat(notes.progress(job, 1)).isEmpty();
        assertThat(notes.log(job, 10).lines()).extracting(LogLine::text).containsExactly("first run", "second run");
    }

    @Test
    void the_oldest_lines_are_dropped_and_counted() {
        List<LogLine> many = IntStream.range(0, Limits.MAX_LOG_LINES + 20)
                .mapToObj(i -> new LogLine(AT, 1, "line " + i))
                .toList();
        notes.keep(List.of(new Note(job, 0, Optional.empty(), many, 7)));
        keep(0, Optional.empty(), lines(1, "last"));
        Log log = notes.log(job, Limits.MAX_LOG_LINES);
        assertThat(log.lines()).hasSize(Limits.MAX_LOG_LINES);
        assertThat(log.lines().getFirst().text()).isEqualTo("line 21");
        assertThat(log.lines().getLast().text()).isEqualTo("last");
        assertThat(log.dropped()).isEqualTo(28);
    }

    @Test
    void who_reads_on_gets_each_line_once_whatever_was_dropped_meanwhile() {
        keep(0, Optional.empty(), lines(1, "one", "two", "three"));
        assertThat(notes.after(job, 0, 2)).isEqualTo(new Part(lines(1, "one", "two"), 1));
        assertThat(notes.after(job, 2, 2)).isEqualTo(new Part(lines(1, "three"), 3));
        assertThat(notes.after(job, 3, 2).lines()).isEmpty();
        // Dropped by the worker, so they never had a number.
        notes.keep(List.of(new Note(job, 0, Optional.empty(), lines(1, "four"), 9)));
        assertThat(notes.after(job, 3, 2)).isEqualTo(new Part(lines(1, "four"), 4));
        notes.keep(List.of(new Note(job, 0, progress(0.5, ""), List.of(), 0)));
        assertThat(notes.after(job, 4, 2).lines()).isEmpty();

        List<LogLine> many = IntStream.range(5, 5 + Limits.MAX_LOG_LINES)
                .mapToObj(i -> new LogLine(AT, 1, "line " + i))
                .toList();
        keep(0, Optional.empty(), many);
        assertThat(notes.after(job, 2, 1)).isEqualTo(new Part(lines(1, "line 5"), 5));
        assertThat(notes.after(job, 503, 9)).isEqualTo(new Part(lines(1, "line 504"), 504));
    }

    @Test
    void a_number_that_no_line_has_is_of_a_log_that_was_lost() {
        assertThat(notes.after(job, 17, 9).lines()).isEmpty();
        keep(0, Optional.empty(), lines(1, "one", "two"));
        assertThat(notes.after(job, 17, 9)).isEqualTo(new Part(lines(1, "one", "two"), 1));
    }

    @Test
    void many_jobs_are_kept_at_once_also_by_a_server_that_does_not_know_the_script() {
        redis.call("emptying of scripts", jedis -> jedis.scriptFlush("any"));
        List<JobId> jobs = IntStream.range(0, 300).mapToObj(i -> fresh()).toList();
        notes.keep(jobs.stream()
                .map(id -> new Note(id, 0, progress(0.5, ""), lines(1, id.toString()), 0))
                .toList());
        assertThat(jobs)
                .allSatisfy(id -> assertThat(notes.log(id, 5).lines())
                        .extracting(LogLine::text)
                        .containsExactly(id.toString()));
    }

    @Test
    void it_goes_by_itself_a_while_after_the_last_word_or_when_it_is_forgotten() {
        keep(0, progress(0.5, ""), lines(1, "one"));
        for (String key : List.of(redis.keys().progress(job), redis.keys().log(job))) {
            long left = redis.call("look", jedis -> jedis.pttl(key));
            assertThat(left).isBetween(LIFE.minusMinutes(5).toMillis(), LIFE.toMillis());
        }
        notes.forget(job);
        assertThat(notes.progress(job, 0)).isEmpty();
        assertThat(notes.log(job, 10).lines()).isEmpty();
    }

    @Test
    void a_redis_that_fills_up_takes_none() {
        try (OwnRedis own = OwnRedis.start();
                Redis full = new Redis(RedisConfig.at(URI.create(own.uri()), "full"))) {
            JobNotes there = new JobNotes(full, LIFE);
            Note note = new Note(job, 0, progress(0.5, ""), List.of(), 0);
            assertThat(there.keep(List.of(note))).isTrue();
            full.call("filling", jedis -> jedis.set("ballast", "x".repeat(8_000_000)));
            full.call("a limit", jedis -> jedis.configSet("maxmemory", "11000000"));
            assertThat(there.keep(List.of(note))).isFalse();
        }
    }
}
