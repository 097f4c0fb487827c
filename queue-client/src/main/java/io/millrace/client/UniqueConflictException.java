package io.millrace.client;

import io.millrace.protocol.JobId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An unfinished job has the unique key, and nothing was done: the submit asked to be refused then, the job to be replaced
 * has begun, or a redriven job's key belongs to another one now.
 */
public final class UniqueConflictException extends RejectedException {

    private static final long serialVersionUID = 1L;

    UniqueConflictException(String attempted, Problem problem, @Nullable Throwable cause) {
        super(attempted, problem, cause);
    }

    /** The job that has the key; empty where one of the jobs of the same request has it. */
    public Optional<JobId> existing() {
        return problem().existing();
    }
}
