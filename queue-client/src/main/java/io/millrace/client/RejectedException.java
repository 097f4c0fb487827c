package io.millrace.client;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request was refused and had no effect; the same request would be refused again. Mostly a 4xx answer; a payload
 * that is too large or cannot be written as JSON is refused with the same codes before anything is sent.
 */
public sealed class RejectedException extends MillraceException permits UniqueConflictException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RejectedException(String attempted, Problem problem, @Nullable Throwable cause) {
        super(attempted + ": refused with " + problem.summary() + ". " + remedy(problem), cause);
        this.problem = problem;
    }

    /** The exception for a problem: of its own kind where there is one. */
    static RejectedException of(String attempted, Problem problem) {
        return problem.code().equals(ErrorCode.UNIQUE_CONFLICT.wireName())
                ? new UniqueConflictException(attempted, problem, null)
                : new RejectedException(attempted, problem, null);
    }

    /** The whole problem document. */
    public Problem problem() {
        return problem;
    }

    /** The HTTP status. */
    public int status() {
        return problem.status();
    }

    /** The stable code as text, also one that this SDK does not know; see {@link Problem#code()}. */
    public String code() {
        return problem.code();
    }

    /** The code as a constant to switch over; empty for one this SDK does not know. */
    public Optional<ErrorCode> errorCode() {
        return problem.errorCode();
    }

    /** Every field that was wrong; empty when the refusal is not about fields. */
    public List<FieldProblem> errors() {
        return problem.errors();
    }

    private static String remedy(Problem problem) {
        if (problem.code().equals(ErrorCode.IDEMPOTENCY_KEY_REUSED.wireName())) {
            return "Use another idempotency key, or send exactly the request that the key was first used with.";
        }
        if (problem.code().equals(ErrorCode.UNIQUE_CONFLICT.wireName())) {
            return "Wait for the end of the job that has the unique key, or choose what to do by OnConflict.";
        }
        return switch (problem.status()) {
            case 401 -> "Check the API key: it is missing, unknown, expired or revoked.";
            case 403 -> "Use an API key whose scopes and queues allow this.";
            case 404 -> "Check the id and the base URL; what has expired is gone.";
            case 409 -> "Look at the job's state first: it does not allow this now.";
            case 412 -> "Read the job again, then decide: it is not as it was seen.";
            case 413 -> "Make the payload smaller: store the data elsewhere and send a reference.";
            case 429 -> "Submit more slowly, or ask for a higher limit.";
            default ->
                problem.status() < 400
                        ? "Check the base URL: redirects are not followed, so that the API key goes nowhere else."
                        : "Correct the request; repeating it unchanged cannot help.";
        };
    }
}
