package io.millrace.client;

/** What became of one request of a bulk submit. */
public sealed interface Submission {

    /** The request, with the idempotency key it was sent with; submitting it again is safe. */
    JobRequest request();

    /**
     * It is a job now, or was before.
     *
     * @param request the request
     * @param job the job; {@link JobHandle#outcome()} tells whether the request made it
     */
    record Accepted(JobRequest request, JobHandle job) implements Submission {}

    /**
     * It was refused and is no job.
     *
     * @param request the request
     * @param problem why
     */
    record Rejected(JobRequest request, Problem problem) implements Submission {}

    /**
     * No answer came: it may be a job or not. Submit {@code request} again.
     *
     * @param request the request
     * @param cause why no answer came
     */
    record Unanswered(JobRequest request, UnavailableException cause) implements Submission {}
}
