package io.millrace.core.job;

import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A job that was asked for and is not yet accepted. Its parts were validated at the door; the constructor only refuses
 * what would break the engine.
 *
 * @param type what kind of work it is
 * @param queue where it waits
 * @param priority 0 to 9
 * @param start when it may start
 * @param expiresIn its start deadline, counted from acceptance: a job that no handler has begun by then is cancelled
 * @param options retry policy and timeout
 * @param tags at most {@link Limits#MAX_TAGS}
 * @param payload the JSON object as given, UTF-8; not copied, so the caller must not change it
 * @param key makes a repeated submit the same job
 * @param unique no other unfinished job of the queue has it
 */
public record NewJob(
        JobType type,
        QueueName queue,
        int priority,
        StartTime start,
        Optional<Duration> expiresIn,
        JobOptions options,
        List<String> tags,
        byte[] payload,
        Optional<IdempotencyKey> key,
        Optional<UniqueKey> unique) {

    /** @throws IllegalArgumentException when the priority is out of range, the payload too large or the deadline not ahead */
    public NewJob {
        if (priority < Limits.MIN_PRIORITY || priority > Limits.MAX_PRIORITY) {
            throw new IllegalArgumentException("priority " + priority + " is not 0 to 9");
        }
        if (payload.length > Limits.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("payload of " + payload.length + " bytes is over the limit");
        }
        if (expiresIn.isPresent() && !expiresIn.get().isPositive()) {
            throw new IllegalArgumentException("start deadline " + expiresIn.get() + " is not ahead");
        }
        tags = List.copyOf(tags);
    }

    /** A job of default options in the default queue of its type, to start now. */
    public static NewJob of(JobType type, byte[] payload) {
        return new NewJob(
                type,
                type.defaultQueue(),
                Limits.MIN_PRIORITY,
                StartTime.now(),
                Optional.empty(),
                JobOptions.DEFAULT,
                List.of(),
                payload,
                Optional.empty(),
                Optional.empty());
    }

    /** The same job in another queue. */
    public NewJob inQueue(QueueName other) {
        return new NewJob(type, other, priority, start, expiresIn, options, tags, payload, key, unique);
    }

    /** The same job with another priority. */
    public NewJob withPriority(int other) {
        return new NewJob(type, queue, other, start, expiresIn, options, tags, payload, key, unique);
    }

    /** The same job with a start time. */
    public NewJob startingAt(StartTime other) {
        return new NewJob(type, queue, priority, other, expiresIn, options, tags, payload, key, unique);
    }

    /** The same job with a start deadline. */
    public NewJob expiringIn(Duration time) {
        return new NewJob(type, queue, priority, start, Optional.of(time), options, tags, payload, key, unique);
    }

    /** The same job with other options. */
    public NewJob withOptions(JobOptions other) {
        return new NewJob(type, queue, priority, start, expiresIn, other, tags, payload, key, unique);
    }

    /** The same job with an idempotency key. */
    public NewJob withKey(IdempotencyKey other) {
        return new NewJob(type, queue, priority, start, expiresIn, options, tags, payload, Optional.of(other), unique);
    }

    /** The same job with a unique key. */
    public NewJob withUnique(UniqueKey other) {
        return new NewJob(type, queue, priority, start, expiresIn, options, tags, payload, key, Optional.of(other));
    }
}
