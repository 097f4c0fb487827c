package io.millrace.core.operate;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;

/** What became of an operator's request. */
public sealed interface OperationResult {

    /** It was done. */
    record Done() implements OperationResult {}

    /** It is noted; the worker that holds the job will see it. */
    record Requested() implements OperationResult {}

    /** There is no such job. */
    record NotFound() implements OperationResult {}

    /**
     * Another unfinished job has the job's unique key; nothing was done.
     *
     * @param holder that job
     */
    record UniqueConflict(JobId holder) implements OperationResult {}

    /**
     * The job's state does not allow it; nothing was done.
     *
     * @param state that state
     */
    record WrongState(JobState state) implements OperationResult {}
}
