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
 * Asks for one job, again and again, until it has ended or the time is up. The service holds each answer back until the
 * job has ended, so the result is there a moment later. Cancelling the result ends the asking.
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
        Instant asked = transport.now();
        try {
            CompletableFuture<JobView> answer = calls.ended(id, until);
            var unusedEnd = result.whenComplete((job, thrown) -> answer.cancel(true));
            var unused = answer.whenComplete((job, thrown) -> answered(asked, job, thrown));
        } catch (IllegalStateException e) {
            result.completeExceptionally(e);
        }
    }

    private void answered(Instant asked, @Nullable JobView job, @Nullable Throwable thrown) {
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
        askAgain(asked);
    }

    private void askAgain(Instant asked) {
        Instant now = transport.now();
        Duration left = Duration.between(now, until);
        if (left.isNegative() || left.isZero()) {
            result.completeExceptionally(new AwaitTimeoutException(id, time, lastSeen, null));
            return;
        }
        if (Duration.between(asked, now).compareTo(LONGEST_INTERVAL) >= 0) {
            interval = FIRST_INTERVAL;
            ask();
            return;
        }
        // Answered at once although the job goes on: whatever stands between does not hold answers back, so go easy on
        // it.
        Duration pause = interval.compareTo(left) < 0 ? interval : left;
        Duration next = interval.multipliedBy(3).dividedBy(2);
        interval = next.compareTo(LONGEST_INTERVAL) < 0 ? next : LONGEST_INTERVAL;
        var unused = transport.pause().of(pause).thenRunAsync(this::ask, transport.executor());
    }
}
