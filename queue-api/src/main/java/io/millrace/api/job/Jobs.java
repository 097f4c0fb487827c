package io.millrace.api.job;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.operate.OperationResult;
import io.millrace.protocol.JobId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the job routes need of the engine. */
public interface Jobs {

    /** Accepts one job; done when it is committed. */
    CompletableFuture<Acceptance> accept(NewJob job);

    /** Accepts many; one future each, in order. */
    List<CompletableFuture<Acceptance>> acceptAll(List<NewJob> jobs);

    /** Everything known about a job. */
    Optional<JobDetails> find(JobId id);

    /** Makes an ended job run again. */
    OperationResult redrive(JobId id);

    /** Ends a job that has not ended. */
    OperationResult cancel(JobId id);
}
