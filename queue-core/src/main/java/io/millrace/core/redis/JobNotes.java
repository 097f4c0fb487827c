package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.redis.Redis.Run;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What handlers say of their jobs while they work: progress and log lines. They live in Redis alone, for a while after
 * the last of them; nothing depends on them, and whoever loses Redis loses them. A Redis that fills up takes none: its room
 * is the index's. Safe for any number of threads.
 */
public final class JobNotes {

    private static final LuaScript NOTE = LuaScript.named("note");
    private static final LuaScript LOG_AFTER = LuaScript.named("log_after");

    private final Redis redis;
    private final Duration life;

    /**
     * What one run of a job has said since the last time.
     *
     * @param job the job
     * @param fence the run's: a later run is not spoken over
     * @param progress how far it is, if it said so
     * @param lines what it logged, the oldest first
     * @param dropped how many lines before these were not kept
     */
    public record Note(JobId job, int fence, Optional<JobProgress> progress, List<LogLine> lines, int dropped) {}

    /**
     * What is kept of a job's log.
     *
     * @param lines the last ones, the oldest of them first
     * @param dropped how many lines before them were not kept
     */
    public record Log(List<LogLine> lines, long dropped) {}

    /**
     * A part of a job's log, for one who reads on.
     *
     * @param lines in their order
     * @param first the number of the first of them. Lines are numbered from 1 on, in the order in which they were kept,
     *     and keep their number when those before them go
     */
    public record Part(List<LogLine> lines, long first) {}

    /**
     * @param redis where they are
     * @param life how long they are kept after the last of them
     */
    public JobNotes(Redis redis, Duration life) {
        this.redis = redis;
        this.life = life;
    }

    /**
     * Keeps notes, all on one way to Redis and back.
     *
     * @return false when Redis has no room for them; then nothing was kept
     * @throws IndexUnavailableException when Redis is away; some may have been kept
     */
    public boolean keep(List<Note> notes) {
        if (redis.isFilling()) {
            return false;
        }
        redis.runAll(NOTE, notes.stream().map(this::run).toList());
        return true;
    }

    private Run run(Note note) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(bytes(note.fence));
        arguments.add(
                text(note.progress.map(told -> Double.toString(told.fraction())).orElse("")));
        arguments.add(text(note.progress.flatMap(JobProgress::message).orElse("")));
        arguments.add(bytes(note.progress.map(told -> told.at().toEpochMilli()).orElse(0L)));
        arguments.add(bytes(note.dropped));
        arguments.add(bytes(Limits.MAX_LOG_LINES));
        arguments.add(bytes(life.toMillis()));
        note.lines.forEach(
                line -> arguments.add(text(line.at().toEpochMilli() + " " + line.attempt() + " " + line.text())));
        return new Run(redis.keys().ofJob(NOTE, note.job), arguments);
    }

    /** How far this run of a job has said it is. */
    public Optional<JobProgress> progress(JobId job, int fence) {
        Map<String, String> told = redis.call(
                "read of progress", jedis -> jedis.hgetAll(redis.keys().progress(job)));
        String fraction = told.get("fraction");
        if (fraction == null || !told.getOrDefault("fence", "").equals(Integer.toString(fence))) {
            return Optional.empty();
        }
        return Optional.of(new JobProgress(
                Double.parseDouble(fraction),
                Optional.of(told.getOrDefault("message", "")).filter(message -> !message.isEmpty()),
                Instant.ofEpochMilli(Long.parseLong(told.getOrDefault("at", "0")))));
    }

    /** The last lines that a job's runs have logged. */
    public Log log(JobId job, int last) {
        List<String> lines =
                redis.call("read of a log", jedis -> jedis.lrange(redis.keys().log(job), -last, -1));
        String dropped =
                redis.call("read of a log", jedis -> jedis.hget(redis.keys().progress(job), "dropped"));
        return new Log(lines.stream().map(JobNotes::line).toList(), dropped == null ? 0 : Long.parseLong(dropped));
    }

    /**
     * The lines behind the one of a number. A number that no line has had yet is one of a log that was lost with Redis: then
     * these are the first.
     *
     * @param number 0 for the first that are kept
     * @param most how many at most
     * @throws IndexUnavailableException when Redis is away
     */
    public Part after(JobId job, long number, int most) {
        List<?> answer =
                (List<?>) redis.run(LOG_AFTER, redis.keys().ofJob(LOG_AFTER, job), List.of(bytes(number), bytes(most)));
        List<LogLine> lines = ((List<?>) answer.get(1))
                .stream().map(line -> line(new String((byte[]) line, UTF_8))).toList();
        return new Part(lines, (Long) answer.get(0));
    }

    /** Forgets what was said of a job. */
    public void forget(JobId job) {
        redis.call(
                "removal of a log",
                jedis -> jedis.unlink(redis.keys().progress(job), redis.keys().log(job)));
    }

    private static LogLine line(String kept) {
        int attempt = kept.indexOf(' ') + 1;
        int text = kept.indexOf(' ', attempt) + 1;
        return new LogLine(
                Instant.ofEpochMilli(Long.parseLong(kept.substring(0, attempt - 1))),
                Integer.parseInt(kept.substring(attempt, text - 1)),
                kept.substring(text));
    }

    private static byte[] bytes(long value) {
        return text(Long.toString(value));
    }

    private static byte[] text(String value) {
        return value.getBytes(UTF_8);
    }
}
