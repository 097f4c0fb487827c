package io.millrace.worker.handler;

import io.millrace.core.job.JobOptions;
import io.millrace.core.job.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What holds for every job of a type: how long an attempt may take, how failures are retried, and what becomes of the job
 * when the handler throws.
 *
 * <pre>{@code
 * HandlerRules.none()
 *         .timeout(Duration.ofMinutes(2))
 *         .attempts(5)
 *         .on(RateLimited.class, limited -> Reaction.retryAfter(limited.pause()))
 *         .on(BankClosed.class, Reaction.handBack(Duration.ofHours(1)))
 *         .on(IllegalArgumentException.class, Reaction.die())
 * }</pre>
 *
 * <p>What a job asked for at its submit wins over timeout and retry here. A {@link JobFailure} says itself what becomes of
 * the job, and no rule is asked. Of the rules for exceptions the first one that matches counts; an exception that no rule
 * matches is retried. An exception that is a {@link RetryHint} and says when, wins over the backoff. Failures because the
 * worker interrupted the handler (timeout, cancel, shutdown) never come here.
 *
 * <p>Immutable: every method returns new rules.
 */
public final class HandlerRules {

    private static final HandlerRules NONE = new HandlerRules(JobOptions.DEFAULT, List.of());

    private final JobOptions options;
    private final List<Rule<?>> errors;

    private record Rule<X extends Throwable>(
            Class<X> kind, Predicate<? super X> which, Function<? super X, Reaction> reaction) {

        Optional<Reaction> ask(Throwable thrown) {
            return kind.isInstance(thrown) && which.test(kind.cast(thrown))
                    ? Optional.of(reaction.apply(kind.cast(thrown)))
                    : Optional.empty();
        }
    }

    private HandlerRules(JobOptions options, List<Rule<?>> errors) {
        this.options = options;
        this.errors = List.copyOf(errors);
    }

    /** No rules: every job follows its own options and the defaults, every exception is retried. */
    public static HandlerRules none() {
        return NONE;
    }

    /**
     * How long an attempt may take before it is interrupted. Default: 30 min.
     *
     * @throws IllegalArgumentException when it is not positive or more than 7 days
     */
    public HandlerRules timeout(Duration atMost) {
        return new HandlerRules(options.withTimeout(Optional.of(atMost)), errors);
    }

    /** An attempt may take any time. */
    public HandlerRules noTimeout() {
        return new HandlerRules(options.withTimeout(Optional.empty()), errors);
    }

    /**
     * How many attempts may fail before the job is dead. Default: 10.
     *
     * @throws IllegalArgumentException when it is not 1 to 50
     */
    public HandlerRules attempts(int most) {
        RetryPolicy policy = options.retry();
        return retry(new RetryPolicy(most, policy.initialDelay(), policy.factor(), policy.maxDelay()));
    }

    /**
     * The bound of the first delay, what each is multiplied with for the next, and the largest. Default: 1 s, 2, 1 h.
     *
     * @throws IllegalArgumentException when a delay is negative or more than 7 days, or the factor is not 1 to 10
     */
    public HandlerRules backoff(Duration initial, double factor, Duration max) {
        return retry(new RetryPolicy(options.retry().maxAttempts(), initial, factor, max));
    }

    private HandlerRules retry(RetryPolicy policy) {
        return new HandlerRules(options.withRetry(policy), errors);
    }

    /** Adds a rule for exceptions of this class and its subclasses. */
    public HandlerRules on(Class<? extends Throwable> kind, Reaction reaction) {
        return on(kind, any -> true, any -> reaction);
    }

    /** Adds a rule for those exceptions of this class and its subclasses that pass a test, such as that of their code. */
    public <X extends Throwable> HandlerRules on(Class<X> kind, Predicate<? super X> which, Reaction reaction) {
        return on(kind, which, any -> reaction);
    }

    /** Adds a rule for exceptions of this class and its subclasses that depends on what they tell, such as a time. */
    public <X extends Throwable> HandlerRules on(Class<X> kind, Function<? super X, Reaction> reaction) {
        return on(kind, any -> true, reaction);
    }

    private <X extends Throwable> HandlerRules on(
            Class<X> kind, Predicate<? super X> which, Function<? super X, Reaction> reaction) {
        List<Rule<?>> more = new ArrayList<>(errors);
        more.add(new Rule<>(kind, which, reaction));
        return new HandlerRules(options, more);
    }

    /** How a job of this type is run that asked for this. */
    public JobOptions optionsOf(JobOptions asked) {
        return asked.over(options);
    }

    /**
     * What the first rule says that matches; empty when none does.
     *
     * @throws RuntimeException when a test or a function of the rules throws
     */
    public Optional<Reaction> reactionTo(Throwable thrown) {
        return errors.stream()
                .map(rule -> rule.ask(thrown))
                .flatMap(Optional::stream)
                .findFirst();
    }
}
