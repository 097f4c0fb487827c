package io.millrace.client;

import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.JobView.ErrorView;

/** A job that was awaited with success ended dead or cancelled. */
public final class JobFailedException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final transient JobView job;

    JobFailedException(JobView job) {
        super("Waiting for job " + job.id() + " (" + job.type() + ") to succeed: " + ending(job), null);
        this.job = job;
    }

    /** The job as it ended, with its error and its attempts. */
    public JobView job() {
        return job;
    }

    private static String ending(JobView job) {
        ErrorView error = job.error();
        String why = error == null ? "" : ", " + error.reason() + ": " + error.message();
        if (job.state().equals(JobState.CANCELLED.wireName())) {
            return "it was cancelled" + why + ". Submit it again if it is still wanted.";
        }
        return "it is " + job.state() + " after attempt " + job.attempt() + " of " + job.maxAttempts() + why
                + ". Remove the cause, then redrive the job.";
    }
}
