package io.millrace.api.http;

import io.millrace.api.http.PromptRoute.Header;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobId;
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
    private final transient Optional<JobId> existing;
    private final transient List<Header> headers;
    private final transient Optional<ProblemType> type;

    private ApiProblem(
            ErrorCode code,
            String detail,
            List<FieldProblem> errors,
            Optional<Duration> retryAfter,
            Optional<JobId> existing,
            List<Header> headers,
            Optional<ProblemType> type) {
        super(detail, null, false, false);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
        this.existing = existing;
        this.headers = List.copyOf(headers);
        this.type = type;
    }

    private ApiProblem(
            ErrorCode code,
            String detail,
            List<FieldProblem> errors,
            Optional<Duration> retryAfter,
            Optional<JobId> existing) {
        this(code, detail, errors, retryAfter, existing, List.of(), Optional.empty());
    }

    /**
     * A problem of the request as a whole.
     *
     * @param detail what was attempted, what is wrong and what to do
     */
    public static ApiProblem of(ErrorCode code, String detail) {
        return new ApiProblem(
                code,
                detail,
                List.of(),
                code.retryHelps() ? Optional.of(DEFAULT_RETRY_AFTER) : Optional.empty(),
                Optional.empty());
    }

    /** A problem that is cured by asking again after a while. */
    public static ApiProblem retryLater(ErrorCode code, String detail, Duration retryAfter) {
        return new ApiProblem(code, detail, List.of(), Optional.of(retryAfter), Optional.empty());
    }

    /** A problem that another job is in the way. */
    public static ApiProblem ofExisting(ErrorCode code, String detail, JobId existing) {
        return new ApiProblem(code, detail, List.of(), Optional.empty(), Optional.of(existing));
    }

    /** The same problem with headers in its answer beside those of every problem. */
    ApiProblem with(List<Header> more) {
        return new ApiProblem(code, detail(), errors, retryAfter, existing, more, type);
    }

    /** The same problem as one of a kind that other services know too. */
    ApiProblem as(ProblemType known) {
        return new ApiProblem(code, detail(), errors, retryAfter, existing, headers, Optional.of(known));
    }

    /** A problem of single fields, all of them at once. */
    public static ApiProblem ofFields(ErrorCode code, List<FieldProblem> errors) {
        String detail = errors.size() == 1
                ? errors.getFirst().pointer() + " " + errors.getFirst().detail()
                : errors.size() + " fields are not valid; 'errors' names each";
        return new ApiProblem(code, detail, errors, Optional.empty(), Optional.empty());
    }

    /** The same problem as one of many jobs, with what is wrong with each. */
    public ApiProblem ofMany(String detail, List<FieldProblem> all) {
        return new ApiProblem(code, detail, all, retryAfter, existing, headers, type);
    }

    /** The same problem as one of a line of the body, counted from 1. */
    public ApiProblem inLine(int line) {
        return new ApiProblem(code, "line " + line + ": " + detail(), errors, retryAfter, existing, headers, type);
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

    /** The kind that other services know it by, where there is one. */
    Optional<ProblemType> type() {
        return type;
    }

    /** What its answer has beside the headers of every problem. */
    List<Header> headers() {
        return headers;
    }

    /** The job that is in the way. */
    public Optional<JobId> existing() {
        return existing;
    }

    /** When asking again may help. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
