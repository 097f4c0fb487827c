package io.millrace.browsertest;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pieces of what the API sends, as it would send them. */
final class Snapshots {

    /** The time of everything here; the page shows ages by the server's clock, not by its own. */
    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private Snapshots() {}

    static Map<String, Object> empty() {
        return of(List.of(), List.of(), List.of());
    }

    static Map<String, Object> of(
            List<? extends Map<String, ?>> queues,
            List<? extends Map<String, ?>> workers,
            List<? extends Map<String, ?>> failures) {
        return Map.of(
                "at", NOW.toString(),
                "queues", queues,
                "workers", workers,
                "failures", failures,
                "servers", Map.of("postgres", "up", "redis", "up"));
    }

    static Map<String, Object> queue(String name, long ready) {
        Map<String, Object> queue = new HashMap<>(Map.of(
                "name",
                name,
                "ready",
                ready,
                "scheduled",
                3,
                "running",
                2,
                "dead",
                1,
                "oldest_ready_age_seconds",
                75.4,
                "in_per_second",
                12.34,
                "out_per_second",
                11.0,
                "paused",
                false,
                "indexed",
                true));
        queue.put("a_field_of_a_later_release", List.of(1));
        return queue;
    }

    static Map<String, Object> worker(String id, String host) {
        return new HashMap<>(Map.of(
                "id",
                id,
                "host",
                host,
                "pid",
                4711,
                "started_at",
                NOW.minusSeconds(3_700).toString(),
                "seen_at",
                NOW.minusSeconds(1).toString(),
                "queues",
                List.of(Map.of("queue", "email", "concurrency", 50)),
                "types",
                List.of("email.send"),
                "running",
                2,
                "state",
                "active"));
    }

    static Map<String, Object> failure(String jobId, String message) {
        return new HashMap<>(Map.of(
                "job_id",
                jobId,
                "type",
                "email.send",
                "queue",
                "email",
                "attempt",
                10,
                "reason",
                "error",
                "message",
                message,
                "at",
                NOW.minusSeconds(42).toString(),
                "state",
                "dead"));
    }

    static Map<String, Object> deadJob(String id, String message) {
        Map<String, Object> job = new HashMap<>(Map.of(
                "id",
                id,
                "type",
                "email.send",
                "queue",
                "email",
                "state",
                "dead",
                "priority",
                0,
                "attempt",
                2,
                "max_attempts",
                2,
                "timeout",
                "30m",
                "tags",
                List.of("welcome")));
        job.put("created_at", NOW.minusSeconds(90).toString());
        job.put("run_at", NOW.minusSeconds(90).toString());
        job.put("finished_at", NOW.minusSeconds(42).toString());
        job.put("error", Map.of("reason", "error", "message", message));
        job.put("attempts", List.of(attempt(1, "the mail server was asleep"), attempt(2, message)));
        job.put("artifacts", List.of());
        return job;
    }

    static Map<String, Object> redriven(Map<String, ?> job) {
        Map<String, Object> again = new HashMap<>(job);
        again.put("state", "ready");
        again.remove("finished_at");
        return again;
    }

    private static Map<String, Object> attempt(int number, String message) {
        return Map.of(
                "attempt",
                number,
                "reason",
                "error",
                "message",
                message,
                "worker",
                "w-1",
                "started_at",
                NOW.minusSeconds(80).toString(),
                "finished_at",
                NOW.minusSeconds(60).toString());
    }
}
