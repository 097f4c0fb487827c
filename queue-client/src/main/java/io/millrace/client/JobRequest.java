package io.millrace.client;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One job to be submitted. Immutable: each method returns a new request, so a prepared one can be shared between threads
 * and submitted any number of times. Starts at {@link Job#of(String)}; what is not said is left to the service.
 *
 * <p>Options are checked here against {@link Limits}, with an {@link IllegalArgumentException} that names the rule. The
 * payload is written when the job is submitted, not before.
 */
public final class JobRequest {

    private final JobType type;
    private final Object payload;
    private final List<String> tags;
    private final @Nullable QueueName queue;
    private final @Nullable Integer priority;
    private final @Nullable Duration delay;
    private final @Nullable Instant runAt;
    private final @Nullable Duration expiresIn;
    private final @Nullable Retry retry;
    private final @Nullable String timeout;
    private final @Nullable Duration resultLife;
    private final @Nullable TraceParent trace;
    private final @Nullable String uniqueKey;
    private final @Nullable OnConflict onConflict;
    private final @Nullable String idempotencyKey;

    private JobRequest(Draft draft) {
        this.type = draft.type;
        this.payload = draft.payload;
        this.tags = List.copyOf(draft.tags);
        this.queue = draft.queue;
        this.priority = draft.priority;
        this.delay = draft.delay;
        this.runAt = draft.runAt;
        this.expiresIn = draft.expiresIn;
        this.retry = draft.retry;
        this.timeout = draft.timeout;
        this.resultLife = draft.resultLife;
        this.trace = draft.trace;
        this.uniqueKey = draft.uniqueKey;
        this.onConflict = draft.onConflict;
        this.idempotencyKey = draft.idempotencyKey;
    }

    static JobRequest of(JobType type) {
        return new JobRequest(new Draft(type));
    }

    /**
     * What the handler works on: {@link RawJson}, or anything that the client's payload mapper can write. At most
     * {@link Limits#MAX_PAYLOAD_BYTES} of JSON.
     */
    public JobRequest payload(Object payload) {
        return with(draft -> draft.payload = payload);
    }

    /**
     * The queue to wait in. Default: the queue of the type.
     *
     * @throws IllegalArgumentException when the name breaks {@link QueueName#RULE}
     */
    public JobRequest queue(String queue) {
        return queue(new QueueName(queue));
    }

    /** As {@link #queue(String)}. */
    public JobRequest queue(QueueName queue) {
        return with(draft -> draft.queue = queue);
    }

    /**
     * From {@link Limits#MIN_PRIORITY}, the default, to {@link Limits#MAX_PRIORITY}, the most urgent.
     *
     * @throws IllegalArgumentException when it is out of range
     */
    public JobRequest priority(int priority) {
        require(
                priority >= Limits.MIN_PRIORITY && priority <= Limits.MAX_PRIORITY,
                "priority must be " + Limits.MIN_PRIORITY + " to " + Limits.MAX_PRIORITY + ", not " + priority);
        return with(draft -> draft.priority = priority);
    }

    /**
     * How long to wait before the job may start, counted from its acceptance, to the millisecond; replaces
     * {@link #runAt}.
     *
     * @throws IllegalArgumentException when it is negative or longer than {@link Limits#MAX_DELAY}
     */
    public JobRequest delay(Duration delay) {
        require(
                !delay.isNegative() && delay.compareTo(Limits.MAX_DELAY) <= 0,
                "delay must be 0 to " + DurationText.format(Limits.MAX_DELAY) + ", not " + delay);
        return with(draft -> {
            draft.delay = delay;
            draft.runAt = null;
        });
    }

    /** The moment from which the job may start; one in the past means at once; replaces {@link #delay}. */
    public JobRequest runAt(Instant runAt) {
        return with(draft -> {
            draft.runAt = runAt;
            draft.delay = null;
        });
    }

    /**
     * A start deadline, to the millisecond, counted from the job's acceptance: a job that no handler has begun by then ends
     * as cancelled, with the reason {@code expired}. It must end after {@link #delay} or {@link #runAt}. Once a handler
     * has begun it holds no more, whatever becomes of that attempt. Default: none.
     *
     * @throws IllegalArgumentException when it is not {@link Limits#SHORTEST_EXPIRY} to {@link Limits#LONGEST_EXPIRY}
     */
    public JobRequest expiresIn(Duration time) {
        require(
                time.compareTo(Limits.SHORTEST_EXPIRY) >= 0 && time.compareTo(Limits.LONGEST_EXPIRY) <= 0,
                "expiresIn must be " + DurationText.format(Limits.SHORTEST_EXPIRY) + " to "
                        + DurationText.format(Limits.LONGEST_EXPIRY) + ", not " + time);
        return with(draft -> draft.expiresIn = time);
    }

    /** How often and after which delays a failed attempt is repeated. */
    public JobRequest retry(Retry retry) {
        return with(draft -> draft.retry = retry);
    }

    /**
     * How long one attempt may take, to the millisecond. Default: {@link Limits#DEFAULT_TIMEOUT}.
     *
     * @throws IllegalArgumentException when it is under a millisecond or longer than {@link Limits#MAX_TIMEOUT}
     */
    public JobRequest timeout(Duration timeout) {
        require(
                timeout.compareTo(Duration.ofMillis(1)) >= 0 && timeout.compareTo(Limits.MAX_TIMEOUT) <= 0,
                "timeout must be 1ms to " + DurationText.format(Limits.MAX_TIMEOUT) + ", not " + timeout
                        + "; use noTimeout() for none");
        return with(draft -> draft.timeout = DurationText.format(timeout));
    }

    /** Lets an attempt take as long as it wants. */
    public JobRequest noTimeout() {
        return with(draft -> draft.timeout = "none");
    }

    /**
     * How long the job's result and files are kept after its success, to the millisecond; never longer than the job itself.
     * Default: as long as the job.
     *
     * @throws IllegalArgumentException when it is not {@link Limits#SHORTEST_RESULT_LIFE} to
     *     {@link Limits#LONGEST_RESULT_LIFE}
     */
    public JobRequest retainResultFor(Duration time) {
        require(
                time.compareTo(Limits.SHORTEST_RESULT_LIFE) >= 0 && time.compareTo(Limits.LONGEST_RESULT_LIFE) <= 0,
                "retainResultFor must be " + DurationText.format(Limits.SHORTEST_RESULT_LIFE) + " to "
                        + DurationText.format(Limits.LONGEST_RESULT_LIFE) + ", not " + time);
        return with(draft -> draft.resultLife = time);
    }

    /**
     * The {@code traceparent} (W3C Trace Context) of the step that asks for the job; its handler is told. One that is not
     * valid is ignored, as that standard has it: tracing does not stand in the way of a submit.
     */
    public JobRequest traceparent(String traceparent) {
        return with(draft -> draft.trace = TraceParent.parse(traceparent).orElse(null));
    }

    /**
     * Adds a tag to find the job by.
     *
     * @throws IllegalArgumentException when it is empty or longer than {@link Limits#MAX_TAG_LENGTH} characters, or there
     *     are {@link Limits#MAX_TAGS} already
     */
    public JobRequest tag(String tag) {
        require(
                !tag.isEmpty() && tag.length() <= Limits.MAX_TAG_LENGTH,
                "a tag must have 1 to " + Limits.MAX_TAG_LENGTH + " characters, not " + tag.length());
        require(tags.size() < Limits.MAX_TAGS, "a job can have " + Limits.MAX_TAGS + " tags, not more");
        return with(draft -> draft.tags.add(tag));
    }

    /**
     * A key that no other unfinished job of the queue may have: for work that must not wait twice, such as
     * {@code sync-customer-17}. As {@link #uniqueKey(String, OnConflict)} with {@link OnConflict#REJECT}.
     *
     * @throws IllegalArgumentException when it is not 1 to {@link Limits#MAX_UNIQUE_KEY_LENGTH} printable ASCII characters
     */
    public JobRequest uniqueKey(String key) {
        return uniqueKey(key, OnConflict.REJECT);
    }

    /**
     * A key that no other unfinished job of the queue may have, from this job's acceptance to its end. It is apart from the
     * idempotency key, which makes one submit safe to repeat.
     *
     * @param onConflict what becomes of the submit when another job has it: {@link UniqueConflictException}, or a handle
     *     whose {@link JobHandle#outcome()} tells that it is of that job
     * @throws IllegalArgumentException as {@link #uniqueKey(String)}
     */
    public JobRequest uniqueKey(String key, OnConflict onConflict) {
        requireKey("a unique key", key, Limits.MAX_UNIQUE_KEY_LENGTH);
        return with(draft -> {
            draft.uniqueKey = key;
            draft.onConflict = onConflict;
        });
    }

    /**
     * The key under which the service makes one job, however often the request arrives; choose one that names the
     * business event, such as {@code invoice-4711-reminder}, to be safe across restarts of the producer too. Default: a
     * random key for each submit, which covers the SDK's own repeats.
     *
     * @throws IllegalArgumentException when it is not 1 to {@link Limits#MAX_IDEMPOTENCY_KEY_LENGTH} printable ASCII
     *     characters
     */
    public JobRequest idempotencyKey(String key) {
        requireKey("an idempotency key", key, Limits.MAX_IDEMPOTENCY_KEY_LENGTH);
        return with(draft -> draft.idempotencyKey = key);
    }

    /** The type of the job. */
    public JobType type() {
        return type;
    }

    /** The key, where one was given; the requests inside a {@link BulkResult} always have theirs. */
    public Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    boolean replaces() {
        return onConflict == OnConflict.REPLACE;
    }

    Object payload() {
        return payload;
    }

    /** What goes into the header {@code traceparent}. */
    @Nullable
    String traceparent() {
        return trace == null ? null : trace.value();
    }

    /**
     * Everything but the payload, as the wire has it.
     *
     * @param withKey whether it is an item among others, which carries in itself what a single submit has in headers
     */
    SubmitBody body(boolean withKey) {
        return new SubmitBody(
                type.value(),
                queue == null ? null : queue.value(),
                priority,
                delay == null ? null : DurationText.format(delay),
                runAt == null ? null : runAt.toString(),
                expiresIn == null ? null : DurationText.format(expiresIn),
                retry == null ? null : retry.body(),
                timeout,
                resultLife == null ? null : DurationText.format(resultLife),
                tags.isEmpty() ? null : tags,
                uniqueKey,
                onConflict == null ? null : onConflict.wireName(),
                withKey ? idempotencyKey : null,
                withKey && trace != null ? trace.value() : null);
    }

    /** Without the payload, which may hold what must not be in a log. */
    @Override
    public String toString() {
        return "JobRequest[type=" + type + ", options=" + body(true) + "]";
    }

    private JobRequest with(Consumer<Draft> change) {
        var draft = new Draft(type);
        draft.payload = payload;
        draft.tags.addAll(tags);
        draft.queue = queue;
        draft.priority = priority;
        draft.delay = delay;
        draft.runAt = runAt;
        draft.expiresIn = expiresIn;
        draft.retry = retry;
        draft.timeout = timeout;
        draft.resultLife = resultLife;
        draft.trace = trace;
        draft.uniqueKey = uniqueKey;
        draft.onConflict = onConflict;
        draft.idempotencyKey = idempotencyKey;
        change.accept(draft);
        return new JobRequest(draft);
    }

    static void requireKey(String what, String key, int longest) {
        require(
                !key.isEmpty() && key.length() <= longest && key.chars().allMatch(c -> c >= ' ' && c <= '~'),
                what + " must have 1 to " + longest + " printable ASCII characters");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    /** The one mutable form, which never leaves this class. */
    private static final class Draft {
        final JobType type;
        final List<String> tags = new ArrayList<>();
        Object payload = Map.of();

        @Nullable
        QueueName queue;

        @Nullable
        Integer priority;

        @Nullable
        Duration delay;

        @Nullable
        Instant runAt;

        @Nullable
        Duration expiresIn;

        @Nullable
        Retry retry;

        @Nullable
        String timeout;

        @Nullable
        Duration resultLife;

        @Nullable
        TraceParent trace;

        @Nullable
        String uniqueKey;

        @Nullable
        OnConflict onConflict;

        @Nullable
        String idempotencyKey;

        Draft(JobType type) {
            this.type = type;
        }
    }
}
