package io.millrace.api.job;

import io.millrace.api.http.JsonText;
import io.millrace.core.artifact.ArtifactStore.Artifact;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.JobProgress;
import io.millrace.core.job.ListedJob;
import io.millrace.core.job.LogLine;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.redis.JobNotes;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * Writes jobs in the form of {@link io.millrace.protocol.JobView}; a test reads it back as one. Fields without a value
 * are left out.
 */
final class JobJson {

    private JobJson() {}

    /** A job as it was accepted; the same bytes whenever it is told again. */
    static void accepted(JsonGenerator out, JobId id, Instant runAt, NewJob job) {
        Instant createdAt = id.createdAt();
        JobState state = runAt.isAfter(createdAt) ? JobState.SCHEDULED : JobState.READY;
        out.writeStartObject();
        head(out, id, job.type().value(), job.queue().value(), state, job.priority());
        out.writeNumberProperty("attempt", 0);
        options(out, job.options(), createdAt, runAt);
        expiresAt(out, job.expiresIn().map(createdAt::plus));
        tags(out, job.tags());
        uniqueKey(out, job.unique().map(UniqueKey::key));
        emptyArray(out, "attempts");
        emptyArray(out, "artifacts");
        out.writeEndObject();
    }

    /** A job as it is now. */
    static void details(JsonGenerator out, JobDetails job, List<Artifact> artifacts) {
        JobState state = job.state();
        out.writeStartObject();
        head(out, job.id(), job.type().value(), job.queue().value(), state, job.priority());
        out.writeNumberProperty("attempt", job.attempt());
        options(out, job.options(), job.id().createdAt(), job.runAt());
        expiresAt(out, job.expiresAt());
        times(out, job.startedAt(), job.finishedAt());
        tags(out, job.tags());
        uniqueKey(out, job.uniqueKey());
        job.result().ifPresent(result -> {
            out.writeName("result");
            out.writeRawValue(new String(result, StandardCharsets.UTF_8));
        });
        job.resultEnd().ifPresent(end -> {
            out.writeStringProperty("result_expires_at", JsonText.time(end.at()));
            out.writeBooleanProperty("result_expired", end.over());
        });
        if (state != JobState.SUCCEEDED) {
            job.failure().ifPresent(failure -> error(out, failure));
        }
        job.waitingReason().ifPresent(reason -> out.writeStringProperty("waiting_reason", reason));
        worker(out, state, job.worker());
        job.progress().ifPresent(progress -> progress(out, progress));
        attempts(out, job.attempts());
        artifacts(out, artifacts);
        out.writeEndObject();
    }

    /** A job in a list. */
    static void listed(JsonGenerator out, ListedJob job) {
        JobState state = job.state();
        JobId id = job.entry().id();
        out.writeStartObject();
        head(
                out,
                id,
                job.type().value(),
                job.queue().value(),
                state,
                job.entry().priority());
        out.writeNumberProperty("attempt", job.attempt());
        options(out, job.options(), id.createdAt(), job.runAt());
        times(out, job.startedAt(), job.finishedAt());
        tags(out, job.tags());
        uniqueKey(out, job.uniqueKey());
        if (state != JobState.SUCCEEDED) {
            job.failure().ifPresent(failure -> error(out, failure));
        }
        worker(out, state, job.worker());
        out.writeEndObject();
    }

    private static void times(JsonGenerator out, Optional<Instant> startedAt, Optional<Instant> finishedAt) {
        startedAt.ifPresent(at -> out.writeStringProperty("started_at", JsonText.time(at)));
        finishedAt.ifPresent(at -> out.writeStringProperty("finished_at", JsonText.time(at)));
    }

    private static void worker(JsonGenerator out, JobState state, Optional<String> worker) {
        if (state == JobState.RUNNING) {
            worker.ifPresent(holder -> out.writeStringProperty("worker", holder));
        }
    }

    private static void progress(JsonGenerator out, JobProgress progress) {
        out.writeName("progress");
        out.writeStartObject();
        out.writeNumberProperty("fraction", progress.fraction());
        progress.message().ifPresent(text -> out.writeStringProperty("message", JsonText.encodable(text)));
        out.writeStringProperty("at", JsonText.time(progress.at()));
        out.writeEndObject();
    }

    /** What was logged for a job. */
    static void log(JsonGenerator out, JobNotes.Log log) {
        out.writeStartObject();
        out.writeName("lines");
        out.writeStartArray();
        for (LogLine line : log.lines()) {
            line(out, line);
        }
        out.writeEndArray();
        out.writeNumberProperty("dropped", log.dropped());
        out.writeEndObject();
    }

    /** One line of a log. */
    static void line(JsonGenerator out, LogLine line) {
        out.writeStartObject();
        out.writeStringProperty("at", JsonText.time(line.at()));
        out.writeNumberProperty("attempt", line.attempt());
        out.writeStringProperty("text", JsonText.encodable(line.text()));
        out.writeEndObject();
    }

    private static void head(JsonGenerator out, JobId id, String type, String queue, JobState state, int priority) {
        out.writeStringProperty("id", id.toString());
        out.writeStringProperty("type", type);
        out.writeStringProperty("queue", queue);
        out.writeStringProperty("state", state.wireName());
        out.writeNumberProperty("priority", priority);
    }

    private static void options(JsonGenerator out, JobOptions options, Instant createdAt, Instant runAt) {
        out.writeNumberProperty("max_attempts", options.retry().maxAttempts());
        out.writeStringProperty("created_at", JsonText.time(createdAt));
        out.writeStringProperty("run_at", JsonText.time(runAt));
        out.writeStringProperty(
                "timeout", options.timeout().map(DurationText::format).orElse("none"));
        options.resultLife().ifPresent(life -> out.writeStringProperty("retain_result_for", DurationText.format(life)));
        options.trace().ifPresent(trace -> out.writeStringProperty("traceparent", trace.value()));
    }

    private static void expiresAt(JsonGenerator out, Optional<Instant> expiresAt) {
        expiresAt.ifPresent(at -> out.writeStringProperty("expires_at", JsonText.time(at)));
    }

    private static void tags(JsonGenerator out, List<String> tags) {
        out.writeName("tags");
        out.writeStartArray();
        tags.forEach(out::writeString);
        out.writeEndArray();
    }

    private static void uniqueKey(JsonGenerator out, Optional<String> key) {
        key.ifPresent(text -> out.writeStringProperty("unique_key", text));
    }

    private static void error(JsonGenerator out, JobDetails.Failure failure) {
        out.writeName("error");
        out.writeStartObject();
        failure(out, failure);
        out.writeEndObject();
    }

    private static void failure(JsonGenerator out, JobDetails.Failure failure) {
        out.writeStringProperty("reason", failure.reason());
        out.writeStringProperty("message", JsonText.encodable(failure.message()));
    }

    private static void attempts(JsonGenerator out, List<JobDetails.Attempt> attempts) {
        out.writeName("attempts");
        out.writeStartArray();
        for (JobDetails.Attempt attempt : attempts) {
            out.writeStartObject();
            out.writeNumberProperty("attempt", attempt.attempt());
            failure(out, attempt.failure());
            attempt.worker().ifPresent(worker -> out.writeStringProperty("worker", worker));
            attempt.startedAt().ifPresent(at -> out.writeStringProperty("started_at", JsonText.time(at)));
            out.writeStringProperty("finished_at", JsonText.time(attempt.finishedAt()));
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void artifacts(JsonGenerator out, List<Artifact> artifacts) {
        out.writeName("artifacts");
        out.writeStartArray();
        for (Artifact artifact : artifacts) {
            out.writeStartObject();
            out.writeStringProperty("name", artifact.name());
            out.writeNumberProperty("size", artifact.size());
            out.writeStringProperty("content_type", artifact.contentType());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void emptyArray(JsonGenerator out, String name) {
        out.writeName(name);
        out.writeStartArray();
        out.writeEndArray();
    }
}
