package io.millrace.client;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one job, at growing intervals, until it has ended or the time is up. Asks at least once, and once more when
 * the time is up. Cancelling the result ends the asking.
 */
final class JobAwaiter {

    private static final Duration FIRST_INTERVAL = Duration.ofMillis(25);
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

    private final Calls calls;
    private final Transport transport;
    private final JobId id;
    private final Duration time;
    private final boolean mustSucceed;
    private final Instant until;
    private final CompletableFuture<JobView> result = new CompletableFuture<>();
    private Duration interval = FIRST_INTERVAL;
    private @Nullable JobView lastSeen;

    JobAwaiter(Calls calls, Transport transport, JobId id, Duration time, boolean mustSucceed) {
        this.calls = calls;
        this.transport = transport;
        this.id = id;
        this.time = time;
        this.mustSucceed = mustSucceed;
        this.until = transport.now().plus(time);
    }

    CompletableFuture<JobView> start() {
        ask();
        return result;
    }

    private void ask() {
        if (result.isDone()) {
            return;
        }
        try {
            var unused = calls.job(id, until).whenComplete(this::answered);
        } catch (IllegalStateException e) {
            result.completeExceptionally(e);
        }
    }

    private void answered(@Nullable JobView job, @Nullable Throwable thrown) {
        if (job == null) {
            Throwable cause =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            boolean timeUp = cause instanceof UnavailableException unavailable && unavailable.outOfTime();
            result.completeExceptionally(
                    timeUp || cause == null ? new AwaitTimeoutException(id, time, lastSeen, cause) : cause);
            return;
        }
        lastSeen = job;
        if (JobState.parse(job.state()).filter(JobState::isFinal).isPresent()) {
            if (mustSucceed && !job.state().equals(JobState.SUCCEEDED.wireName())) {
                result.completeExceptionally(new JobFailedException(job));
            } else {
                result.complete(job);
            }
            return;
        }
        askAgain();
    }

    private void askAgain() {
        Duration left = Duration.between(transport.now(), until);
        if (left.isNegative() || left.isZero()) {
            result.completeExceptionally(new AwaitTimeoutException(id, time, lastSeen, null));
            return;
        }
        Duration pause = interval.compareTo(left) < 0 ? interval : left;
        Duration next = interval.multipliedBy(3).dividedBy(2);
        interval = next.compareTo(LONGEST_INTERVAL) < 0 ? next : LONGEST_INTERVAL;
        var unused = transport.pause().of(pause).thenRunAsync(this::ask, transport.executor());
    }
}
