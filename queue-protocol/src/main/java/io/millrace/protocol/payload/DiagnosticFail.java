package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.Limits;
import java.util.List;

/**
 * The payload of {@code diagnostic.fail}: fails so many attempts, then succeeds.
 *
 * @param times how many attempts fail, 0 to 1,000
 * @param permanent whether the failure is one that no retry can help
 */
public record DiagnosticFail(int times, boolean permanent) implements CheckedPayload {

    /** Attempts can be counted beyond {@link Limits#MAX_ATTEMPTS} when a dead job is run again. */
    private static final int MOST = 1_000;

    @Override
    public List<FieldProblem> problems() {
        return times >= 0 && times <= MOST
                ? List.of()
                : List.of(new FieldProblem("/times", "is " + times + ": give 0 to " + MOST));
    }
}
