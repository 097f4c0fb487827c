package io.millrace.worker.handler;

import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.payload.CheckedPayload;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The handler's own look at its payload. The API looked already, but jobs may come from elsewhere, and rules may have
 * become stricter since the job was accepted.
 */
public final class PayloadCheck {

    private static final int MOST_SHOWN = 10;

    private PayloadCheck() {}

    /**
     * Returns when nothing is wrong.
     *
     * @throws JobFailure permanent, naming the problems, when there are any
     */
    public static void require(CheckedPayload payload) throws JobFailure {
        List<FieldProblem> problems = payload.problems();
        if (!problems.isEmpty()) {
            throw JobFailure.permanent("the payload is not valid: "
                    + problems.stream()
                            .limit(MOST_SHOWN)
                            .map(problem -> problem.pointer() + " " + problem.detail())
                            .collect(Collectors.joining("; ")));
        }
    }
}
