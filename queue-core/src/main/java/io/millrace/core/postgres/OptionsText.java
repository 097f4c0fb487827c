package io.millrace.core.postgres;

import io.millrace.core.job.JobOptions;
import io.millrace.core.job.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The column {@code job.options}: JSON where a job's options differ from the defaults, else null. */
final class OptionsText {

    private static final JsonMapper JSON = JsonMapper.shared();

    private record Stored(
            int max_attempts,
            long initial_delay_ms,
            double factor,
            long max_delay_ms,
            @Nullable Long timeout_ms) {}

    private OptionsText() {}

    static @Nullable String write(JobOptions options) {
        if (options.equals(JobOptions.DEFAULT)) {
            return null;
        }
        RetryPolicy retry = options.retry();
        return JSON.writeValueAsString(new Stored(
                retry.maxAttempts(),
                retry.initialDelay().toMillis(),
                retry.factor(),
                retry.maxDelay().toMillis(),
                options.timeout().map(Duration::toMillis).orElse(null)));
    }

    static JobOptions read(@Nullable String text) {
        if (text == null) {
            return JobOptions.DEFAULT;
        }
        Stored stored = JSON.readValue(text, Stored.class);
        RetryPolicy retry = new RetryPolicy(
                stored.max_attempts,
                Duration.ofMillis(stored.initial_delay_ms),
                stored.factor,
                Duration.ofMillis(stored.max_delay_ms));
        return new JobOptions(retry, Optional.ofNullable(stored.timeout_ms).map(Duration::ofMillis));
    }
}
