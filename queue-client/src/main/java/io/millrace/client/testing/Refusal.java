package io.millrace.client.testing;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.util.List;

/** A request that is refused with a problem. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<FieldProblem> errors;

    Refusal(ErrorCode code, String detail, List<FieldProblem> errors) {
        super(detail);
        this.code = code;
        this.errors = List.copyOf(errors);
    }

    /** The refusal for fields that are wrong. */
    static Refusal of(ErrorCode code, List<FieldProblem> errors) {
        return new Refusal(code, errors.get(0).pointer() + " " + errors.get(0).detail(), errors);
    }

    ErrorCode code() {
        return code;
    }

    /** As the service writes it. */
    Body body() {
        String detail = getMessage() == null ? code.title() : getMessage();
        return new Body(
                "urn:millrace:problem:" + code.wireName(),
                code.title(),
                code.status(),
                detail,
                code.wireName(),
                errors);
    }

    record Body(String type, String title, int status, String detail, String code, List<FieldProblem> errors) {}
}
