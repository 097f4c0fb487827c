package io.millrace.client;

import io.millrace.client.Carrier.Answer;
import io.millrace.client.Judge.Verdict;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call from its first attempt to its answer. Attempts follow each other, never overlap; the result completes exactly
 * once, on a thread of the client, and once it is complete no further attempt is begun.
 */
final class Exchange {

    /** An attempt that has begun is given this long even when less is left, since one cut short is sure to be wasted. */
    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

    /** Shorter than the minute after which proxies give up on a silent connection, and than the service's own limit. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final Logger LOG = System.getLogger(Exchange.class.getName());

    private final Transport transport;
    private final Call call;
    private final Instant begun;
    private final Instant deadline;
    private final CompletableFuture<Answer> result = new CompletableFuture<>();
    private int failures;

    Exchange(Transport transport, Call call, Instant deadline) {
        this.transport = transport;
        this.call = call;
        this.begun = transport.now();
        this.deadline = deadline;
    }

    CompletableFuture<Answer> result() {
        return result;
    }

    void attempt() {
        if (result.isDone()) {
            return;
        }
        Duration wait = waitTime();
        Duration time = attemptTime(wait);
        CompletableFuture<Answer> sent = transport.send(call, wait, time);
        var unusedEnd = result.whenComplete((answer, thrown) -> {
            if (thrown != null) {
                sent.cancel(true);
            }
        });
        // The request's own timeout ends with the answer's head; this one covers the body too.
        var unusedVerdict = sent.copy()
                .orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync((answer, thrown) -> ended(sent, answer, thrown), transport.executor());
    }

    /** Ends the call without an answer, because the client is being closed. */
    void abandon() {
        giveUp(Failure.unreadable("the client was closed", null), false);
    }

    /** How long the service may hold this attempt's answer back. */
    private Duration waitTime() {
        Instant until = call.extras().waitUntil();
        if (until == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(transport.now(), until);
        if (left.toMillis() <= 0) {
            return Duration.ZERO;
        }
        return shorter(left, LONGEST_WAIT);
    }

    /** An answer that is held back comes when the time is up: its attempt must live a little longer than that. */
    private Duration attemptTime(Duration wait) {
        Duration left = Duration.between(transport.now(), deadline);
        Duration least = wait.plus(SHORTEST_ATTEMPT);
        return shorter(left.compareTo(least) < 0 ? least : left, wait.plus(transport.requestTimeout()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void ended(CompletableFuture<Answer> sent, @Nullable Answer answer, @Nullable Throwable thrown) {
        try {
            if (thrown != null || answer == null) {
                sent.cancel(true);
                settle(transport.judge().threw(cause(thrown)));
            } else {
                settle(transport.judge().answered(call, answer));
            }
        } catch (RuntimeException e) {
            // Without this the caller would wait for ever for a result that nothing will complete.
            result.completeExceptionally(e);
        }
    }

    private void settle(Verdict verdict) {
        if (verdict instanceof Verdict.Done done) {
            result.complete(done.answer());
        } else if (verdict instanceof Verdict.Refused refused) {
            result.completeExceptionally(RejectedException.of(call.attempted(), refused.problem()));
        } else if (verdict instanceof Verdict.Failed failed) {
            repeatOrGiveUp(failed.failure());
        }
    }

    private void repeatOrGiveUp(Failure failure) {
        failures++;
        if (!call.mayRepeatAfter(failure)) {
            giveUp(failure, false);
            return;
        }
        Duration pause = transport.backoff().after(failure, failures);
        if (transport.now().plus(pause).isBefore(deadline)) {
            LOG.log(
                    Level.DEBUG,
                    () -> call.attempted() + ": attempt " + failures + " failed, " + failure.happened() + "; again in "
                            + pause);
            var unusedPause = transport.pause().of(pause).thenRunAsync(this::attempt, transport.executor());
            return;
        }
        giveUp(failure, true);
    }

    private void giveUp(Failure last, boolean outOfTime) {
        String message = call.attempted() + ": no usable answer after " + failures
                + (failures == 1 ? " attempt" : " attempts") + " in "
                + Duration.between(begun, transport.now()).toMillis() + " ms; last, " + last.happened() + ". "
                + call.remedy();
        result.completeExceptionally(new UnavailableException(message, call.idempotencyKey(), last, outOfTime));
    }

    private static Throwable cause(@Nullable Throwable thrown) {
        if (thrown instanceof CompletionException && thrown.getCause() != null) {
            return thrown.getCause();
        }
        return thrown == null ? new IllegalStateException("no answer") : thrown;
    }
}
