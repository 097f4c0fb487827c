package io.millrace.client;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobId;
import java.util.List;
import java.util.Optional;

/**
 * Why a request was refused: the service's problem document (RFC 9457).
 *
 * @param type the URI that names this kind of problem; {@code about:blank} where none was given
 * @param title a sentence that is the same for every occurrence
 * @param status the HTTP status
 * @param detail what was wrong this time
 * @param code the stable code, such as {@code invalid_field}; {@link #UNKNOWN_CODE} when the answer had none, as from a
 *     proxy. A newer service may send codes that {@link ErrorCode} does not have yet
 * @param errors every field that was wrong; empty when the problem is not about fields
 * @param existing the job that is in the way, with {@code unique_conflict}
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        List<FieldProblem> errors,
        Optional<JobId> existing) {

    /** The {@link #code()} of an answer that was no problem document. */
    public static final String UNKNOWN_CODE = "unknown";

    /** Copies the list. */
    public Problem {
        errors = List.copyOf(errors);
    }

    /** The code as a constant to switch over; empty for one this SDK does not know. */
    public Optional<ErrorCode> errorCode() {
        for (ErrorCode known : ErrorCode.values()) {
            if (known.wireName().equals(code)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /** A problem found before anything was sent, in the words the service would use. */
    static Problem local(ErrorCode code, String detail, List<FieldProblem> errors) {
        return new Problem(
                "about:blank", code.title(), code.status(), detail, code.wireName(), errors, Optional.empty());
    }

    /** One line: status, code, detail and each field. */
    String summary() {
        var text = new StringBuilder()
                .append(status)
                .append(' ')
                .append(code)
                .append(": ")
                .append(detail);
        for (FieldProblem error : errors) {
            text.append("; ").append(error.pointer()).append(": ").append(error.detail());
        }
        return text.toString();
    }
}
