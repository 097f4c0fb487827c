package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.core.job.NewJob;
import java.util.Optional;

/** One job of a request, as it was read. */
sealed interface SubmittedJob {

    /**
     * It is well formed.
     *
     * @param job without an idempotency key
     * @param key the item's own idempotency key, in a bulk submit
     */
    record Valid(NewJob job, Optional<String> key) implements SubmittedJob {}

    /**
     * It is not.
     *
     * @param problem everything that is wrong with it
     */
    record Invalid(ApiProblem problem) implements SubmittedJob {}

    /**
     * One of many.
     *
     * @param job as it was read
     * @param line the line of the body it stands in, from 1; 0 where the body is not made of lines
     */
    record InBulk(SubmittedJob job, int line) {

        /** The problem of this job as the body's reader is told it. */
        ApiProblem told(ApiProblem problem) {
            return line == 0 ? problem : problem.inLine(line);
        }
    }
}
