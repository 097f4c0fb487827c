package io.millrace.api.http;

import io.millrace.api.http.PromptRoute.Header;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ends a request with an error answer. It is an expected answer, so it carries no stack trace and is not logged.
 */
public final class ApiProblem extends RuntimeException {

    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);

    private final ErrorCode code;
    private final transient List<FieldProblem> errors;
    private final transient Optional<Duration> retryAfter;
    private final transient List<Header> headers;

    private ApiProblem(
            ErrorCode code,
            String detail,
            List<FieldProblem> errors,
            Optional<Duration> retryAfter,
            List<Header> headers) {
        super(detail, null, false, false);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
        this.headers = List.copyOf(headers);
    }

    private ApiProblem(ErrorCode code, String detail, List<FieldProblem> errors, Optional<Duration> retryAfter) {
        this(code, detail, errors, retryAfter, List.of());
    }

    /**
     * A problem of the request as a whole.
     *
     * @param detail what was attempted, what is wrong and what to do
     */
    public static ApiProblem of(ErrorCode code, String detail) {
        return new ApiProblem(
                code, detail, List.of(), code.retryHelps() ? Optional.of(DEFAULT_RETRY_AFTER) : Optional.empty());
    }

    /** A problem that is cured by asking again after a while. */
    public static ApiProblem retryLater(ErrorCode code, String detail, Duration retryAfter) {
        return new ApiProblem(code, detail, List.of(), Optional.of(retryAfter));
    }

    /** The same problem with headers in its answer beside those of every problem. */
    ApiProblem with(List<Header> more) {
        return new ApiProblem(code, detail(), errors, retryAfter, more);
    }

    /** A problem of single fields, all of them at once. */
    public static ApiProblem ofFields(ErrorCode code, List<FieldProblem> errors) {
        String detail = errors.size() == 1
                ? errors.getFirst().pointer() + " " + errors.getFirst().detail()
                : errors.size() + " fields are not valid; 'errors' names each";
        return new ApiProblem(code, detail, errors, Optional.empty());
    }

    /** What went wrong, as a stable code. */
    public ErrorCode code() {
        return code;
    }

    /** What went wrong here, in one sentence. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** The fields that are not valid; empty for a problem of the whole request. */
    public List<FieldProblem> errors() {
        return errors;
    }

    /** What its answer has beside the headers of every problem. */
    List<Header> headers() {
        return headers;
    }

    /** When asking again may help. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
