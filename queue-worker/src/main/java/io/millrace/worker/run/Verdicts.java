package io.millrace.worker.run;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.RetryPolicy;
import io.millrace.core.job.Verdict;
import io.millrace.core.retry.Backoff;
import io.millrace.protocol.Limits;
import io.millrace.worker.handler.HandlerRules;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.Reaction;
import io.millrace.worker.handler.RetryHint;
import io.millrace.worker.run.RunningJob.StopReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns what a handler did into what is recorded. Whatever a handler's classes throw while they are asked, there is a
 * verdict: without one the job would be held for ever. Safe for any number of threads.
 */
final class Verdicts {

    private static final Logger log = LoggerFactory.getLogger(Verdicts.class);
    private static final byte[] NO_RESULT = new byte[0];

    private final InstantSource clock;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final JsonMapper json = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** @param clock tells how far ahead a time is that a handler named */
    Verdicts(InstantSource clock) {
        this.clock = clock;
    }

    /** The handler returned. */
    Verdict success(@Nullable Object result) {
        if (result == null) {
            return new Verdict.Succeeded(NO_RESULT);
        }
        byte[] bytes;
        try {
            bytes = json.writeValueAsBytes(result);
        } catch (RuntimeException | StackOverflowError e) {
            return new Verdict.Died(FailureReason.PERMANENT, "the result cannot be written as JSON: " + Messages.of(e));
        }
        return bytes.length <= Limits.MAX_RESULT_BYTES
                ? new Verdict.Succeeded(bytes)
                : new Verdict.Died(
                        FailureReason.PERMANENT,
                        "the result has " + bytes.length + " bytes, the limit is " + Limits.MAX_RESULT_BYTES
                                + "; store it as an artifact");
    }

    /** The handler did not end by itself; empty when there is nothing to record, since the lease is another's. */
    Optional<Verdict> afterStop(RunningJob attempt, StopReason reason, String what) {
        return switch (reason) {
            case TIMEOUT -> {
                String message = "stopped after " + attempt.ran().toMillis() + " ms: " + what;
                yield Optional.of(Backoff.afterFailure(
                        attempt.options().retry(), attempt.attempt(), FailureReason.TIMEOUT, message, random));
            }
            case CANCEL -> Optional.of(new Verdict.Cancelled("the running handler was interrupted on request"));
            case SHUTDOWN -> Optional.of(new Verdict.HandedBack(Duration.ZERO));
            case LEASE_LOST -> Optional.empty();
        };
    }

    /** The handler threw of its own accord. */
    Verdict afterThrow(RunningJob attempt, HandlerRules rules, Throwable thrown) {
        log.debug("attempt {} of job {} failed", attempt.attempt(), attempt.jobId(), thrown);
        RetryPolicy policy = attempt.options().retry();
        String message = Messages.of(thrown);
        return switch (reaction(attempt, rules, thrown)) {
            case Reaction.Retry retry -> {
                Duration delay = hint(thrown)
                        .orElseGet(() -> Backoff.delay(retry.backoff().orElse(policy), attempt.attempt(), random));
                yield Backoff.afterFailure(policy, attempt.attempt(), FailureReason.ERROR, message, delay);
            }
            case Reaction.RetryAfter later ->
                Backoff.afterFailure(policy, attempt.attempt(), FailureReason.ERROR, message, bounded(later.delay()));
            case Reaction.Die dies -> new Verdict.Died(FailureReason.PERMANENT, message);
            case Reaction.HandBack back -> new Verdict.HandedBack(bounded(back.delay()));
            case Reaction.Discard discarded -> new Verdict.Discarded(message);
        };
    }

    private Reaction reaction(RunningJob attempt, HandlerRules rules, Throwable thrown) {
        if (thrown instanceof JobFailure steering) {
            return steering.reaction(clock.instant());
        }
        Reaction usual = Reaction.retry();
        try {
            return rules.reactionTo(thrown).orElse(usual);
        } catch (RuntimeException | StackOverflowError e) {
            log.warn("the rules of type {} failed, so the job is retried", attempt.type(), e);
            return usual;
        }
    }

    private static Optional<Duration> hint(Throwable thrown) {
        try {
            return thrown instanceof RetryHint hint ? hint.retryAfter().map(Verdicts::bounded) : Optional.empty();
        } catch (RuntimeException | StackOverflowError e) {
            log.warn("{} could not say when to retry", thrown.getClass().getName(), e);
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration delay) {
        if (delay.isNegative()) {
            return Duration.ZERO;
        }
        return delay.compareTo(Limits.MAX_DELAY) > 0 ? Limits.MAX_DELAY : delay;
    }
}
