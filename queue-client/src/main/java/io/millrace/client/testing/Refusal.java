package io.millrace.client.testing;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A request that is refused with a problem. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<FieldProblem> errors;
    private final @Nullable JobId existing;

    Refusal(ErrorCode code, String detail, List<FieldProblem> errors) {
        this(code, detail, errors, null);
    }

    private Refusal(ErrorCode code, String detail, List<FieldProblem> errors, @Nullable JobId existing) {
        super(detail);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.existing = existing;
    }

    /** The refusal for the sake of a job that has the unique key. */
    static Refusal ofUnique(JobId holder) {
        return new Refusal(
                ErrorCode.UNIQUE_CONFLICT,
                "job " + holder + " has the unique key and has not ended, or cannot be replaced now; nothing was done",
                List.of(),
                holder);
    }

    /** The one refusal of many jobs that stand and fall together, from the places of those that are refused. */
    static Refusal together(SortedMap<Integer, Refusal> wrong, int of) {
        Refusal first = wrong.values().iterator().next();
        List<FieldProblem> all = new ArrayList<>();
        wrong.forEach((place, refusal) -> all.addAll(refusal.at(place)));
        return new Refusal(
                first.code,
                "nothing was accepted, since all or nothing was asked for and " + wrong.size() + " of " + of
                        + " jobs cannot be; 'errors' names each",
                all,
                first.existing);
    }

    private List<FieldProblem> at(int place) {
        if (errors.isEmpty()) {
            String field = code == ErrorCode.UNIQUE_CONFLICT ? "/unique_key" : "/idempotency_key";
            return List.of(new FieldProblem("/" + place + field, String.valueOf(getMessage())));
        }
        return errors.stream().map(error -> error.under("/" + place)).toList();
    }

    /** Whether it is told before anything that is kept is looked at. */
    boolean isOfRequestAlone() {
        return code == ErrorCode.INVALID_FIELD || code == ErrorCode.INVALID_PAYLOAD;
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
                existing == null ? null : existing.toString(),
                errors);
    }

    record Body(
            String type,
            String title,
            int status,
            String detail,
            String code,
            @Nullable String existingId,
            List<FieldProblem> errors) {}
}
