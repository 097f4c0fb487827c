package io.millrace.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A submit as the wire has it, without the payload; absent options are null and left out. */
record SubmitBody(
        String type,
        @Nullable String queue,
        @Nullable Integer priority,
        @Nullable String delay,
        @Nullable String runAt,
        @Nullable String expiresIn,
        @Nullable RetryBody retry,
        @Nullable String timeout,
        @Nullable String retainResultFor,
        @Nullable List<String> tags,
        @Nullable String uniqueKey,
        @Nullable String uniqueOnConflict,
        @Nullable String idempotencyKey,
        @Nullable String traceparent) {

    record RetryBody(
            int maxAttempts,
            @Nullable String initialDelay,
            @Nullable Double factor,
            @Nullable String maxDelay) {}
}
