package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.List;

/**
 * The payload of {@code diagnostic.sleep}.
 *
 * @param ms how long to sleep, in milliseconds, at most a day
 */
public record DiagnosticSleep(long ms) implements CheckedPayload {

    static final long LONGEST_MS = 24L * 60 * 60 * 1000;

    @Override
    public List<FieldProblem> problems() {
        var problems = new ProblemList();
        checkMillis(ms, problems);
        return problems.found();
    }

    static void checkMillis(long ms, ProblemList problems) {
        if (ms < 0 || ms > LONGEST_MS) {
            problems.add("/ms", "is " + ms + ": give 0 to " + LONGEST_MS + " milliseconds");
        }
    }
}
