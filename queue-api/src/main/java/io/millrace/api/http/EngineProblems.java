package io.millrace.api.http;

import io.millrace.core.job.OverloadedException;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.protocol.ErrorCode;
import java.util.Optional;

/** What the engine's exceptions mean to a caller. */
public final class EngineProblems {

    private EngineProblems() {}

    /** The problem that tells a caller of this failure; empty when it is a defect. */
    public static Optional<ApiProblem> of(Throwable failure) {
        return switch (failure) {
            case StoreUnavailableException e ->
                Optional.of(ApiProblem.retryLater(
                        ErrorCode.UNAVAILABLE,
                        "PostgreSQL does not answer, so the outcome is unknown: repeat the request with the same idempotency key",
                        e.retryAfter()));
            case OverloadedException e ->
                Optional.of(ApiProblem.retryLater(
                                ErrorCode.UNAVAILABLE,
                                "more is waiting to be stored than can be stored soon; nothing was done, send it again",
                                e.retryAfter())
                        .as(ProblemType.REDUCED_CAPACITY));
            case IndexUnavailableException e ->
                Optional.of(ApiProblem.of(
                        ErrorCode.UNAVAILABLE, "Redis does not answer, and nothing else knows this: ask again"));
            default -> Optional.empty();
        };
    }
}
