package io.millrace.core.postgres;

import io.millrace.core.job.JobOptions;
import io.millrace.core.job.RetryPolicy;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The column {@code job.options}: JSON of what a job's submit asked for, null where it asked for nothing. */
final class OptionsText {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long NO_LIMIT = 0;

    /** A statement reads {@code retain_result_ms} by this name. */
    private record Stored(
            @Nullable Retry retry,
            @Nullable Long timeout_ms,
            @Nullable Long retain_result_ms,
            @Nullable String traceparent) {}

    private record Retry(int max_attempts, long initial_delay_ms, double factor, long max_delay_ms) {

        static Retry of(RetryPolicy policy) {
            return new Retry(
                    policy.maxAttempts(),
                    policy.initialDelay().toMillis(),
                    policy.factor(),
                    policy.maxDelay().toMillis());
        }

        RetryPolicy policy() {
            return new RetryPolicy(
                    max_attempts, Duration.ofMillis(initial_delay_ms), factor, Duration.ofMillis(max_delay_ms));
        }
    }

    private OptionsText() {}

    static @Nullable String write(JobOptions options) {
        if (!options.ownRetry()
                && !options.ownTimeout()
                && options.resultLife().isEmpty()
                && options.trace().isEmpty()) {
            return null;
        }
        return JSON.writeValueAsString(new Stored(
                options.ownRetry() ? Retry.of(options.retry()) : null,
                options.ownTimeout() ? options.timeout().map(Duration::toMillis).orElse(NO_LIMIT) : null,
                options.resultLife().map(Duration::toMillis).orElse(null),
                options.trace().map(TraceParent::value).orElse(null)));
    }

    static JobOptions read(@Nullable String text) {
        JobOptions options = JobOptions.DEFAULT;
        if (text == null) {
            return options;
        }
        Stored stored = JSON.readValue(text, Stored.class);
        if (stored.retry != null) {
            options = options.withRetry(stored.retry.policy());
        }
        if (stored.timeout_ms != null) {
            options = options.withTimeout(
                    Optional.of(stored.timeout_ms).filter(ms -> ms != NO_LIMIT).map(Duration::ofMillis));
        }
        if (stored.retain_result_ms != null) {
            options = options.withResultLife(Duration.ofMillis(stored.retain_result_ms));
        }
        if (stored.traceparent != null) {
            options = options.withTrace(new TraceParent(stored.traceparent));
        }
        return options;
    }
}
