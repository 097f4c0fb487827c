package io.millrace.client.testing;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.JobView;
import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** One job of the fake service. Guarded by the service's lock. */
final class StoredJob {

    /** A file of a job. */
    record Artifact(String contentType, byte[] content) {}

    final JobId id;
    final JobType type;
    final String key;

    /** The request as it came, with defaults filled in: what another one with the same key must equal. */
    final JsonNode request;

    final Map<String, Artifact> artifacts = new LinkedHashMap<>();
    private final @Nullable String traceparent;
    private final Instant createdAt;
    private final List<JobView.AttemptView> attempts = new ArrayList<>();
    private JsonNode payload;
    private int priority;
    private Instant runAt;
    private @Nullable Instant expiresAt;
    private JobState state = JobState.READY;
    private int attempt;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private @Nullable Object result;
    private JobView.@Nullable ErrorView error;
    private int version = 1;
    private CompletableFuture<Void> ended = new CompletableFuture<>();

    StoredJob(JobId id, String key, Optional<String> traceparent, JsonNode request, Instant now) {
        this.id = id;
        this.key = key;
        this.traceparent = traceparent.orElse(null);
        this.request = request;
        this.type = new JobType(request.get("type").asString());
        this.createdAt = now;
        this.payload = request.get("payload");
        this.priority = request.get("priority").asInt();
        this.runAt = SubmitCheck.moment(request, "run_at")
                .or(() -> SubmitCheck.duration(request, "delay").map(now::plus))
                .filter(start -> start.isAfter(now))
                .orElse(now);
        this.expiresAt =
                SubmitCheck.duration(request, "expires_in").map(now::plus).orElse(null);
    }

    /** Fills in what a submit leaves to the service, so that equal requests are equal. */
    static JsonNode withDefaults(ObjectNode submit) {
        ObjectNode full = submit.deepCopy();
        full.remove("idempotency_key");
        full.remove("traceparent");
        JobType type = new JobType(full.get("type").asString());
        full.putIfAbsent("queue", StringNode.valueOf(type.defaultQueue().value()));
        full.putIfAbsent("priority", IntNode.valueOf(Limits.MIN_PRIORITY));
        if (!full.has("run_at")) {
            full.putIfAbsent("delay", text(Duration.ZERO));
        }
        full.putIfAbsent("timeout", text(Limits.DEFAULT_TIMEOUT));
        full.putIfAbsent("tags", full.arrayNode());
        if (full.has("unique_key")) {
            full.putIfAbsent("unique_on_conflict", StringNode.valueOf(OnConflict.REJECT.wireName()));
        }
        ObjectNode retry = full.withObject("/retry");
        retry.putIfAbsent("max_attempts", IntNode.valueOf(Limits.DEFAULT_MAX_ATTEMPTS));
        retry.putIfAbsent("initial_delay", text(Limits.DEFAULT_INITIAL_DELAY));
        retry.putIfAbsent("factor", DoubleNode.valueOf(Limits.DEFAULT_BACKOFF_FACTOR));
        retry.putIfAbsent("max_delay", text(Limits.DEFAULT_MAX_RETRY_DELAY));
        return full;
    }

    private static StringNode text(Duration duration) {
        return StringNode.valueOf(DurationText.format(duration));
    }

    /** Lets what was due by now happen: a job whose start deadline is over ends. */
    void passTo(Instant now) {
        if (expiresAt != null && !isFinal() && !now.isBefore(expiresAt)) {
            expiresAt = null;
            finish(JobState.CANCELLED, "expired", "no handler began it in time", null, now);
        }
    }

    /** The key that no other unfinished job of its queue has. */
    Optional<String> uniqueKey() {
        return Optional.ofNullable(request.get("unique_key")).map(JsonNode::asString);
    }

    /** Whether it has the unique key of a request. */
    boolean holdsKeyOf(JsonNode other) {
        return !isFinal()
                && uniqueKey().isPresent()
                && request.get("unique_key").equals(other.get("unique_key"))
                && request.get("queue").equals(other.get("queue"));
    }

    /** Whether it takes what another request brings. */
    boolean isReplaceableBy(JsonNode other) {
        return state == JobState.READY && request.get("type").equals(other.get("type"));
    }

    JobState state(Instant now) {
        return state == JobState.READY && runAt.isAfter(now) ? JobState.SCHEDULED : state;
    }

    boolean isFinal() {
        return state.isFinal();
    }

    /** Completes when the job ends. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    String etag() {
        return '"' + Integer.toHexString(version) + '"';
    }

    String payload() {
        return payload.toString();
    }

    void begin(Instant now) {
        if (state(now) != JobState.READY) {
            throw new IllegalStateException(
                    "job " + id + " is " + state(now).wireName() + " and cannot begin; only ready jobs can");
        }
        state = JobState.RUNNING;
        attempt++;
        startedAt = now;
        expiresAt = null;
        version++;
    }

    void end(JobState as, String reason, String message, Object value, Instant now) {
        if (state != JobState.RUNNING) {
            begin(now);
        }
        if (as == JobState.DEAD) {
            attempts.add(new JobView.AttemptView(attempt, reason, message, "fake", startedAt, now));
        }
        finish(as, reason, message, as == JobState.SUCCEEDED ? value : null, now);
    }

    void cancel(Instant now) {
        requireState(!isFinal(), "cancelled; only jobs that have not ended can be", now);
        finish(JobState.CANCELLED, "cancelled", "cancelled by request", null, now);
    }

    void redrive(Instant now) {
        requireState(
                state == JobState.DEAD || state == JobState.CANCELLED,
                "redriven; only dead and cancelled jobs can be",
                now);
        state = JobState.READY;
        runAt = now;
        attempt = 0;
        finishedAt = null;
        error = null;
        ended = new CompletableFuture<>();
        version++;
    }

    void edit(JsonNode change, Instant now) {
        boolean timed = change.has("delay") || change.has("run_at");
        requireState(
                state == JobState.READY || ((state == JobState.DEAD || state == JobState.CANCELLED) && !timed),
                "changed so",
                now);
        payload = Optional.ofNullable(change.get("payload")).orElse(payload);
        priority =
                Optional.ofNullable(change.get("priority")).map(JsonNode::asInt).orElse(priority);
        Optional<Duration> delay = SubmitCheck.duration(change, "delay");
        runAt = SubmitCheck.moment(change, "run_at")
                .or(() -> delay.map(now::plus))
                .orElse(runAt);
        version++;
    }

    void requireRemovable(Instant now) {
        requireState(isFinal(), "removed; cancel it, or wait for its end", now);
    }

    JobView view(Instant now) {
        return new JobView(
                id.toString(),
                type.value(),
                request.get("queue").asString(),
                state(now).wireName(),
                priority,
                attempt,
                request.at("/retry/max_attempts").asInt(),
                createdAt,
                runAt,
                expiresAt,
                startedAt,
                finishedAt,
                request.get("timeout").asString(),
                SubmitCheck.duration(request, "retain_result_for")
                        .map(DurationText::format)
                        .orElse(null),
                traceparent,
                request.get("tags").valueStream().map(JsonNode::asString).toList(),
                uniqueKey().orElse(null),
                resultExpired(now) ? null : result,
                resultExpiresAt(),
                resultExpiresAt() == null ? null : resultExpired(now),
                error,
                null,
                state == JobState.RUNNING ? "fake" : null,
                null,
                List.copyOf(attempts),
                (resultExpired(now) ? Map.<String, Artifact>of() : artifacts)
                        .entrySet().stream()
                                .map(file -> new JobView.ArtifactView(
                                        file.getKey(),
                                        file.getValue().content().length,
                                        file.getValue().contentType()))
                                .toList());
    }

    private @Nullable Instant resultExpiresAt() {
        return state == JobState.SUCCEEDED && finishedAt != null
                ? SubmitCheck.duration(request, "retain_result_for")
                        .map(finishedAt::plus)
                        .orElse(null)
                : null;
    }

    private boolean resultExpired(Instant now) {
        Instant end = resultExpiresAt();
        return end != null && !now.isBefore(end);
    }

    void attach(String name, Artifact file) {
        artifacts.put(name, file);
        version++;
    }

    private void finish(JobState as, String reason, String message, @Nullable Object value, Instant now) {
        state = as;
        finishedAt = now;
        result = value;
        error = as == JobState.SUCCEEDED ? null : new JobView.ErrorView(reason, message);
        version++;
        ended.complete(null);
    }

    private void requireState(boolean holds, String what, Instant now) {
        if (!holds) {
            throw new Refusal(
                    ErrorCode.STATE_CONFLICT,
                    "job " + id + " is " + state(now).wireName() + " and cannot be " + what,
                    List.of());
        }
    }
}
